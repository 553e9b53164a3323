// Spans and waits come in pairs: each begins once, and ends once after that, if its process lives.

import type { TraceEvent } from '#lib/protocol/trace.ts';
import type { Invariant } from './invariant.ts';

export function pairsMatch(): Invariant {
  const open = new Map<string, Set<string>>();
  return {
    name: 'spans and waits pair up',
    event(event: TraceEvent) {
      if (event.kind === 'start') open.delete(event.node);
      if (event.kind !== 'span' && event.kind !== 'wait') return null;
      let own = open.get(event.node);
      if (!own) open.set(event.node, (own = new Set()));
      const key = `${event.kind} ${event.kind === 'span' ? event.span : event.wait}`;
      if (event.op === 'end') return own.delete(key) ? null : `${key} ends without a beginning`;
      if (own.has(key)) return `${key} begins twice`;
      own.add(key);
      return null;
    },
  };
}
