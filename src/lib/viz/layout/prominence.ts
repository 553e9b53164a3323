// Which events a reader should look at. Prominent ones have a row of the axis of their own, are
// reached by the arrow keys and stand out; the rest is folded: thin, or not drawn at all. Background
// traffic (heartbeats, gossip, polls: the role is in protocol/wire.ts) is folded until somebody asks.

import { seenFrom } from '#lib/trace/lens.ts';
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

/** @param showsBackground background traffic is not folded. Default: it is. */
export function isProminent(trace: TraceStore, id: number, showsBackground = false): boolean {
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
      return (showsBackground || trace.roleAt(id) !== 'background') && !isInternal(trace, id);
    case 'drop':
      // Whoever closes a connection that is closed already tells nobody anything.
      if (trace.kindAt(trace.openerAt(id)) !== 'send') return false;
      return showsBackground || trace.roleAt(id) !== 'background';
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

/**
 * How many messages of background traffic a picture folds away: of what it shows, not of the whole run.
 *
 * @param seenUs the last instant that is shown
 * @param lens the node through which the picture is seen, at the cursor, or null
 */
export function countBackground(
  trace: TraceStore,
  { seenUs, cursorUs, lens }: { seenUs: number; cursorUs: number; lens: string | null },
): number {
  const known = lens === null ? null : seenFrom(trace, lens, cursorUs);
  const lastId = trace.lastAtOrBefore(known ? cursorUs : Math.max(cursorUs, seenUs));
  let count = 0;
  for (let id = 0; id <= lastId; id++) {
    if (trace.kindAt(id) !== 'send' || trace.roleAt(id) !== 'background') continue;
    if ((!known || known.has(id)) && !isInternal(trace, id)) count++;
  }
  return count;
}
