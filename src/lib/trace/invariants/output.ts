// DESIGN section 3: a line has at most 4 096 characters, and after "output limited" none follows.

import type { TraceEvent } from '#lib/protocol/trace.ts';
import type { Invariant } from './invariant.ts';

const LINE_LENGTH_MAX = 4_096;
const LIMITED = /^output limited\b/;

export function outputIsBounded(): Invariant {
  const limited = new Set<string>();
  return {
    name: 'output is bounded',
    event(event: TraceEvent) {
      if (event.kind === 'start') limited.delete(event.node);
      if (event.kind !== 'log') return null;
      if (event.text.length > LINE_LENGTH_MAX) return `a line of ${event.text.length} characters`;
      if (limited.has(event.node)) return 'a line after "output limited"';
      if (LIMITED.test(event.text)) limited.add(event.node);
      return null;
    },
  };
}
