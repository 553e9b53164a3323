// Which events a reader should look at. Prominent ones have a row of the axis of their own, are
// reached by the arrow keys and stand out; the rest is folded: thin, or not drawn at all.

import { nodeOf, NO_EVENT, type TraceStore } from '#lib/trace/store.ts';

/** A message between two processes of one node: a pipe to a child. */
export function isInternal(trace: TraceStore, id: number): boolean {
  const origin = trace.messageOf(id);
  if (origin === NO_EVENT) return false;
  const to = trace.textAt(origin, 'to');
  return to !== undefined && nodeOf(to) === trace.processAt(origin).node;
}

/** Output of the learner's own program; a model's own lines stay in the output pane. */
export function isDrawnLog(trace: TraceStore, id: number): boolean {
  return trace.textAt(id, 'stream') === 'stdout' && trace.textAt(id, 'line') !== undefined;
}

export function isProminent(trace: TraceStore, id: number): boolean {
  switch (trace.kindAt(id)) {
    case 'connect':
    case 'accept':
    case 'open':
    case 'spawn':
    case 'state':
    case 'timer':
      return false;
    case 'send':
    case 'deliver':
    case 'lose':
    case 'retransmit':
    case 'duplicate':
    case 'close':
    case 'reset':
      return trace.roleAt(id) !== 'background' && !isInternal(trace, id);
    case 'drop':
      // Whoever closes a connection that is closed already tells nobody anything.
      return trace.kindAt(trace.openerAt(id)) === 'send' && trace.roleAt(id) !== 'background';
    case 'start':
      return trace.textAt(id, 'parent') === undefined;
    case 'partial':
      return false;
    case 'log':
      return isDrawnLog(trace, id);
    case 'wait': {
      const begin = trace.textAt(id, 'op') === 'begin' ? id : trace.openerAt(id);
      return begin !== NO_EVENT && trace.textAt(begin, 'line') !== undefined;
    }
    default:
      return true;
  }
}
