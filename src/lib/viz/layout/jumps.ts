// Where the jumps of the cursor lead: the next event of a node, the next line that a program prints,
// the next thing that is broken, or the one before.

import { NO_EVENT, type TraceStore } from '#lib/trace/store.ts';
import { isProminent } from './prominence.ts';

export type JumpKind = 'node' | 'print' | 'fault';

export interface JumpFrom {
  cursorUs: number;
  /** The event that is kept. At the cursor it is where a jump begins: an instant can hold many. */
  selectedId: number | null;
  /** Through a lens nothing but its own node's events is jumped to. */
  lens: string | null;
  /** Background traffic is jumped to where it is shown. Default: it is folded. */
  showsBackground?: boolean;
}

/** What faults.json and the hand do to nodes and links. */
const FAULT_KINDS: ReadonlySet<string> = new Set([
  ...['kill', 'powerOff', 'restart', 'pause', 'resume', 'signal', 'fault'],
]);

/** The latest event at the cursor that stands out; through a lens, of its node. NO_EVENT for none. */
export function latestEvent(
  trace: TraceStore,
  { cursorUs, lens, showsBackground }: Omit<JumpFrom, 'selectedId'>,
): number {
  for (let id = trace.lastAtOrBefore(cursorUs); id >= 0; id--) {
    const { node } = trace.processAt(id);
    if (lens !== null && (node !== lens || trace.isOffstage(id))) continue;
    if (node !== '' && isProminent(trace, id, showsBackground)) return id;
  }
  return NO_EVENT;
}

/**
 * The node whose events `node` goes along: of the event that is kept, else of the latest one at the
 * cursor; null before there is any.
 */
export function jumpNode(trace: TraceStore, from: JumpFrom): string | null {
  if (from.lens !== null) return from.lens;
  const id = from.selectedId ?? latestEvent(trace, from);
  return id === NO_EVENT ? null : trace.processAt(id).node;
}

/**
 * The event that a jump leads to.
 *
 * @param step 1 for the next one, -1 for the one before
 * @returns NO_EVENT when there is none
 */
export function jumpTarget(
  trace: TraceStore,
  kind: JumpKind,
  step: 1 | -1,
  from: JumpFrom,
): number {
  const { cursorUs, selectedId, lens, showsBackground } = from;
  const node = kind === 'node' ? jumpNode(trace, from) : lens;
  const isAtCursor = selectedId !== null && trace.timeAt(selectedId) === cursorUs;
  const start = isAtCursor
    ? selectedId + step
    : step === 1
      ? trace.lastAtOrBefore(cursorUs) + 1
      : trace.firstAtOrAfter(cursorUs) - 1;
  for (let id = start; id >= 0 && id < trace.eventCount; id += step) {
    if (node !== null && trace.processAt(id).node !== node) continue;
    if (lens !== null && trace.isOffstage(id)) continue;
    if (isOfKind(trace, kind, id, showsBackground)) return id;
  }
  return NO_EVENT;
}

function isOfKind(
  trace: TraceStore,
  kind: JumpKind,
  id: number,
  showsBackground?: boolean,
): boolean {
  const event = trace.kindAt(id);
  switch (kind) {
    case 'node':
      return isProminent(trace, id, showsBackground);
    case 'print':
      return event === 'log' && trace.textAt(id, 'line') !== undefined;
    case 'fault':
      // A signal to somebody is sent by a program, not by a fault.
      return FAULT_KINDS.has(event) && trace.textAt(id, 'to') === undefined;
    default:
      return kind satisfies never;
  }
}
