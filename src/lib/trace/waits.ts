// Who waits for whom at a time: each wait for somebody that a program has announced, with the question that
// it asked before, and whether it stands in a circle. A circle is not yet a deadlock: a process that waits
// in one thread may answer in another. That nobody can is known only when the run has ended (KT8); from the
// last of its waits on the circle was closed.

import { NO_EVENT, nodeOf, type Life, type TraceProcess, type TraceStore } from './store.ts';

/** A wait, or whatever a model says of who cannot go on before whom. */
export interface WaitEdge {
  /** 1, 2, …: in the order in which they began. */
  number: number;
  from: string;
  /** Any one of these could end it. */
  to: readonly string[];
  /** `data from server`. */
  what: string;
  /** `client.ts:7`. */
  line: string | undefined;
  sinceUs: number;
  /** The event at which it began. */
  id: number;
  /** What was asked before, and the event that asked it; null when nothing was. */
  question: { text: string; id: number } | null;
  circle: 'deadlock' | 'circle' | null;
}

export interface WaitNode {
  name: string;
  life: Life;
}

/** For any model: what can wait, and for what. */
export interface WaitGraph {
  nodes: WaitNode[];
  edges: WaitEdge[];
  /** Since when nothing can free those of a deadlock; null where there is none. */
  closedUs: number | null;
}

/** A question is looked for so far back. */
const LOOK_BACK = 4096;

/** @param isKnown leaves out what a lens has not seen, and that it is a deadlock: no node can see that */
export function waitGraphAt(
  trace: TraceStore,
  atUs: number,
  isKnown?: (id: number) => boolean,
): WaitGraph {
  const last = trace.lastAtOrBefore(atUs);
  const edges: WaitEdge[] = [];
  // Through a lens a wait may be open that is over.
  trace.visitTouching(isKnown ? 0 : last + 1, last, (id) => {
    if (!isOpenWait(trace, id, last, isKnown)) return;
    const by = trace.textAt(id, 'by');
    const line = trace.textAt(id, 'line');
    // Threads of a library that wait for requests name no line.
    if (by === undefined || line === undefined) return;
    const process = trace.processAt(id);
    const to = by.split(' ');
    edges.push({
      ...{ number: edges.length + 1, from: process.name, to, line, id, circle: null },
      what: trace.textAt(id, 'what')!,
      sinceUs: trace.timeAt(id),
      question: questionOf(trace, process, id, line, to),
    });
  });
  leaveOutChildren(edges);
  const closedUs = isKnown ? null : markDeadlocks(trace, edges, last);
  markCircles(edges);
  const names = new Set(edges.flatMap(({ from, to }) => [from, ...to]));
  return {
    nodes: [...names].map((name) => ({ name, life: lifeOf(trace, name, atUs) })),
    edges,
    closedUs,
  };
}

/** A node's name means its children too: they are named only where they wait themselves. */
function leaveOutChildren(edges: WaitEdge[]): void {
  const waiters = new Set(edges.map(({ from }) => from));
  for (const edge of edges) {
    const { to } = edge;
    edge.to = to.filter((name) => {
      const node = nodeOf(name);
      return name === node || !to.includes(node) || waiters.has(name);
    });
  }
}

function isOpenWait(
  trace: TraceStore,
  id: number,
  last: number,
  isKnown?: (id: number) => boolean,
): boolean {
  if (trace.kindAt(id) !== 'wait' || trace.textAt(id, 'op') !== 'begin') return false;
  if (isKnown && !isKnown(id)) return false;
  const end = trace.closerAt(id);
  return end === NO_EVENT || end > last || (isKnown !== undefined && !isKnown(end));
}

function lifeOf(trace: TraceStore, name: string, atUs: number): Life {
  const process = trace.process(name);
  return process ? trace.standingAt(process, atUs).life : 'unborn';
}

/** The last thing that the line sent, or that it tried to connect, to one of those that it waits for. */
function questionOf(
  trace: TraceStore,
  { events }: TraceProcess,
  waitId: number,
  line: string,
  to: readonly string[],
): WaitEdge['question'] {
  const nodes = new Set(to.map(nodeOf));
  let position = events.lastAtMost(waitId);
  for (const stop = Math.max(0, position - LOOK_BACK); position >= stop; position--) {
    const id = events.data[position]!;
    const kind = trace.kindAt(id);
    if (kind !== 'send' && kind !== 'connect') continue;
    if (trace.textAt(id, 'line') !== line || !nodes.has(nodeOf(trace.textAt(id, 'to')!))) continue;
    if (kind === 'connect') return { id, text: '' };
    if (trace.roleAt(id) !== 'command') continue;
    return { id, text: `${trace.textAt(id, 'msg')} ${trace.textAt(id, 'preview')}`.trim() };
  }
  return null;
}

/** Since when the latest of the deadlocks that are closed by then holds. */
function markDeadlocks(trace: TraceStore, edges: WaitEdge[], last: number): number | null {
  let closedUs: number | null = null;
  for (const names of trace.end?.deadlocks ?? []) {
    const members = new Set(names);
    const closing = lastWaitOf(trace, members);
    if (closing > last) continue;
    const inside = edges.filter(
      ({ from, to }) => members.has(from) && to.some((it) => members.has(it)),
    );
    // One that is stuck alone waits for itself: what runs in it for something else that does.
    const stuck = members.size === 1 ? inside : circular(inside);
    for (const edge of stuck) edge.circle = 'deadlock';
    closedUs = Math.max(closedUs ?? 0, trace.timeAt(closing));
  }
  return closedUs;
}

/** The last wait of any of them that never ended. */
function lastWaitOf(trace: TraceStore, members: ReadonlySet<string>): number {
  let latest = NO_EVENT;
  for (const name of members) {
    const { events } = trace.process(name) ?? {};
    for (let position = (events?.length ?? 0) - 1; position >= 0; position--) {
      const id = events!.data[position]!;
      if (!isOpenWait(trace, id, trace.eventCount)) continue;
      latest = Math.max(latest, id);
      break;
    }
  }
  return latest;
}

function markCircles(edges: readonly WaitEdge[]): void {
  for (const edge of circular(edges)) edge.circle ??= 'circle';
}

/** The edges that lead back to where they begin. */
function circular(edges: readonly WaitEdge[]): WaitEdge[] {
  const next = new Map<string, Set<string>>();
  for (const { from, to } of edges) {
    const targets = next.get(from) ?? new Set();
    for (const name of to) targets.add(name);
    next.set(from, targets);
  }
  return edges.filter(({ from, to }) =>
    to.some((name) => name !== from && leadsTo(next, name, from)),
  );
}

function leadsTo(
  next: ReadonlyMap<string, ReadonlySet<string>>,
  from: string,
  to: string,
): boolean {
  const seen = new Set([from]);
  // A set that is read while it grows.
  for (const name of seen) {
    if (name === to) return true;
    for (const other of next.get(name) ?? []) seen.add(other);
  }
  return false;
}
