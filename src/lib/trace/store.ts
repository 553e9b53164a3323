// The trace as columns (DESIGN section 3): JSON lines go in, batch by batch, and are read back as
// single fields, as event objects made on demand, by process, by message and by time.
//
// An event refers back to what opened it: an arrival to the event that sent it, the end of a span
// to its beginning, a fired timer to its setting, a death to the start. One column holds that
// (`openerAt`), one the way forward (`closerAt`), and per block of events the reach of what it
// opens, so that "everything that touches this stretch of time" is found without a full scan.

import { assert } from '#lib/protocol/errors.ts';
import { INPUT_WAIT } from '#lib/protocol/keyboard.ts';
import {
  TRACE_FIELDS,
  type FieldType,
  type JsonValue,
  type TraceEnd,
  type TraceEvent,
  type TraceHeader,
  type TraceKind,
} from '#lib/protocol/trace.ts';
import { roleOf, type Role } from '#lib/protocol/wire.ts';
import { Column, intColumn, type IntColumn } from './columns.ts';
import { damaged, parseLines } from './lines.ts';

/** Id of no event. */
export const NO_EVENT = -1;

/** Cell of a field that is absent. */
const ABSENT = -1;
/** Integers below this stand in their cell; others, and negative ones, in a side table. */
const CELL_LIMIT = 2 ** 30;
/** Texts up to this long are kept once however often they occur. */
const SHARED_TEXT_LENGTH = 64;
const SHARED_TEXT_COUNT = 65_536;
/** Text is parsed in pieces of about this many characters. */
const PARSE_LENGTH = 262_144;
/** Events per block of the reach index, as a shift. */
const BLOCK_SHIFT = 9;

const KINDS = Object.keys(TRACE_FIELDS) as TraceKind[];
const KIND_INDEX: ReadonlyMap<string, number> = new Map(KINDS.map((kind, index) => [kind, index]));
const ROLES: readonly Role[] = ['command', 'answer', 'ack', 'background'];
const ROLE_INDEX: Record<Role, number> = { command: 0, answer: 1, ack: 2, background: 3 };

interface FieldPlan {
  name: string;
  type: 'int' | 'text' | 'json';
  cell: number;
}

interface KindPlan {
  fields: readonly FieldPlan[];
  byName: ReadonlyMap<string, FieldPlan>;
  /** The kind names the event it answers in `send`, which has a column of its own. */
  hasSend: boolean;
}

const PLANS: readonly KindPlan[] = KINDS.map((kind) => {
  const names = Object.entries(TRACE_FIELDS[kind]) as [string, FieldType][];
  const fields = names
    .filter(([name]) => name !== 'send')
    .map(([name, type], cell) => ({
      name,
      type: type.replace('?', '') as FieldPlan['type'],
      cell,
    }));
  return {
    fields,
    byName: new Map(fields.map((field) => [field.name, field])),
    hasSend: names.some(([name]) => name === 'send'),
  };
});

/** How a process stands between two of its landmarks. */
export type Life = 'unborn' | 'alive' | 'paused' | 'killed' | 'off' | 'ended' | 'failed';
const LIVES: readonly Life[] = ['unborn', 'alive', 'paused', 'killed', 'off', 'ended', 'failed'];
const LIFE = Object.fromEntries(LIVES.map((life, index) => [life, index])) as Record<Life, number>;

/** A process that the trace mentions, with its own events. */
export interface TraceProcess {
  readonly index: number;
  /** `w1`, `w1/2`, or '' for the network as a whole. */
  readonly name: string;
  /** The node it belongs to: `w1`. */
  readonly node: string;
  /** Ids of its events, ascending. */
  readonly events: IntColumn;
  /** Ids of those of them that are background traffic, ascending. */
  readonly background: IntColumn;
  /** Ids of the events at which it stood differently, ascending: see `standingAt`. */
  readonly landmarks: IntColumn;
}

/** How a process stands at some instant. */
export interface Standing {
  life: Life;
  /** 0 before the first start. */
  incarnation: number;
  openSpanCount: number;
  /** Waits of the learner's own program: those that name a source line. */
  openWaitCount: number;
  /** The event since which this holds, or NO_EVENT. */
  sinceId: number;
}

interface ProcessRecord extends TraceProcess {
  lives: Column<Uint8Array>;
  incarnations: Column<Uint16Array>;
  spanDepths: Column<Uint16Array>;
  waitDepths: Column<Uint16Array>;
  openSpans: Map<number, number>;
  openWaits: Map<number, number>;
  openTimers: Map<number, number>;
  openStart: number;
  openPause: number;
  learnerWaits: number;
}

/** Raw form of a line: any event. */
type Line = Record<string, unknown> & { tUs: number; kind: TraceKind; node: string };

/** Processes are numbered in 16 bits. */
const PROCESS_LIMIT = 65_536;

/** The node that a process belongs to: itself, or what stands before the slash. */
export function nodeOf(process: string): string {
  const slash = process.indexOf('/');
  return slash < 0 ? process : process.slice(0, slash);
}

export class TraceStore {
  readonly #times = new Column(new Float64Array(64));
  readonly #kinds = new Column(new Uint8Array(64));
  readonly #roles = new Column(new Uint8Array(64));
  readonly #processIndexes = new Column(new Uint16Array(64));
  readonly #causes = intColumn(64);
  readonly #openers = intColumn(64);
  readonly #closers = intColumn(64);
  readonly #nextFollowers = intColumn(64);
  readonly #cellOffsets = intColumn(64);
  readonly #cells = intColumn(256);

  readonly #bigNumbers: number[] = [];
  readonly #texts: string[] = [];
  readonly #textIndex = new Map<string, number>();
  readonly #values: JsonValue[] = [];

  /** Highest id that closes something opened in a block, and how much is still open in it. */
  readonly #blockReach = intColumn();
  readonly #blockOpenCount = intColumn();

  readonly #processes: ProcessRecord[] = [];
  readonly #byName = new Map<string, ProcessRecord>();
  readonly #sends = intColumn();
  readonly #losses = intColumn();
  readonly #logs = intColumn();
  readonly #effects = intColumn();
  readonly #changes = intColumn();
  readonly #inputWaits = intColumn();
  readonly #faults = intColumn();
  readonly #protocols = new Set<string>();
  #hasWaits = false;
  /** Connections over which something was sent: whether any of it was more than background. */
  readonly #isTalk = new Map<number, boolean>();

  readonly #name: string;
  #header: TraceHeader | null = null;
  #end: TraceEnd | null = null;
  #lineCount = 0;
  #revision = 0;

  /** @param name of the file, for errors */
  constructor(name = 'trace') {
    this.#name = name;
  }

  /** A finished trace from the text of its file, which is not verified: see `TraceReader`. */
  static from(text: string): TraceStore {
    const store = new TraceStore();
    store.append(text);
    return store;
  }

  /** Counts the calls of `append`: what depends on the trace is stale when it changed. */
  get revision(): number {
    return this.#revision;
  }

  get header(): TraceHeader | null {
    return this.#header;
  }

  /** The last line, once the run is over. */
  get end(): TraceEnd | null {
    return this.#end;
  }

  get eventCount(): number {
    return this.#times.length;
  }

  /** Time up to which the trace is known: of its end, else of its latest event. */
  get frontierUs(): number {
    if (this.#end) return this.#end.tUs;
    return this.eventCount === 0 ? 0 : this.#times.data[this.eventCount - 1]!;
  }

  /** In order of appearance: the nodes of the header first, then children as they are spawned. */
  get processes(): readonly TraceProcess[] {
    return this.#processes;
  }

  /** Ids of `send` events that are not background. */
  get sends(): IntColumn {
    return this.#sends;
  }

  /** Ids of `lose` and `drop` events. */
  get losses(): IntColumn {
    return this.#losses;
  }

  get logs(): IntColumn {
    return this.#logs;
  }

  /** Ids of `state` and `effect` events: what panels are made of. */
  get changes(): IntColumn {
    return this.#changes;
  }

  get effects(): IntColumn {
    return this.#effects;
  }

  /** Ids of the events at which a program begins or ends to wait for a line of input. */
  get inputWaits(): IntColumn {
    return this.#inputWaits;
  }

  /** Of messages that were sent so far. */
  get protocols(): ReadonlySet<string> {
    return this.#protocols;
  }

  /** A program has waited for somebody in particular. */
  get hasWaits(): boolean {
    return this.#hasWaits;
  }

  /** Ids of `fault` events: partitions and what else belongs to no process. */
  get faults(): IntColumn {
    return this.#faults;
  }

  /** Bytes of the columns, without texts and values. */
  get byteLength(): number {
    const columns = [
      ...this.#eventColumns(),
      this.#cells,
      this.#blockReach,
      this.#blockOpenCount,
      this.#sends,
      this.#losses,
      this.#logs,
      this.#effects,
      this.#changes,
      this.#inputWaits,
      this.#faults,
      ...this.#processes.flatMap((process) => processColumns(process)),
    ];
    return columns.reduce((sum, column) => sum + column.byteLength, this.#bigNumbers.length * 8);
  }

  /**
   * Takes whole lines: the header, events in order, the end.
   *
   * @throws InputError when a line is no line of a trace
   */
  append(text: string): void {
    let from = 0;
    while (from < text.length) {
      let to = from + PARSE_LENGTH;
      if (to >= text.length) to = text.length;
      else to = text.indexOf('\n', to) + 1 || text.length;
      this.take(parseLines(text.slice(from, to), this.#name, this.#lineCount));
      from = to;
    }
    this.#revision++;
  }

  /**
   * Takes lines that are parsed already, in the order of a trace. Types are not looked at: what
   * comes from elsewhere is checked by `TraceReader`.
   *
   * @throws InputError when a line contradicts those before it
   */
  take(lines: readonly object[]): void {
    for (const line of lines) {
      this.#lineCount++;
      this.#take(line as Line | TraceHeader | TraceEnd);
    }
    if (this.#end) this.#trim();
  }

  // One event, by its columns.

  timeAt(id: number): number {
    return this.#times.data[id]!;
  }

  kindAt(id: number): TraceKind {
    return KINDS[this.#kinds.data[id]!]!;
  }

  processAt(id: number): TraceProcess {
    return this.#processes[this.#processIndexes.data[id]!]!;
  }

  processIndexAt(id: number): number {
    return this.#processIndexes.data[id]!;
  }

  /** The event that began the turn, or NO_EVENT. */
  causeAt(id: number): number {
    return this.#causes.data[id]!;
  }

  /**
   * What this event answers or ends: the sending event of an arrival, loss or retransmission, the
   * beginning of a span, wait or pause, the setting of a timer, the start of a process that ended;
   * NO_EVENT when nothing.
   */
  openerAt(id: number): number {
    return this.#openers.data[id]!;
  }

  /**
   * What ended what this event began, or NO_EVENT: for a span, wait, timer, pause or life its end
   * (also by death); for a message its latest follower.
   */
  closerAt(id: number): number {
    return this.#closers.data[id]!;
  }

  /** The role of the message that this event belongs to; `command` for events of no message. */
  roleAt(id: number): Role {
    return ROLES[this.#roles.data[id]!]!;
  }

  /** The event whose change of a file this one saw or follows, or NO_EVENT. */
  sawAt(id: number): number {
    return this.kindAt(id) === 'file' ? (this.intAt(id, 'saw') ?? NO_EVENT) : NO_EVENT;
  }

  /**
   * True for what happens in the network on a process's behalf: no program sees it. It is no step
   * of the process that it is written at.
   */
  isOffstage(id: number): boolean {
    return OFFSTAGE[this.#kinds.data[id]!]!;
  }

  /** A whole number of this event's kind, or undefined. */
  intAt(id: number, field: string): number | undefined {
    const cell = this.#cellAt(id, field);
    return cell === ABSENT ? undefined : this.#intOf(cell);
  }

  /** A text of this event's kind, or undefined. */
  textAt(id: number, field: string): string | undefined {
    const cell = this.#cellAt(id, field);
    return cell === ABSENT ? undefined : this.#texts[cell];
  }

  /** A JSON value of this event's kind, or undefined. */
  valueAt(id: number, field: string): JsonValue | undefined {
    const cell = this.#cellAt(id, field);
    return cell === ABSENT ? undefined : this.#values[cell];
  }

  /** The event as it stood on its line. Made anew at each call. */
  eventAt(id: number): TraceEvent {
    assert(id >= 0 && id < this.eventCount, `event ${id} is in the trace`);
    const plan = PLANS[this.#kinds.data[id]!]!;
    const event: Record<string, unknown> = {
      tUs: this.timeAt(id),
      kind: this.kindAt(id),
      node: this.processAt(id).name,
    };
    const cause = this.causeAt(id);
    if (cause !== NO_EVENT) event['cause'] = cause;
    if (plan.hasSend) event['send'] = this.openerAt(id);
    const offset = this.#cellOffsets.data[id]!;
    for (const { name, type, cell } of plan.fields) {
      const value = this.#cells.data[offset + cell]!;
      if (value === ABSENT) continue;
      if (type === 'int') event[name] = this.#intOf(value);
      else event[name] = type === 'text' ? this.#texts[value] : this.#values[value];
    }
    return event as unknown as TraceEvent;
  }

  // Messages.

  /** True for an event that a message starts with. */
  isOrigin(id: number): boolean {
    return isOriginKind(this.kindAt(id));
  }

  /** The event that sent the message which this event is about (itself, for one that leaves). */
  messageOf(id: number): number {
    if (isOriginKind(this.kindAt(id))) return id;
    return PLANS[this.#kinds.data[id]!]!.hasSend ? this.openerAt(id) : NO_EVENT;
  }

  /** What became of the message of event `origin`: deliver, accept, lose, drop, … in order. */
  followersOf(origin: number): number[] {
    const followers: number[] = [];
    const last = this.#closers.data[origin]!;
    if (last === NO_EVENT || !isOriginKind(this.kindAt(origin))) return followers;
    let id = last;
    do {
      id = this.#nextFollowers.data[id]!;
      followers.push(id);
    } while (id !== last);
    return followers;
  }

  // Processes and time.

  process(name: string): TraceProcess | undefined {
    return this.#byName.get(name);
  }

  /** The process of a node and the children it spawned so far. */
  processesOf(node: string): TraceProcess[] {
    return this.#processes.filter((process) => process.node === node);
  }

  /** The first event at or after `tUs`; `eventCount` when there is none. */
  firstAtOrAfter(tUs: number): number {
    let low = 0;
    let high = this.eventCount;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#times.data[middle]! < tUs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The last event at or before `tUs`, or NO_EVENT. */
  lastAtOrBefore(tUs: number): number {
    return this.#times.lastAtMost(tUs);
  }

  /** The last event of one process at or before `tUs`, or NO_EVENT. */
  lastOf(process: TraceProcess, tUs: number): number {
    const position = process.events.lastAtMost(this.lastAtOrBefore(tUs));
    return position < 0 ? NO_EVENT : process.events.data[position]!;
  }

  standingAt(process: TraceProcess, tUs: number): Standing {
    return this.standingFrom(process, process.landmarks.lastAtMost(this.lastAtOrBefore(tUs)));
  }

  /** How a process stands from one of its landmarks (a position in the list, or -1) to the next. */
  standingFrom(process: TraceProcess, position: number): Standing {
    const record = process as ProcessRecord;
    if (position < 0) {
      return {
        life: 'unborn',
        incarnation: 0,
        openSpanCount: 0,
        openWaitCount: 0,
        sinceId: NO_EVENT,
      };
    }
    return {
      life: LIVES[record.lives.data[position]!]!,
      incarnation: record.incarnations.data[position]!,
      openSpanCount: record.spanDepths.data[position]!,
      openWaitCount: record.waitDepths.data[position]!,
      sinceId: record.landmarks.data[position]!,
    };
  }

  /**
   * Calls `visit` with the ids, ascending, of at least all events in `[firstId, lastId]` and of all
   * earlier ones that open something which is still open at `firstId`; some others slip in.
   */
  visitTouching(firstId: number, lastId: number, visit: (id: number) => void): void {
    const last = Math.min(lastId, this.eventCount - 1);
    const lastBlock = last >> BLOCK_SHIFT;
    for (let block = 0; block <= lastBlock; block++) {
      const start = block << BLOCK_SHIFT;
      const stop = Math.min(last, start + (1 << BLOCK_SHIFT) - 1);
      const isInside = stop >= firstId;
      const reaches =
        this.#blockReach.data[block]! >= firstId || this.#blockOpenCount.data[block]! > 0;
      if (!isInside && !reaches) continue;
      for (let id = start; id <= stop; id++) {
        if (id >= firstId) visit(id);
        else if (this.#isReaching(id, firstId)) visit(id);
      }
    }
  }

  #isReaching(id: number, firstId: number): boolean {
    const kind = this.#kinds.data[id]!;
    if (!OPENING[kind]) return false;
    const closer = this.#closers.data[id]!;
    return closer >= firstId || this.#isOpen(id, closer);
  }

  /** An event that opens something which nothing has ended yet. */
  #isOpen(id: number, closer: number): boolean {
    if (!this.#opens(id)) return false;
    return closer === NO_EVENT || REOPENING[this.#kinds.data[closer]!]!;
  }

  #opens(id: number): boolean {
    const kind = this.kindAt(id);
    if (kind === 'span' || kind === 'wait') return this.textAt(id, 'op') === 'begin';
    if (kind === 'timer') return this.textAt(id, 'op') === 'set';
    return OPENING[this.#kinds.data[id]!]!;
  }

  // Taking lines.

  #take(line: Line | TraceHeader | TraceEnd): void {
    if ('lightcone' in line) {
      this.#header = line as TraceHeader;
      for (const node of this.#header.nodes) this.#processNamed(node);
      return;
    }
    if ((line as TraceEnd).kind === 'end') {
      this.#end = line as TraceEnd;
      return;
    }
    this.#takeEvent(line as Line);
  }

  #takeEvent(line: Line): void {
    const kind = KIND_INDEX.get(line.kind);
    const id = this.eventCount;
    if (kind === undefined) throw this.#damaged(`unknown kind: ${String(line.kind)}`);
    if (id > 0 && line.tUs < this.timeAt(id - 1)) {
      throw this.#damaged(`time goes backwards: ${line.tUs}`);
    }
    const process = this.#processNamed(line.node);
    const plan = PLANS[kind]!;
    const send = plan.hasSend ? (line['send'] as number) : NO_EVENT;
    const cause = (line['cause'] as number | undefined) ?? NO_EVENT;
    const saw =
      (line.kind === 'file' ? (line['saw'] as number | undefined) : undefined) ?? NO_EVENT;
    if (!(send < id && cause < id && saw < id)) throw this.#damaged('refers to a later event');
    this.#times.push(line.tUs);
    this.#kinds.push(kind);
    this.#processIndexes.push(process.index);
    this.#causes.push(cause);
    this.#openers.push(send);
    this.#closers.push(NO_EVENT);
    this.#nextFollowers.push(NO_EVENT);
    this.#cellOffsets.push(this.#cells.length);
    for (const field of plan.fields) this.#cells.push(this.#cellOf(field, line[field.name]));
    this.#roles.push(ROLE_INDEX[this.#roleOf(line, send)]);
    process.events.push(id);
    if (this.roleAt(id) === 'background') process.background.push(id);
    if (id >> BLOCK_SHIFT === this.#blockReach.length) {
      this.#blockReach.push(NO_EVENT);
      this.#blockOpenCount.push(0);
    }
    this.#index(id, line, process);
  }

  #roleOf(line: Line, send: number): Role {
    switch (line.kind) {
      case 'send': {
        const role = roleOf(line['proto'] as string, line['msg'] as string);
        this.#noteTalk(line['conn'] as number | undefined, role);
        return role;
      }
      case 'connect':
      case 'accept':
      case 'open':
        return 'background';
      case 'close':
      case 'reset':
        return this.#isTalk.get(line['conn'] as number) === false ? 'background' : 'ack';
      default:
        return send === NO_EVENT ? 'command' : this.roleAt(send);
    }
  }

  /** The end of a connection is folded away with what went over it, if all of that is. */
  #noteTalk(conn: number | undefined, role: Role): void {
    if (conn === undefined) return;
    if (role !== 'background') this.#isTalk.set(conn, true);
    else if (!this.#isTalk.has(conn)) this.#isTalk.set(conn, false);
  }

  #index(id: number, line: Line, process: ProcessRecord): void {
    switch (line.kind) {
      case 'send':
        if (this.roleAt(id) !== 'background') this.#sends.push(id);
        this.#protocols.add(line['proto'] as string);
        return this.#open(id, 1);
      case 'connect':
      case 'close':
      case 'reset':
        return this.#open(id, 1);
      case 'accept':
        this.#follow(id);
        return this.#open(id, 1);
      case 'lose':
      case 'drop':
        this.#losses.push(id);
        return this.#follow(id);
      case 'open':
      case 'refuse':
      case 'deliver':
      case 'retransmit':
      case 'duplicate':
        return this.#follow(id);
      case 'log':
        this.#logs.push(id);
        return;
      case 'state':
        this.#changes.push(id);
        return;
      case 'effect':
        this.#changes.push(id);
        this.#effects.push(id);
        return;
      case 'fault':
        this.#faults.push(id);
        return;
      default:
        return this.#indexOfProcess(id, line, process);
    }
  }

  #indexOfProcess(id: number, line: Line, process: ProcessRecord): void {
    switch (line.kind) {
      case 'start':
        process.openStart = id;
        this.#open(id, 1);
        return this.#landmark(process, id, LIFE.alive, line['incarnation'] as number);
      case 'exit':
        this.#die(process, id);
        return this.#landmark(process, id, line['code'] === 0 ? LIFE.ended : LIFE.failed);
      case 'kill':
        this.#die(process, id);
        return this.#landmark(process, id, LIFE.killed);
      case 'powerOff':
        this.#die(process, id);
        return this.#landmark(process, id, LIFE.off);
      case 'pause':
        process.openPause = id;
        this.#open(id, 1);
        return this.#landmark(process, id, LIFE.paused);
      case 'resume':
        this.#close(process.openPause, id);
        process.openPause = NO_EVENT;
        return this.#landmark(process, id, LIFE.alive);
      case 'span':
        this.#bracket(process.openSpans, line['span'] as number, line['op'] === 'begin', id);
        return this.#landmark(process, id);
      case 'wait':
        this.#indexWait(id, line, process);
        return this.#landmark(process, id);
      case 'timer':
        return this.#bracket(process.openTimers, line['timer'] as number, line['op'] === 'set', id);
      default:
        return;
    }
  }

  #indexWait(id: number, line: Line, process: ProcessRecord): void {
    if (line['what'] === INPUT_WAIT) this.#inputWaits.push(id);
    if (line['by'] !== undefined && line['line'] !== undefined) this.#hasWaits = true;
    const isBegin = line['op'] === 'begin';
    const number = line['wait'] as number;
    if (isBegin) {
      if (line['line'] !== undefined) process.learnerWaits++;
    } else {
      const begin = process.openWaits.get(number);
      if (begin !== undefined && this.textAt(begin, 'line') !== undefined) process.learnerWaits--;
    }
    this.#bracket(process.openWaits, number, isBegin, id);
  }

  #bracket(open: Map<number, number>, number: number, isBegin: boolean, id: number): void {
    if (isBegin) {
      open.set(number, id);
      this.#open(id, 1);
      return;
    }
    const begin = open.get(number);
    if (begin === undefined) return;
    open.delete(number);
    this.#close(begin, id);
  }

  /** A death ends whatever the process had begun. */
  #die(process: ProcessRecord, id: number): void {
    for (const open of [process.openSpans, process.openWaits, process.openTimers]) {
      for (const begin of open.values()) this.#close(begin, id);
      open.clear();
    }
    this.#close(process.openPause, id);
    this.#close(process.openStart, id);
    process.openPause = NO_EVENT;
    process.openStart = NO_EVENT;
    process.learnerWaits = 0;
  }

  #open(id: number, change: 1 | -1): void {
    this.#blockOpenCount.data[id >> BLOCK_SHIFT]! += change;
  }

  #close(begin: number, id: number): void {
    if (begin === NO_EVENT) return;
    this.#closers.data[begin] = id;
    this.#openers.data[id] = begin;
    this.#open(begin, -1);
    this.#reach(begin, id);
  }

  /** Puts an event at the end of the ring of its message's followers. */
  #follow(id: number): void {
    const origin = this.#openers.data[id]!;
    if (origin === NO_EVENT || !isOriginKind(this.kindAt(origin))) {
      throw this.#damaged(`event ${origin} sends no message`);
    }
    const last = this.#closers.data[origin]!;
    const wasOpen = last === NO_EVENT || REOPENING[this.#kinds.data[last]!]!;
    const isOpen = REOPENING[this.#kinds.data[id]!]!;
    if (wasOpen !== isOpen) this.#open(origin, isOpen ? 1 : -1);
    if (last === NO_EVENT) {
      this.#nextFollowers.data[id] = id;
    } else {
      this.#nextFollowers.data[id] = this.#nextFollowers.data[last]!;
      this.#nextFollowers.data[last] = id;
    }
    this.#closers.data[origin] = id;
    this.#reach(origin, id);
  }

  #reach(from: number, id: number): void {
    this.#blockReach.data[from >> BLOCK_SHIFT] = id;
  }

  #landmark(process: ProcessRecord, id: number, life?: number, incarnation?: number): void {
    const before = process.landmarks.length - 1;
    process.landmarks.push(id);
    process.lives.push(life ?? (before < 0 ? LIFE.alive : process.lives.data[before]!));
    process.incarnations.push(incarnation ?? (before < 0 ? 0 : process.incarnations.data[before]!));
    process.spanDepths.push(process.openSpans.size);
    process.waitDepths.push(process.learnerWaits);
  }

  // Cells.

  #cellAt(id: number, name: string): number {
    const field = PLANS[this.#kinds.data[id]!]!.byName.get(name);
    return field ? this.#cells.data[this.#cellOffsets.data[id]! + field.cell]! : ABSENT;
  }

  #cellOf(field: FieldPlan, value: unknown): number {
    if (value === undefined) return ABSENT;
    if (field.type === 'text') return this.#textCell(value as string);
    if (field.type === 'json') return this.#values.push(value as JsonValue) - 1;
    const number = value as number;
    if (number >= 0 && number < CELL_LIMIT) return number;
    return -1 - this.#bigNumbers.push(number);
  }

  #intOf(cell: number): number {
    return cell >= 0 ? cell : this.#bigNumbers[-2 - cell]!;
  }

  #textCell(text: string): number {
    if (text.length > SHARED_TEXT_LENGTH) return this.#texts.push(text) - 1;
    let cell = this.#textIndex.get(text);
    if (cell === undefined) {
      cell = this.#texts.push(text) - 1;
      if (this.#textIndex.size < SHARED_TEXT_COUNT) this.#textIndex.set(text, cell);
    }
    return cell;
  }

  #processNamed(name: string): ProcessRecord {
    let process = this.#byName.get(name);
    if (!process) {
      if (this.#processes.length === PROCESS_LIMIT) throw this.#damaged('too many processes');
      process = newProcess(name, this.#processes.length);
      this.#processes.push(process);
      this.#byName.set(name, process);
    }
    return process;
  }

  #damaged(message: string): Error {
    return damaged(this.#name, this.#lineCount, message);
  }

  #eventColumns() {
    return [
      this.#times,
      this.#kinds,
      this.#roles,
      this.#processIndexes,
      this.#causes,
      this.#openers,
      this.#closers,
      this.#nextFollowers,
      this.#cellOffsets,
    ];
  }

  #trim(): void {
    for (const column of this.#eventColumns()) column.trim();
    for (const process of this.#processes) {
      for (const column of processColumns(process)) column.trim();
    }
    this.#cells.trim();
    this.#textIndex.clear();
  }
}

const ORIGIN_KINDS = new Set<TraceKind>(['send', 'close', 'reset', 'connect', 'accept']);

function isOriginKind(kind: TraceKind): boolean {
  return ORIGIN_KINDS.has(kind);
}

/** By kind: may it open something (a message, a bracket, a life)? */
const OPENING = KINDS.map(
  (kind) => isOriginKind(kind) || ['start', 'pause', 'span', 'wait', 'timer'].includes(kind),
);
/** By kind: what only the network sees. */
const OFFSTAGE = KINDS.map((kind) =>
  ['lose', 'drop', 'retransmit', 'duplicate', 'fault'].includes(kind),
);
/** By kind: after this follower the message is under way again. */
const REOPENING = KINDS.map((kind) => kind === 'retransmit' || kind === 'duplicate');

function newProcess(name: string, index: number): ProcessRecord {
  return {
    index,
    name,
    node: nodeOf(name),
    events: intColumn(),
    background: intColumn(),
    landmarks: intColumn(),
    lives: new Column(new Uint8Array(16)),
    incarnations: new Column(new Uint16Array(16)),
    spanDepths: new Column(new Uint16Array(16)),
    waitDepths: new Column(new Uint16Array(16)),
    openSpans: new Map(),
    openWaits: new Map(),
    openTimers: new Map(),
    openStart: NO_EVENT,
    openPause: NO_EVENT,
    learnerWaits: 0,
  };
}

function processColumns(process: ProcessRecord) {
  const { events, background, landmarks, lives, incarnations, spanDepths, waitDepths } = process;
  return [events, background, landmarks, lives, incarnations, spanDepths, waitDepths];
}
