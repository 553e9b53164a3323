// Two runs beside each other: where they part. There are two answers.
//
// By lines: the first event that is not the same to the letter. A program with one more loop runs
// some microseconds longer, and from there no line is the same, although nothing else happens.
//
// By steps: the first thing that a process does, or that is done to a message of it, in one run and
// not in the other; when it happens does not count. Each process has its own order of steps, so a
// node of which no step differs cannot have noticed that anything is different.
//
// Both read on as the traces grow. What a run has not come to yet is no difference.

import { TRACE_FIELDS, type JsonValue, type TraceKind } from '#lib/protocol/trace.ts';
import { nodeOf, NO_EVENT, type TraceStore } from './store.ts';

/** Two events that are not the same; NO_EVENT where one run ends without another. */
export interface Parting {
  /** The earlier one's time. */
  tUs: number;
  /** In the first run. */
  beforeId: number;
  /** In the second run. */
  nowId: number;
}

/**
 * The fields by which a step is told from another. Left out are times, numbers that count things of
 * a run, places in files, which move with every line that is inserted above, and sizes. Kinds that
 * are not here are no steps: they go with one, or concern the library's inside.
 */
const STEP_FIELDS: Partial<Record<TraceKind, readonly string[]>> = {
  start: ['incarnation', 'command'],
  exit: ['code'],
  kill: [],
  powerOff: [],
  restart: [],
  pause: [],
  resume: [],
  signal: ['name', 'to'],
  fault: ['fault'],
  refuse: ['from'],
  close: ['to'],
  reset: ['to'],
  timeout: [],
  send: ['to', 'proto', 'msg', 'preview', 'mark'],
  lose: [],
  retransmit: ['attempt'],
  duplicate: [],
  deliver: ['from', 'proto', 'msg'],
  drop: [],
  log: ['stream', 'text'],
  effect: ['name'],
  span: ['op', 'name', 'detail'],
  file: ['op', 'path', 'to'],
  input: ['text'],
};

/** What a library makes up or measures anew in each run: ids, addresses, times of day, durations. */
const CHANCE =
  /\b0x[0-9a-f]{6,}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?=[0-9a-f]*\d)[0-9a-f]{12,}\b|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?|\b\d+\.\d{3,}s\b/g;

/** The same words, whatever ids, addresses, times of day and durations stand among them. */
export function isSameText(one: string, other: string): boolean {
  return one === other || one.replace(CHANCE, '#') === other.replace(CHANCE, '#');
}

/** The steps of one process, or of the network on its behalf, that await their counterpart. */
interface Track {
  node: string;
  isOffstage: boolean;
  before: number[];
  now: number[];
  /** Position up to which both are the same. */
  at: number;
  /** Of the steps so far that are the same, the most that one came at another time. */
  shiftUs: number;
  parting: Parting | null;
}

export class Comparison {
  readonly before: TraceStore;
  readonly now: TraceStore;
  readonly #tracks = new Map<string, Track>();
  #lineCount = 0;
  #readBefore = 0;
  #readNow = 0;
  #line: Parting | null = null;

  /** @param before the run that the second one is held against */
  constructor(before: TraceStore, now: TraceStore) {
    this.before = before;
    this.now = now;
    this.extend();
  }

  /** Reads what the traces have gained. */
  extend(): void {
    this.#extendLines();
    this.#readBefore = this.#readSteps(this.before, 'before', this.#readBefore);
    this.#readNow = this.#readSteps(this.now, 'now', this.#readNow);
    for (const track of this.#tracks.values()) this.#extendTrack(track);
  }

  /** Where the lines part; null while they are the same. */
  get line(): Parting | null {
    return this.#line;
  }

  /** So many lines are the same to the letter. */
  get sameLineCount(): number {
    return this.#lineCount;
  }

  /** The first step that differs anywhere; null while the same things happen. */
  get step(): Parting | null {
    return earliest([...this.#tracks.values()]);
  }

  /** The first step of a node's own processes that differs: when it can first have noticed. */
  stepOf(node: string): Parting | null {
    const own = [...this.#tracks.values()];
    return earliest(own.filter((track) => track.node === node && !track.isOffstage));
  }

  /** Of the steps of a node up to where they differ, the most that one came earlier or later. */
  shiftUsOf(node: string): number {
    const own = [...this.#tracks.values()].filter((track) => track.node === node);
    return Math.max(0, ...own.map(({ shiftUs }) => shiftUs));
  }

  #extendLines(): void {
    const { before, now } = this;
    const shorter = Math.min(before.eventCount, now.eventCount);
    if (this.#line) return;
    while (this.#lineCount < shorter && isSameLine(before, now, this.#lineCount)) this.#lineCount++;
    const id = this.#lineCount;
    const [hasBefore, hasNow] = [id < before.eventCount, id < now.eventCount];
    if (!isParted(this, hasBefore, hasNow)) return;
    this.#line = this.#partingAt(hasBefore ? id : NO_EVENT, hasNow ? id : NO_EVENT);
  }

  #readSteps(trace: TraceStore, side: 'before' | 'now', from: number): number {
    for (let id = from; id < trace.eventCount; id++) {
      if (isStep(trace, id)) this.#trackOf(trace, id)[side].push(id);
    }
    return trace.eventCount;
  }

  #trackOf(trace: TraceStore, id: number): Track {
    const isOffstage = trace.isOffstage(id);
    const { name } = trace.processAt(id);
    const key = isOffstage ? `${name} network` : name;
    let track = this.#tracks.get(key);
    if (!track) {
      track = {
        node: nodeOf(name),
        isOffstage,
        before: [],
        now: [],
        at: 0,
        shiftUs: 0,
        parting: null,
      };
      this.#tracks.set(key, track);
    }
    return track;
  }

  #extendTrack(track: Track): void {
    const { before, now } = track;
    if (track.parting) return;
    const shorter = Math.min(before.length, now.length);
    for (; track.at < shorter; track.at++) {
      const [one, other] = [before[track.at]!, now[track.at]!];
      if (!this.#isSameStep(one, other)) break;
      const shiftUs = Math.abs(this.now.timeAt(other) - this.before.timeAt(one));
      track.shiftUs = Math.max(track.shiftUs, shiftUs);
    }
    const beforeId = before[track.at] ?? NO_EVENT;
    const nowId = now[track.at] ?? NO_EVENT;
    if (!isParted(this, beforeId !== NO_EVENT, nowId !== NO_EVENT)) return;
    track.parting = this.#partingAt(beforeId, nowId);
  }

  #partingAt(beforeId: number, nowId: number): Parting {
    const times = [
      ...(beforeId === NO_EVENT ? [] : [this.before.timeAt(beforeId)]),
      ...(nowId === NO_EVENT ? [] : [this.now.timeAt(nowId)]),
    ];
    return { tUs: Math.min(...times), beforeId, nowId };
  }

  #isSameStep(beforeId: number, nowId: number): boolean {
    const { before, now } = this;
    const kind = before.kindAt(beforeId);
    if (kind !== now.kindAt(nowId)) return false;
    return STEP_FIELDS[kind]!.every((field) => {
      const one = fieldAt(before, beforeId, kind, field);
      const other = fieldAt(now, nowId, kind, field);
      if (typeof one === 'string' && typeof other === 'string') return isSameText(one, other);
      return isSameValue(one, other);
    });
  }
}

/** Both go on here, but not alike; or one does and the other has ended. */
function isParted({ before, now }: Comparison, hasBefore: boolean, hasNow: boolean): boolean {
  if (hasBefore && hasNow) return true;
  return (hasBefore && now.end !== null) || (hasNow && before.end !== null);
}

function earliest(tracks: readonly Track[]): Parting | null {
  let found: Parting | null = null;
  for (const { parting } of tracks) {
    if (parting && (!found || isEarlier(parting, found))) found = parting;
  }
  return found;
}

/** In one instant the event that was written first. */
function isEarlier(one: Parting, other: Parting): boolean {
  if (one.tUs !== other.tUs) return one.tUs < other.tUs;
  return Math.max(one.beforeId, one.nowId) < Math.max(other.beforeId, other.nowId);
}

/** What goes on in the background, heartbeats and polls, comes in another order every time. */
function isStep(trace: TraceStore, id: number): boolean {
  const kind = trace.kindAt(id);
  if (!(kind in STEP_FIELDS)) return false;
  if (kind === 'refuse') return true;
  return trace.messageOf(id) === NO_EVENT || trace.roleAt(id) !== 'background';
}

function isSameLine(one: TraceStore, other: TraceStore, id: number): boolean {
  const kind = one.kindAt(id);
  return (
    one.timeAt(id) === other.timeAt(id) &&
    kind === other.kindAt(id) &&
    one.processAt(id).name === other.processAt(id).name &&
    one.causeAt(id) === other.causeAt(id) &&
    Object.keys(TRACE_FIELDS[kind]).every((field) =>
      isSameValue(fieldAt(one, id, kind, field), fieldAt(other, id, kind, field)),
    )
  );
}

function fieldAt(
  trace: TraceStore,
  id: number,
  kind: TraceKind,
  field: string,
): JsonValue | undefined {
  if (field === 'send') return trace.openerAt(id);
  const type = (TRACE_FIELDS[kind] as Record<string, string>)[field]!;
  if (type.startsWith('text')) return trace.textAt(id, field);
  return type.startsWith('int') ? trace.intAt(id, field) : trace.valueAt(id, field);
}

function isSameValue(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object') return false;
  return JSON.stringify(one) === JSON.stringify(other);
}
