// A process as its machine's operating system runs it: takes inputs, runs turns, answers with what
// it did and when. Everything a program can reach of the world goes through here (timers, sockets,
// output, children), and every operation carries the virtual time at which it happened (KT3).
//
// Turns (KT4, KT5): an input or a timer begins one; it lasts until the job queue is empty, and as
// long in virtual time as the CPU meter says. Nothing that arrives meanwhile is seen before its end.

import TinyQueue from 'tinyqueue';
import { LOOPBACK_US } from '#lib/protocol/cluster.ts';
import { assert, InvariantError } from '#lib/protocol/errors.ts';
import { END_OF_INPUT, INPUT_WAIT } from '#lib/protocol/keyboard.ts';
import { insertByTime } from '#lib/protocol/inputs.ts';
import type { Answer, Batch, Input, Op, OpenWait, ProcessSpec } from '#lib/protocol/packets.ts';
import { RandomStream } from '#lib/protocol/random.ts';
import {
  exitCodeOf,
  SIGNAL_NAMES,
  UNHANDLED_SIGNALS,
  type SignalName,
} from '#lib/protocol/signals.ts';
import { EPOCH_MS } from '#lib/protocol/time.ts';
import { Connection, ConnectionError, Listener } from './connection.ts';
import { setCurrent, type CurrentProcess, type GlobalsPort } from './current.ts';
import { Disk } from './disk.ts';
import type { SpokenProtocol } from './dissect.ts';
import { DatagramSocket, SocketError } from './datagrams.ts';
import { forgetPlainThrown, isOurMistake, type ProgramPlaces, traceback } from './engine-errors.ts';
import { isStop, Meter, Stop, TURN_BUDGET_NS } from './meter.ts';
import { JobQueue, SimPromise } from './promise.ts';

/** A line of output is cut here, in characters. */
const LINE_LENGTH_MAX = 4_096;
const LINE_COUNT_MAX = 10_000;
/** More operations than this in one turn is a flood: the process is stopped. */
const TURN_OPS_MAX = 100_000;
/** An answer is handed in after so many operations, to keep packets small. */
const BATCH_OPS_MAX = 20_000;
/** Connection ids of a process's own are odd (packets.ts); 1 is the pipe to its parent. */
const FIRST_CONN = 3;

const DRAW = { random: 1, bytes: 2 } as const;

/** What the machine has become, from a time on; begins no turn. */
type MachineNews = Extract<Input, { kind: 'machine' }>;
/** An input that begins a turn. */
type Occurrence = Exclude<Input, { kind: 'file' | 'ownFile' | 'machine' }>;

interface Timer {
  id: number;
  dueUs: number;
  callback: () => void;
  background: string;
  /** What armed it belongs to, and so does what it does (see `JobQueue`). */
  context: unknown;
}

/** What begins a turn, and when. */
interface NextTurn {
  startNs: number;
  input: Occurrence | null;
  timer: Timer | null;
}

type TurnOp = Extract<Op, { op: 'turn' }>;

export interface TimerOptions {
  /** Nothing depends on this timer: it does not keep the run alive (KT7). */
  isBackground?: boolean;
  /** Keeps the run alive only while somebody in the cluster holds this obligation (KT7). */
  whileHeld?: string;
  /** The same while nobody holds it: the check for a peer that no longer tells of itself. */
  unlessHeld?: string;
  /** What it is for, in the trace. */
  label?: string;
}

/** What a wait is for, for the report at the end of a run (KT8). */
export interface WaitOptions {
  what: string;
  /** Processes or nodes whose action could end it. */
  by?: readonly string[];
  dueUs?: number;
  /** The program's own place, where it is not the one at hand. */
  line?: string | undefined;
}

/** There is no such signal, or no program can handle it. `code` is errno's name. */
export class SignalError extends Error {
  override name = 'SignalError';
  readonly code = 'EINVAL';
  constructor(signal: string) {
    const handled = SIGNAL_NAMES.filter((name) => !UNHANDLED_SIGNALS.has(name));
    super(`EINVAL: cannot handle ${signal} (signals: ${handled.join(', ')})`);
  }
}

/** A process that this one started. */
export interface Child {
  readonly name: string;
  /** The pipe to it. */
  readonly pipe: Connection;
  /** How it ended: exit code (128 + number for a signal), and the signal that ended it. */
  readonly exited: SimPromise<{ code: number; signal: string | null }>;
  /** Sends it a signal; it arrives after 50 µs, if the child still runs. */
  kill(signal: SignalName): void;
}

/** A connection that has not opened yet. */
interface Connecting {
  readonly opening: SimPromise<Connection>;
  /** With this side's port, or what went wrong. */
  readonly settle: (outcome: number | ConnectionError) => void;
}

/** What runs in a process: a model's command or a learner's program. */
export type Main = (process: NodeProcess) => SimPromise<unknown>;

/** A process without learner code has no places to tell of. */
export const NO_PROGRAM: ProgramPlaces = {
  place: () => undefined,
  functionName: () => '<model>',
};

export class NodeProcess implements CurrentProcess, GlobalsPort {
  readonly spec: ProcessSpec;
  readonly meter: Meter;
  readonly queue: JobQueue;
  readonly port: GlobalsPort = this;
  /** The files of its machine. */
  readonly disk: Disk;
  /** Set when a program is linked: what its positions mean. */
  program: ProgramPlaces = NO_PROGRAM;
  /** Protocols of models, which programs may speak on any port. */
  spoken: readonly SpokenProtocol[] = [];
  /** The program's own words: a model's command sets them when its own stand before them. */
  args: readonly string[];
  readonly #main: Main;
  readonly #random: RandomStream;

  #ops: Op[] = [];
  readonly #inputs: Occurrence[] = [];
  readonly #machineNews: MachineNews[] = [];
  /** The machine's, as it is in this turn. */
  #speed: number;
  #skewUs: number;
  #inputIndex = 0;
  readonly #timers = new TinyQueue<Timer>([], (a, b) => a.dueUs - b.dueUs || a.id - b.id);
  readonly #liveTimers = new Map<number, Timer>();
  readonly #connections = new Map<number, Connection>();
  /** Connections of which something was read or left unread in this turn. */
  readonly #unreadNews = new Set<Connection>();
  readonly #connecting = new Map<number, Connecting>();
  /** Who asked for a port and was not answered yet. */
  readonly #claiming = new Map<number, (port: number) => void>();
  readonly #listeners = new Map<number, Listener>();
  readonly #sockets = new Map<number, DatagramSocket>();
  readonly #children = new Map<string, (end: { code: number; signal: string | null }) => void>();
  readonly #signalHandlers = new Map<string, () => void>();
  readonly #waits = new Map<number, OpenWait>();
  /** Lines of standard input that nobody has read yet, and who waits for one. */
  readonly #typed: string[];
  readonly #readers: ((line: string) => void)[] = [];

  #nextTimer = 1;
  #nextConn = FIRST_CONN;
  #nextClaim = 1;
  #nextSpan = 1;
  #nextWait = 1;
  #childCount = 0;
  #randomOrdinal = 0;
  #lineCount = 0;
  readonly #unfinished = new Map<string, string>();

  /** The CPU is taken until then; nanoseconds of virtual time. */
  #freeNs = 0;
  #exitNs: number | null = null;
  /** No core of the machine is free before. */
  #notBeforeNs = 0;
  #turnStartNs = 0;
  #turnOpIndex = 0;
  #boundUs = 0;
  #isPaused = false;
  /** Pauses that are in the line. */
  #pauseCount = 0;
  #isExited = false;
  #hasFinishedMain = false;

  /** Why the process stays though its program has ended; see `hold`. */
  readonly #holds = new Set<{ what: string }>();
  /**
   * Called at the end of a turn after which nothing can happen to the program: it has not ended, and no
   * timer, connection, listener, child or keyboard is left that could begin another (a signal could).
   */
  onstuck: (() => void) | null = null;

  /** Silences output: a forked child imports again what its parent imported (see models/celery). */
  isMuted = false;
  /** Hears what is written. */
  onwrite: ((stream: 'stdout' | 'stderr', text: string) => void) | null = null;
  /** Hears of the limit that ends this process, in words, while it can still send. */
  onstop: ((text: string) => void) | null = null;

  constructor(spec: ProcessSpec, main: Main) {
    this.spec = spec;
    this.args = spec.argv.slice(1);
    this.#main = main;
    this.meter = new Meter();
    this.queue = new JobQueue();
    this.disk = new Disk(this, spec.files, spec.cwd);
    this.#speed = spec.speed;
    this.#skewUs = spec.skewUs;
    this.#typed = [...spec.stdin];
    this.#random = new RandomStream(spec.seed, `node:${spec.name}#${spec.incarnation}`);
  }

  // For the host.

  /** Runs every turn that begins before the batch's bound. */
  advance(batch: Batch): Answer {
    this.#takeBatch(batch);
    const previous = setCurrent(this);
    for (let next = this.#nextDue(); next; next = this.#nextDue()) {
      this.#endTurn(this.#beginTurn(next), next.startNs);
    }
    setCurrent(previous);
    return this.#answer();
  }

  /**
   * As `advance`, for a program whose threads only the engine can switch (Python's). Such a process
   * has its thread to itself.
   *
   * @param work runs last in each turn, until nothing of the program can go on
   * @param turnsMax answers after so many turns, so that no request takes long
   */
  async advanceWith(batch: Batch, work: () => Promise<void>, turnsMax: number): Promise<Answer> {
    this.#takeBatch(batch);
    setCurrent(this);
    let turnCount = 0;
    for (let next = this.#nextDue(); next && turnCount++ < turnsMax; next = this.#nextDue()) {
      const turn = this.#beginTurn(next);
      await work();
      this.#endTurn(turn, next.startNs);
    }
    return this.#answer();
  }

  #takeBatch(batch: Batch): void {
    for (const input of batch.inputs) {
      if (input.kind === 'file' || input.kind === 'ownFile') this.disk.hear(input);
      else if (input.kind === 'machine') this.#machineNews.push(input);
      else insertByTime(this.#inputs, input, this.#inputIndex);
      if (input.kind === 'pause') this.#pauseCount++;
    }
    this.#boundUs = batch.boundUs;
    this.#notBeforeNs = batch.notBeforeUs * 1000;
  }

  /** The next turn, if it begins within the batch. */
  #nextDue(): NextTurn | null {
    if (this.#isExited || this.#ops.length >= BATCH_OPS_MAX) return null;
    const next = this.#next();
    return next && next.startNs < this.#boundUs * 1000 ? next : null;
  }

  #answer(): Answer {
    const ops = this.#ops;
    this.#ops = [];
    this.#notBeforeNs = 0;
    const next = this.#isExited ? null : this.#next();
    return { ops, nextUs: next ? Math.floor(next.startNs / 1000) : Infinity };
  }

  /** What the program waits for now (KT8). */
  openWaits(): OpenWait[] {
    const waits = [...this.#waits.values()];
    if (this.#hasFinishedMain && waits.length === 0) {
      for (const { what } of this.#holds)
        waits.push({ what, line: undefined, dueUs: undefined, by: [] });
    }
    if (waits.length > 0 || this.#hasFinishedMain || this.#listeners.size > 0) return waits;
    // Nothing was announced: the program hangs on a promise of its own.
    const coroutine = this.queue.suspended().find(({ functionId }) => functionId > 0);
    if (!coroutine) return waits;
    const line = this.program.place(coroutine.at);
    return [{ what: 'a promise that nobody settles', line, dueUs: undefined, by: [] }];
  }

  // Time and chance.

  /** Virtual microseconds since the start of the run. */
  nowUs(): number {
    return Math.floor(this.#nowNs() / 1000);
  }

  monotonicUs(): number {
    return this.nowUs();
  }

  /** As the wall clock of this machine shows it: microseconds since 1970. */
  wallUs(): number {
    return EPOCH_MS * 1000 + this.nowUs() + this.#skewUs;
  }

  /** For `console`: see `write`. */
  log(stream: 'stdout' | 'stderr', text: string): void {
    this.write(stream, text);
  }

  /** A float in [0, 1) from this process's own stream (KT6). */
  random(): number {
    return this.#random.draw(DRAW.random, this.#randomOrdinal++);
  }

  randomBytes(count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    for (let index = 0; index < count; index++) {
      bytes[index] = this.#random.below(256, DRAW.bytes, this.#randomOrdinal++);
    }
    return bytes;
  }

  /** Model code declares what it costs (NODE7), in nanoseconds on a machine of speed 1. */
  spendNs(ns: number): void {
    this.meter.spendNs(ns);
  }

  setTimer(delayUs: number, callback: () => void, options: TimerOptions = {}): number {
    const id = this.#nextTimer++;
    const dueUs = this.nowUs() + Math.max(0, Math.ceil(delayUs));
    const background = backgroundOf(options);
    const { context } = this.queue;
    const timer = { id, dueUs, callback, background, context };
    this.#timers.push(timer);
    this.#liveTimers.set(id, timer);
    this.push({
      op: 'timerSet',
      tUs: this.nowUs(),
      timer: id,
      dueUs,
      background,
      label: options.label,
    });
    return id;
  }

  clearTimer(id: number): void {
    if (!this.#liveTimers.delete(id)) return;
    this.push({ op: 'timerCancel', tUs: this.nowUs(), timer: id });
  }

  /** Resolves after so many virtual microseconds. */
  sleepUs(delayUs: number, options: TimerOptions = {}): SimPromise<void> {
    return new SimPromise<void>((resolve) => {
      this.setTimer(delayUs, () => resolve(), options);
    });
  }

  // Network.

  /**
   * Connects to a port of a named host.
   *
   * @param fromPort a port of this process's own, 0 for any
   * @throws (rejects with) ConnectionError: ENOTFOUND for an unknown name, ECONNREFUSED, ETIMEDOUT
   */
  connect(host: string, port: number, keepsAlive = true, fromPort = 0): SimPromise<Connection> {
    if (this.machineOf(host) === undefined) {
      const message = `Name or service not known: ${host}`;
      return SimPromise.reject(new ConnectionError('ENOTFOUND', message));
    }
    const conn = this.#nextConn;
    this.#nextConn += 2;
    if (this.isLocal(host)) this.stayNear();
    this.push({ op: 'connect', tUs: this.nowUs(), conn, host, port, fromPort, line: this.line() });
    const { promise: opening, resolve, reject } = SimPromise.withResolvers<Connection>();
    const settle = (outcome: ConnectionError | number): void => {
      this.#connecting.delete(conn);
      if (typeof outcome !== 'number') return reject(outcome);
      const ports = { local: outcome, peer: port };
      const connection = new Connection(this, conn, host, keepsAlive, ports);
      this.#connections.set(conn, connection);
      resolve(connection);
    };
    this.#connecting.set(conn, { opening, settle });
    return opening;
  }

  /** Gives up a connection that has not opened yet: what `connect` returned never settles then. */
  cancelConnect(opening: SimPromise<Connection>): void {
    for (const [conn, one] of this.#connecting) {
      if (one.opening !== opening) continue;
      this.#connecting.delete(conn);
      this.push({ op: 'close', tUs: this.nowUs(), conn });
    }
  }

  /**
   * Asks for a TCP port of this machine, 0 for any. The answer takes 50 µs: the port, or 0 when it
   * is taken.
   */
  claimPort(port: number): SimPromise<number> {
    return this.#claim(port, false);
  }

  #claim(port: number, isDatagram: boolean): SimPromise<number> {
    const claim = this.#nextClaim++;
    this.push({ op: 'claim', tUs: this.nowUs(), claim, port, isDatagram });
    this.stayNear();
    return new SimPromise<number>((resolve) => {
      this.#claiming.set(claim, resolve);
    });
  }

  /** Gives a claimed port back that nobody listens on. */
  unclaimPort(port: number): void {
    this.push({ op: 'unclaim', tUs: this.nowUs(), port });
  }

  /**
   * Listens on a port of this machine. If another process has it, whoever accepts learns of that.
   *
   * @param isLoopback reachable from this machine only
   * @throws SocketError EADDRINUSE when this process listens on it already
   */
  listen(port: number, isLoopback = false): Listener {
    if (this.#listeners.has(port)) throw addressInUse(port);
    const listener = new Listener(this, port);
    this.#listeners.set(port, listener);
    this.push({ op: 'listen', tUs: this.nowUs(), port, loopback: isLoopback });
    this.stayNear();
    return listener;
  }

  forgetListener(port: number): void {
    this.#listeners.delete(port);
    this.push({ op: 'unlisten', tUs: this.nowUs(), port });
  }

  /**
   * Takes a port of this machine for datagrams. If another process has it, whoever receives learns of
   * that.
   *
   * @throws SocketError EADDRINUSE when this process has it already
   */
  datagramSocket(port: number): DatagramSocket {
    if (this.#sockets.has(port)) throw addressInUse(port);
    const socket = new DatagramSocket(this, port);
    this.#sockets.set(port, socket);
    this.push({ op: 'bind', tUs: this.nowUs(), port });
    this.stayNear();
    return socket;
  }

  /**
   * As `datagramSocket`, of a port that another process of the machine may have. 0 asks for any.
   *
   * @returns resolves after 50 µs, with null when the port is taken
   */
  claimDatagramSocket(port: number): SimPromise<DatagramSocket | null> {
    if (this.#sockets.has(port)) return SimPromise.resolve<DatagramSocket | null>(null);
    // It hears from the moment at which the machine says yes, which is before the answer is here.
    if (port > 0) this.#sockets.set(port, new DatagramSocket(this, port));
    return this.#claim(port, true).then((given) => {
      if (given === 0) this.#sockets.delete(port);
      else if (port === 0) this.#sockets.set(given, new DatagramSocket(this, given));
      return this.#sockets.get(given) ?? null;
    });
  }

  forgetSocket(port: number): void {
    this.#sockets.delete(port);
    this.push({ op: 'unbind', tUs: this.nowUs(), port });
  }

  /** See `Connection.tellUnread`. */
  noteUnread(connection: Connection): void {
    this.#unreadNews.add(connection);
  }

  forgetConnection(id: number): void {
    this.#connections.delete(id);
  }

  /** The pipe to the process that spawned this one. */
  parentPipe(): Connection {
    assert(this.spec.parentConn > 0, 'only a spawned process has a parent pipe');
    let pipe = this.#connections.get(this.spec.parentConn);
    if (!pipe) {
      pipe = new Connection(this, this.spec.parentConn, this.spec.parent ?? '', true);
      this.#connections.set(this.spec.parentConn, pipe);
    }
    return pipe;
  }

  /** Whether a host or node is this very machine. */
  isLocal(host: string): boolean {
    return this.machineOf(host) === this.spec.machine || host.includes('/');
  }

  /** The machine that a name means here, or undefined. */
  machineOf(host: string): string | undefined {
    const { hosts, aliases } = this.spec;
    if (Object.hasOwn(aliases, host)) return aliases[host];
    return Object.hasOwn(hosts, host) ? hosts[host] : undefined;
  }

  /** What was just done can come back over loopback: do not run ahead of that (KT3). */
  stayNear(): void {
    this.#boundUs = Math.min(this.#boundUs, this.nowUs() + LOOPBACK_US);
  }

  // Processes.

  /** Starts a process on this machine (NODE1). */
  spawn(argv: readonly string[]): Child {
    const name = `${this.spec.name}/${++this.#childCount}`;
    const conn = this.#nextConn;
    this.#nextConn += 2;
    const pipe = new Connection(this, conn, name, true);
    this.#connections.set(conn, pipe);
    this.push({ op: 'spawn', tUs: this.nowUs(), child: name, argv, conn });
    this.stayNear();
    const exited = new SimPromise<{ code: number; signal: string | null }>((resolve) => {
      this.#children.set(name, resolve);
    });
    const kill = (signal: SignalName): void => {
      this.push({ op: 'signal', tUs: this.nowUs(), child: name, name: signal });
      this.stayNear();
    };
    return { name, pipe, exited, kill };
  }

  /** Ends this process. Nothing after this call is seen by anybody. */
  exit(code: number, reason?: string, signal?: string): void {
    if (this.#isExited) return;
    for (const [stream, text] of this.#unfinished) if (text) this.#logLine(stream, text);
    this.#tellUnread();
    this.push({ op: 'exit', tUs: this.nowUs(), code, reason, signal });
    this.#isExited = true;
    this.#exitNs = this.#nowNs();
  }

  get isExited(): boolean {
    return this.#isExited;
  }

  /**
   * Replaces the default action of a signal (NODE6); null restores it.
   *
   * @throws SignalError for one that does not exist or cannot be handled
   */
  onSignal(name: string, handler: (() => void) | null): void {
    const isKnown = (SIGNAL_NAMES as readonly string[]).includes(name);
    if (!isKnown || UNHANDLED_SIGNALS.has(name)) throw new SignalError(name);
    if (handler) this.#signalHandlers.set(name, handler);
    else this.#signalHandlers.delete(name);
  }

  // What the trace shows.

  /**
   * Output; lines end at "\n", the rest waits for more.
   *
   * @param isPlaced the program has written it: the trace names the line
   */
  write(stream: 'stdout' | 'stderr', text: string, isPlaced = true): void {
    if (this.isMuted) return;
    this.onwrite?.(stream, text);
    const lines = ((this.#unfinished.get(stream) ?? '') + text).split('\n');
    this.#unfinished.set(stream, lines.pop()!);
    for (const line of lines) this.#logLine(stream, line, isPlaced);
  }

  /** What was written of a line that has not ended yet shows, as after a flush. */
  showUnfinished(stream: 'stdout' | 'stderr'): void {
    const begun = this.#unfinished.get(stream);
    if (!begun || this.isMuted || this.#lineCount >= LINE_COUNT_MAX) return;
    // As large as a line, so it counts as one.
    this.#lineCount++;
    const text = begun.slice(0, LINE_LENGTH_MAX);
    this.push({ op: 'partial', tUs: this.nowUs(), stream, text });
  }

  /**
   * The next line of standard input, without its newline: of cluster.json's `stdin`, then whatever
   * faults type. There is no end of input: with nothing left the program waits. What was typed shows
   * in the output behind the prompt, as on a terminal.
   */
  readLine(prompt = ''): SimPromise<string> {
    this.write('stdout', prompt);
    return new SimPromise<string>((resolve) => {
      this.awaitLine(resolve);
    });
  }

  /**
   * As `readLine`, for a reader that may give up: calls `take` with the line, at once if there is one.
   * Call what is returned to stop waiting.
   *
   * @param isTerminal false for a program with a window of its own: what is typed does not show in the
   *   output, and waiting for its user is nothing to tell of
   */
  awaitLine(take: (line: string) => void, isTerminal = true): () => void {
    let endWait = (): void => undefined;
    const reader = (text: string): void => {
      endWait();
      if (isTerminal && text !== END_OF_INPUT) this.write('stdout', `${text}\n`);
      take(text);
    };
    const typed = this.#typed.shift();
    if (typed !== undefined) {
      reader(typed);
      return () => undefined;
    }
    this.#readers.push(reader);
    if (isTerminal) {
      this.showUnfinished('stdout');
      endWait = this.beginWait({ what: INPUT_WAIT });
    }
    return () => {
      const index = this.#readers.indexOf(reader);
      if (index < 0) return;
      this.#readers.splice(index, 1);
      endWait();
    };
  }

  #type(line: string): void {
    const reader = this.#readers.shift();
    if (reader) reader(line);
    else this.#typed.push(line);
  }

  /** A model's own change (DESIGN section 3). */
  state(name: string, value: unknown): void {
    this.push({ op: 'state', tUs: this.nowUs(), name, value });
  }

  /** Something happened in the world outside. */
  effect(name: string, value?: unknown): void {
    this.push({ op: 'effect', tUs: this.nowUs(), name, value });
  }

  /** A piece of work begins; call what is returned at its end. */
  span(name: string, detail?: string): () => void {
    const span = this.#nextSpan++;
    this.push({ op: 'span', tUs: this.nowUs(), begin: true, span, name, detail });
    return () => {
      this.push({ op: 'span', tUs: this.nowUs(), begin: false, span, name, detail });
    };
  }

  /** The program waits from now on, and says for what; call what is returned when it goes on. */
  beginWait({ what, by = [], dueUs, line = this.line() }: WaitOptions): () => void {
    const wait = this.#nextWait++;
    this.#waits.set(wait, { what, line, dueUs, by });
    const named = { wait, what, line, dueUs, by };
    this.push({ op: 'wait', tUs: this.nowUs(), begin: true, ...named });
    return () => {
      this.#waits.delete(wait);
      this.push({ op: 'wait', tUs: this.nowUs(), begin: false, ...named, by: [] });
    };
  }

  /** The program waits for `promise`, and says for what. */
  waitFor<T>(promise: SimPromise<T>, options: WaitOptions): SimPromise<T> {
    const end = this.beginWait(options);
    return promise.then(
      (value) => {
        end();
        return value;
      },
      (error: unknown) => {
        end();
        throw error;
      },
    );
  }

  /**
   * Keeps the process from ending with its program, as threads do that nobody ends.
   *
   * @param what said of it at the end of the run
   * @returns lets it go
   */
  hold(what: string): () => void {
    const held = { what };
    this.#holds.add(held);
    return () => {
      this.#holds.delete(held);
    };
  }

  /** Holds (or with a negative count lets go of) obligations for the whole cluster (KT7). */
  oblige(token: string, delta: number): void {
    if (delta !== 0) this.push({ op: 'oblige', tUs: this.nowUs(), token, delta });
  }

  /** The program's own place, `client.ts:7`, or undefined outside learners' code. */
  line(): string | undefined {
    return this.program.place(this.meter.at);
  }

  push(op: Op): void {
    if (this.#isExited) return;
    this.#ops.push(op);
    if (this.#ops.length - this.#turnOpIndex > TURN_OPS_MAX) {
      throw (this.meter.stop ??= new Stop('flood', this.meter.at));
    }
  }

  // Turns.

  /** Virtual time that this turn has taken so far, in nanoseconds. */
  get turnNs(): number {
    return this.#nowNs() - this.#turnStartNs;
  }

  /** Of its machine, now: a factor on what it computes in a virtual second. */
  get speed(): number {
    return this.#speed;
  }

  #nowNs(): number {
    return this.#turnStartNs + Math.floor(this.meter.usedNs / this.#speed);
  }

  /** What begins the next turn, and when. */
  #next(): NextTurn | null {
    const input = this.#isPaused ? this.#ahead('resume', Infinity) : this.#inputs[this.#inputIndex];
    const timer = this.#isPaused ? undefined : this.#firstTimer();
    if (!input && !timer) return null;
    // An arrival goes before a timer of the same instant (KT2).
    const isInput = input !== undefined && (timer === undefined || input.tUs <= timer.dueUs);
    const dueUs = isInput ? input.tUs : timer!.dueUs;
    const startNs = Math.max(dueUs * 1000, this.#freeNs, this.#notBeforeNs);
    // A pause acts at the end of the turn that it finds, whatever else is overdue by then (KT5).
    const pause =
      this.#isPaused || this.#pauseCount === 0 ? undefined : this.#ahead('pause', startNs);
    if (pause) return { startNs, input: pause, timer: null };
    return { startNs, input: isInput ? input : null, timer: isInput ? null : timer! };
  }

  /** Brings the first input of a kind to the front of the line, if it comes by then. */
  #ahead(kind: 'pause' | 'resume', byNs: number): Occurrence | undefined {
    for (let index = this.#inputIndex; index < this.#inputs.length; index++) {
      const input = this.#inputs[index]!;
      if (input.tUs * 1000 > byNs) return undefined;
      if (input.kind !== kind) continue;
      this.#inputs.splice(index, 1);
      this.#inputs.splice(this.#inputIndex, 0, input);
      return input;
    }
    return undefined;
  }

  #firstTimer(): Timer | undefined {
    let timer = this.#timers.peek();
    while (timer && !this.#liveTimers.has(timer.id)) {
      this.#timers.pop();
      timer = this.#timers.peek();
    }
    return timer;
  }

  #beginTurn({ startNs, input, timer }: NextTurn): TurnOp {
    this.#turnStartNs = startNs;
    forgetPlainThrown();
    this.#hearOfMachine(Math.floor(startNs / 1000));
    this.meter.beginTurn(TURN_BUDGET_NS * this.#speed);
    const turn = {
      op: 'turn' as const,
      tUs: Math.floor(startNs / 1000),
      ticket: input?.ticket ?? 0,
      timer: timer?.id ?? 0,
      endUs: 0,
    };
    this.#turnOpIndex = this.#ops.length;
    this.#ops.push(turn);
    this.queue.context = timer?.context ?? null;
    this.#guard(() => {
      if (input) this.#take(input);
      else this.#fire(timer!);
      this.queue.run();
    });
    return turn;
  }

  #endTurn(turn: TurnOp, startNs: number): void {
    this.#settleTurn();
    // What a program still does after its exit takes no time: it is gone.
    this.#freeNs = Math.max(this.#exitNs ?? this.#nowNs(), startNs);
    turn.endUs = Math.floor(this.#freeNs / 1000);
    if (this.#inputIndex > 1024) {
      this.#inputs.splice(0, this.#inputIndex);
      this.#inputIndex = 0;
    }
  }

  #hearOfMachine(tUs: number): void {
    this.disk.reach(tUs);
    while (this.#machineNews.length > 0 && this.#machineNews[0]!.tUs <= tUs) {
      const { speed, skewUs } = this.#machineNews.shift()!;
      this.#speed = speed;
      this.#skewUs = skewUs;
    }
  }

  /** Learner code runs only inside this: what escapes ends the process, never the simulator (NODE8). */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.die(error);
    }
  }

  #settleTurn(): void {
    if (this.#isExited) return;
    this.#tellUnread();
    const [rejected] = this.queue.takeUnhandled();
    if (rejected) return this.die(rejected.reason);
    if (!this.#hasFinishedMain && !this.onstuck) return;
    if (this.#isHeld()) return;
    if (this.#hasFinishedMain && this.#holds.size === 0) this.exit(0);
    else this.onstuck?.();
  }

  #tellUnread(): void {
    // After every turn, and clearing an empty set costs V8 a new table.
    if (this.#unreadNews.size === 0) return;
    for (const connection of this.#unreadNews) connection.tellUnread();
    this.#unreadNews.clear();
  }

  /** Something can still happen to this program. */
  #isHeld(): boolean {
    if (this.#listeners.size > 0 || this.#connecting.size > 0 || this.#children.size > 0)
      return true;
    if (this.#claiming.size > 0) return true;
    if (this.#readers.length > 0) return true;
    for (const timer of this.#liveTimers.values()) if (timer.background === '') return true;
    for (const connection of this.#connections.values()) if (connection.isAwaited) return true;
    for (const socket of this.#sockets.values()) if (socket.isAwaited) return true;
    return false;
  }

  /** What nobody caught ends the process: with a traceback, or with the limit it met (NODE7, NODE8). */
  die(error: unknown): void {
    // Ours, not the program's: fails the run (NODE8).
    if (error instanceof InvariantError) throw error;
    if (isOurMistake(error)) throw new InvariantError(`${this.spec.name}: ${String(error)}`);
    if (this.#isExited) return;
    this.isMuted = false;
    // The report itself must not meet the limit that was just broken.
    this.meter.room = Infinity;
    this.#turnOpIndex = this.#ops.length;
    const reason = this.#stopReason(error);
    if (reason === null) {
      this.write('stderr', `${traceback(error, this.program)}\n`);
      return this.exit(1, 'uncaught exception');
    }
    const text = `${reason} and was stopped`;
    this.write('stderr', `${text}\n`);
    this.onstop?.(text);
    this.exit(1, reason);
  }

  /** A limit was met, in words with the learner's line, or null for an ordinary exception. */
  #stopReason(error: unknown): string | null {
    if (!isStop(error)) return null;
    return `${STOP_WORDS[error.reason]}${this.#at(error.at)}`;
  }

  #at(position: number): string {
    const place = this.program.place(position);
    return place === undefined ? '' : ` (${place})`;
  }

  #take(input: Occurrence): void {
    this.#inputIndex++;
    switch (input.kind) {
      case 'start':
        return this.#start();
      case 'open':
        return this.#connecting.get(input.conn)?.settle(input.fromPort);
      case 'refuse': {
        const error = new ConnectionError('ECONNREFUSED', 'Connection refused');
        return this.#connecting.get(input.conn)?.settle(error);
      }
      case 'timeout': {
        const error = new ConnectionError('ETIMEDOUT', 'Connection timed out');
        this.#connecting.get(input.conn)?.settle(error);
        return this.#connections.get(input.conn)?.fail(error);
      }
      case 'accept': {
        const { conn, port, from, fromPort } = input;
        const connection = new Connection(this, conn, from, true, { local: port, peer: fromPort });
        const listener = this.#listeners.get(port);
        // It was closed meanwhile: its machine has reset the connection.
        if (!listener) return;
        this.#connections.set(conn, connection);
        return listener.arrive(connection);
      }
      case 'claimed':
        return this.#claimed(input);
      case 'room':
        return this.#connections.get(input.conn)?.makeRoom(input.readBytes);
      case 'datagram': {
        const { bytes, from, fromPort } = input;
        return this.#sockets.get(input.port)?.arrive({ bytes, from, port: fromPort });
      }
      case 'data':
        return this.#connections.get(input.conn)?.arrive(input.bytes);
      case 'close':
        return this.#connections.get(input.conn)?.end();
      case 'reset': {
        const error = new ConnectionError('ECONNRESET', 'Connection reset by peer');
        return this.#connections.get(input.conn)?.fail(error);
      }
      case 'signal':
        return this.#signal(input.name);
      case 'input':
        return this.#type(input.text);
      case 'child': {
        const settle = this.#children.get(input.child);
        this.#children.delete(input.child);
        return settle?.({ code: input.code, signal: input.signal });
      }
      case 'pause':
        this.#isPaused = true;
        this.#pauseCount--;
        return;
      case 'resume':
        this.#isPaused = false;
        return;
      default:
        return input satisfies never;
    }
  }

  #start(): void {
    if (this.spec.parentConn > 0) this.parentPipe();
    const done = this.#main(this);
    this.#watch(done);
  }

  #watch(done: SimPromise<unknown>): void {
    done.then(
      () => {
        this.#hasFinishedMain = true;
      },
      (error: unknown) => this.die(error),
    );
  }

  #claimed({ claim, port, isTaken, isDatagram }: Extract<Input, { kind: 'claimed' }>): void {
    if (claim > 0) {
      const settle = this.#claiming.get(claim);
      this.#claiming.delete(claim);
      return settle?.(isTaken ? 0 : port);
    }
    const refused: Map<number, Listener | DatagramSocket> = isDatagram
      ? this.#sockets
      : this.#listeners;
    const holder = refused.get(port);
    refused.delete(port);
    holder?.fail(addressInUse(port));
  }

  #fire(timer: Timer): void {
    this.#timers.pop();
    this.#liveTimers.delete(timer.id);
    timer.callback();
  }

  #signal(name: string): void {
    const handler = this.#signalHandlers.get(name);
    if (handler) return handler();
    const code = exitCodeOf(name);
    if (code !== null) this.exit(code, name, name);
  }

  #logLine(stream: string, text: string, isPlaced = true): void {
    this.#lineCount++;
    if (this.#lineCount > LINE_COUNT_MAX + 1) return;
    const isLast = this.#lineCount === LINE_COUNT_MAX + 1;
    this.push({
      op: 'log',
      tUs: this.nowUs(),
      stream,
      text: isLast
        ? 'output limited: no more lines of this process are shown'
        : text.slice(0, LINE_LENGTH_MAX),
      line: isPlaced ? this.line() : undefined,
    });
  }
}

function addressInUse(port: number): SocketError {
  return new SocketError('EADDRINUSE', `Address already in use: ${port}`);
}

const STOP_WORDS: Readonly<Record<Stop['reason'], string>> = {
  cpu: 'computed 10 s without waiting',
  flood: 'did more than 100 000 things without waiting',
  memory: 'took more than 256 MiB of memory in one turn',
};

/** What the kernel is told of a timer (packets.ts, `timerSet`). */
function backgroundOf({ isBackground, whileHeld, unlessHeld }: TimerOptions): string {
  if (isBackground) return '*';
  return unlessHeld === undefined ? (whileHeld ?? '') : `!${unlessHeld}`;
}
