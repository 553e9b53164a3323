// KT1, KT2: virtual time is a whole number of microseconds and never runs back.

import type { TraceEnd, TraceEvent } from '#lib/protocol/trace.ts';
import type { Invariant } from './invariant.ts';

export function timeNeverRunsBack(): Invariant {
  let nowUs = 0;
  const wrong = (tUs: number): string | null => {
    if (!Number.isSafeInteger(tUs)) return `${tUs} is no whole number of microseconds`;
    return tUs < nowUs ? `${tUs} µs comes after ${nowUs} µs` : null;
  };
  return {
    name: 'virtual time never runs back',
    event({ tUs }: TraceEvent) {
      const breach = wrong(tUs);
      nowUs = Math.max(nowUs, tUs);
      return breach;
    },
    end: ({ tUs }: TraceEnd) => wrong(tUs),
  };
}
