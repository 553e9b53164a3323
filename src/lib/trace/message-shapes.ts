// Shapes of communication, found in a trace event by event (after ShiViz, which searches for motifs):
// a request and its response, one process that tells many, many that tell one, a message that never
// arrived, an effect that happened twice. Background messages, and what stays within a node, are no
// part of any.

import { nodeOf, NO_EVENT, type TraceStore } from './store.ts';

export const SHAPES = ['request', 'broadcast', 'gather', 'undelivered', 'twice'] as const;
export type MessageShape = (typeof SHAPES)[number];

/** Events that belong together, ascending. */
export interface Match {
  ids: number[];
}

/** What of the trace is looked at. */
export interface Scope {
  trace: TraceStore;
  /** Nothing later counts. */
  lastId: number;
  /** Leaves out what a lens has not seen. */
  isKnown: (id: number) => boolean;
}

/** Reads a trace in order, and gathers what it finds. */
export interface ShapeFinder {
  readonly matches: Match[];
  /** @param id of an event in scope, later than all before */
  read(id: number): void;
  /** Nothing more comes. */
  finish(): void;
}

/** So many requests between two nodes may wait for their answer; the oldest is forgotten. */
const OPEN_LIMIT = 1000;

export function shapeFinder(shape: MessageShape, scope: Scope): ShapeFinder {
  switch (shape) {
    case 'request':
      return new RequestFinder(scope);
    case 'broadcast':
      return new GroupFinder(scope, 'send');
    case 'gather':
      return new GroupFinder(scope, 'deliver');
    case 'undelivered':
      return new UndeliveredFinder(scope);
    case 'twice':
      return new TwiceFinder(scope);
    default:
      return shape satisfies never;
  }
}

/** A message between two nodes that a reader should look at. */
function isTold({ trace }: Scope, origin: number): boolean {
  if (trace.kindAt(origin) !== 'send' || trace.roleAt(origin) === 'background') return false;
  return nodeOf(trace.textAt(origin, 'to')!) !== trace.processAt(origin).node;
}

/** Where it was delivered first, or NO_EVENT. */
function arrivalOf({ trace, lastId, isKnown }: Scope, origin: number): number {
  const found = trace
    .followersOf(origin)
    .find((id) => trace.kindAt(id) === 'deliver' && id <= lastId && isKnown(id));
  return found ?? NO_EVENT;
}

/** A command that arrived, and an answer the other way that arrived: the one it caused, else the next. */
class RequestFinder implements ShapeFinder {
  readonly matches: Match[] = [];
  readonly #scope: Scope;
  /** By both ends, `client server`: commands without an answer so far. */
  readonly #open = new Map<string, number[]>();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  read(id: number): void {
    const { trace } = this.#scope;
    if (!isTold(this.#scope, id)) return;
    const [from, to] = [trace.processAt(id).node, nodeOf(trace.textAt(id, 'to')!)];
    if (trace.roleAt(id) === 'command') this.#ask(`${from} ${to}`, id);
    else if (trace.roleAt(id) === 'answer') this.#answer(this.#open.get(`${to} ${from}`), id);
  }

  #ask(ends: string, id: number): void {
    const open = this.#open.get(ends);
    if (!open) return void this.#open.set(ends, [id]);
    open.push(id);
    if (open.length > OPEN_LIMIT) open.shift();
  }

  #answer(open: number[] | undefined, id: number): void {
    if (!open || open.length === 0) return;
    const { trace } = this.#scope;
    const cause = trace.causeAt(id);
    const caused = cause === NO_EVENT ? -1 : open.indexOf(trace.messageOf(cause));
    const asked = open[Math.max(0, caused)]!;
    const arrived = arrivalOf(this.#scope, asked);
    const answered = arrivalOf(this.#scope, id);
    if (arrived === NO_EVENT || arrived > id) return;
    open.splice(Math.max(0, caused), 1);
    if (answered !== NO_EVENT) this.matches.push({ ids: [asked, arrived, id, answered] });
  }

  finish(): void {
    // A request whose answer never came is no match.
  }
}

interface Group {
  ids: number[];
  others: Set<string>;
}

/**
 * Messages of one word that a process sends to several nodes without hearing from anybody in between,
 * or hears from several without sending. Acknowledgements are neither.
 */
class GroupFinder implements ShapeFinder {
  readonly matches: Match[] = [];
  readonly #scope: Scope;
  readonly #side: 'send' | 'deliver';
  /** By process, then by word. */
  readonly #groups = new Map<number, Map<string, Group>>();

  constructor(scope: Scope, side: 'send' | 'deliver') {
    this.#scope = scope;
    this.#side = side;
  }

  read(id: number): void {
    const { trace } = this.#scope;
    const kind = trace.kindAt(id);
    if (kind !== 'send' && kind !== 'deliver') return;
    const origin = trace.messageOf(id);
    if (!isTold(this.#scope, origin) || trace.roleAt(origin) === 'ack') return;
    const process = trace.processIndexAt(id);
    if (kind === this.#side) this.#add(process, id, origin);
    else this.#end(process);
  }

  #add(process: number, id: number, origin: number): void {
    const { trace } = this.#scope;
    let groups = this.#groups.get(process);
    if (!groups) this.#groups.set(process, (groups = new Map()));
    const word = trace.textAt(origin, 'msg')!;
    const other =
      this.#side === 'send' ? nodeOf(trace.textAt(id, 'to')!) : trace.processAt(origin).node;
    let group = groups.get(word);
    // The same one again: another round begins.
    if (group?.others.has(other)) this.#keep(group);
    if (!group || group.others.has(other)) {
      group = { ids: [], others: new Set() };
      groups.set(word, group);
    }
    group.others.add(other);
    group.ids.push(origin);
    if (this.#side === 'deliver') group.ids.push(id);
    else if (arrivalOf(this.#scope, origin) !== NO_EVENT) {
      group.ids.push(arrivalOf(this.#scope, origin));
    }
  }

  #end(process: number): void {
    const groups = this.#groups.get(process);
    if (!groups) return;
    for (const group of groups.values()) this.#keep(group);
    this.#groups.delete(process);
  }

  #keep({ ids, others }: Group): void {
    if (others.size >= 2) this.matches.push({ ids: [...new Set(ids)].sort((a, b) => a - b) });
  }

  finish(): void {
    for (const process of [...this.#groups.keys()]) this.#end(process);
    this.matches.sort((a, b) => a.ids[0]! - b.ids[0]!);
  }
}

/**
 * Lost, or not wanted where it arrived, and no later try came through; when all of a run is in scope, also
 * what still was under way. Through a lens nobody can tell these apart: whatever there is no news of.
 */
class UndeliveredFinder implements ShapeFinder {
  readonly matches: Match[] = [];
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  read(id: number): void {
    const { trace, lastId, isKnown } = this.#scope;
    if (!isTold(this.#scope, id) || arrivalOf(this.#scope, id) !== NO_EVENT) return;
    const fates = trace.followersOf(id).filter((one) => one <= lastId && isKnown(one));
    const last = fates.at(-1);
    const isLost = last !== undefined && ['lose', 'drop'].includes(trace.kindAt(last));
    const isOver = trace.end !== null && lastId === trace.eventCount - 1;
    if (isLost || isOver) this.matches.push({ ids: [id, ...fates] });
  }

  finish(): void {
    // Each is found where it was sent.
  }
}

/** Effects of one name, and of one task where they say which: found at the second. */
class TwiceFinder implements ShapeFinder {
  readonly matches: Match[] = [];
  readonly #trace: TraceStore;
  readonly #ids = new Map<string, number[]>();

  constructor({ trace }: Scope) {
    this.#trace = trace;
  }

  read(id: number): void {
    if (this.#trace.kindAt(id) !== 'effect') return;
    const value = this.#trace.valueAt(id, 'value');
    const task = typeof value === 'string' ? value : '';
    const key = `${this.#trace.textAt(id, 'name')} ${task}`;
    const ids = this.#ids.get(key);
    if (!ids) return void this.#ids.set(key, [id]);
    ids.push(id);
    if (ids.length === 2) this.matches.push({ ids });
  }

  finish(): void {
    // Found as they happen.
  }
}
