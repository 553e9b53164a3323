// A Python program as a process of the cluster: an interpreter whose blocking calls park on a
// NodeProcess, which is its operating system (timers, connections, output, exit code) and its clock.
//
// CPU time (NODE7): the interpreter asks the meter's hook each time it has looked 51 times whether
// something is up, which it does at each backward jump and each call; one such tick costs `TICK_NS` of
// virtual time. A turn ends after `SLICE_NS` of computing (KT5), so that other threads of the program
// and what has arrived meanwhile get their turns.

import type { Answer, Batch, OpenWait, ProcessSpec } from '#lib/protocol/packets.ts';
import type { SpokenProtocol } from '#lib/node/dissect.ts';
import { isStop, Stop, TICK_NS as METER_TICK_NS, TURN_BUDGET_NS } from '#lib/node/meter.ts';
import { NodeProcess } from '#lib/node/process.ts';
import { SimPromise } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { Addresses } from '#lib/node/addresses.ts';
import { Mailboxes } from './datagrams.ts';
import { Descriptors } from './descriptors.ts';
import { EngineCalls, type CreateEngine } from './engine-calls.ts';
import { mountDisk, type EmscriptenFs } from './file-system.ts';
import { limitStack, type Interpreter } from './interpreter.ts';
import { installPackages } from './packages.ts';
import { Signals } from './signals.ts';
import { Sockets } from './sockets.ts';
import { INTERRUPTED, MAIN_STACK, Stacks, type StackBody } from './stacks.ts';
import { enterWorld } from './virtual-world.ts';

/** Virtual time of one tick of the interpreter's own check, on a machine of speed 1 (NODE7), */
const TICK_NS = 2_500;
/** in ticks of the meter. */
const METER_TICKS = TICK_NS / METER_TICK_NS;
/** A turn of a Python process that computes ends after so much virtual time (KT5). */
const SLICE_NS = 5_000_000;
/** Turns in one answer, so that a program that only computes keeps answering: 0.1 virtual seconds. */
const ANSWER_TURNS_MAX = 20;
/** Interrupts a program that computes. A signal that no program uses: the highest there is. */
const PREEMPT_SIGNAL = 63;
/** Ticks before it is interrupted again: the interpreter also asks while it calls the handler. */
const QUIET_TICKS = 16;
/**
 * Real time that a thread of a program may compute without waiting. The meter's 10 virtual seconds take
 * about 20 s on an idle machine; `re` and other C code is metered far too little.
 */
const REAL_BUDGET_MS = 60_000;
/** Python's longest time-out is far less; beyond it microseconds would not be exact. */
const SECONDS_MAX = 1e9;

const decoder = new TextDecoder();

/** Source text by path. */
export type PythonFiles = Readonly<Record<string, string>>;

/** A program computed too long in real time, though not in virtual time. */
class Overrun extends Error {
  constructor(line: string) {
    const where = line ? `; last seen at ${line}` : '';
    super(
      `computed ${REAL_BUDGET_MS / 1000} s of real time without waiting${where}. ` +
        'A pattern of re that tries everything takes as long: let it do less',
    );
  }

  /** In the report of a run the node's name goes before it. */
  override toString(): string {
    return this.message;
  }
}

/** `start` of runtime/program.py. */
type Start = ((...given: unknown[]) => void) & { destroy(): void };

export class PythonProgram {
  readonly #process: NodeProcess;
  readonly #interpreter: Interpreter;
  readonly #files: PythonFiles;
  readonly #stacks = new Stacks();
  /** What stacks can wait for. */
  readonly #descriptors: Descriptors;
  readonly #sockets: Sockets;
  readonly #mailboxes: Mailboxes;
  readonly #signals: Signals;
  /** The learner's line from which the host was last called. */
  #line: string | undefined;
  /** The timer that continues a turn which was cut, 0 when there is none. */
  #sliceTimer = 0;
  /** Told the learner's line at each call of the host's. */
  onplace: (line: string) => void = () => undefined;
  /** In ticks of the meter; an object of its own, because the interpreter reads it all the time. */
  readonly #limits = { sliceEnd: 0 };
  /** CPU time of the turn when the running stack was resumed, and real time. */
  #resumedNs = 0;
  #resumedMs = 0;
  /** The real clock, where there is one: only a run that fails may depend on it. */
  realNowMs: () => number = () => 0;
  readonly #calls: EngineCalls;
  /** What a function of the host's threw. */
  #fault: unknown = null;
  /** CPU time that stacks took since they last waited, and real time. */
  readonly #busy = new Map<number, { ns: number; realMs: number }>();

  /**
   * @param interpreter a fresh one: it is used up by this program
   * @param createEngine what a model's package asks, and what runs a command that is no script
   */
  constructor(
    spec: ProcessSpec,
    interpreter: Interpreter,
    files: PythonFiles,
    createEngine: CreateEngine,
  ) {
    this.#process = new NodeProcess(spec, () => this.#start());
    this.#interpreter = interpreter;
    this.#files = files;
    const fs = interpreter.FS as unknown as EmscriptenFs;
    this.#descriptors = new Descriptors(
      (stack) => this.#stacks.wake(stack, true),
      (number) => Boolean(fs.streams[number]),
    );
    this.#sockets = new Sockets(this.#process, this.#descriptors);
    this.#mailboxes = new Mailboxes(this.#process, this.#descriptors);
    this.#signals = new Signals(this.#process, {
      interrupt: () => this.#stacks.wake(MAIN_STACK, INTERRUPTED),
      notify: (file, byte) => {
        if (this.#sockets.isSocket(file)) this.#sockets.send(file, Uint8Array.of(byte), false);
      },
    });
    this.#calls = new EngineCalls(this.#process, this.#stacks, createEngine);
    this.#process.program = { place: () => this.#line, functionName: () => '<python>' };
    const { nowUs, wallUs } = this.#process;
    enterWorld({
      nowUs: nowUs.bind(this.#process),
      wallUs: wallUs.bind(this.#process),
      random: () => this.#process.random(),
      randomBytes: (count) => this.#process.randomBytes(count),
    });
  }

  /** Protocols of models, which programs may speak on any port. */
  set spoken(protocols: readonly SpokenProtocol[]) {
    this.#process.spoken = protocols;
  }

  /** Runs every turn that begins before the batch's bound. */
  advance(batch: Batch): Promise<Answer> {
    return this.#process.advanceWith(batch, () => this.#work(), ANSWER_TURNS_MAX);
  }

  openWaits(): OpenWait[] {
    return this.#process.openWaits();
  }

  /** The process ends when Python says so, not when this promise settles. */
  #start(): SimPromise<unknown> {
    const { argv, cwd, env } = this.#process.spec;
    const interpreter = this.#interpreter;
    this.#mountDisk();
    // What writes to the descriptors themselves: os.write, C code.
    for (const stream of ['stdout', 'stderr'] as const) {
      const set = stream === 'stdout' ? interpreter.setStdout : interpreter.setStderr;
      set({ write: (bytes) => this.#writeBytes(stream, bytes) });
    }
    const isScript = isPythonWord(argv[0]!);
    const start = interpreter.runPython(
      `from _lightcone.program import start${isScript ? '' : '_command'} as start; start`,
    ) as unknown as Start;
    start(
      this.#guardedHost(),
      interpreter.toPy(installPackages(interpreter, this.#files)),
      interpreter.toPy(isScript ? argv.slice(1) : argv),
      interpreter.toPy({ PWD: cwd, ...env }),
      PREEMPT_SIGNAL,
    );
    start.destroy();
    this.#calls.open(interpreter, isScript);
    interpreter.setInterruptBuffer(this.#meterHook() as never);
    return isScript ? new SimPromise<never>(() => undefined) : this.#calls.engine.main();
  }

  #mountDisk(): void {
    const process = this.#process;
    mountDisk(this.#interpreter.FS as unknown as EmscriptenFs, {
      disk: process.disk,
      cwd: process.spec.cwd,
      nextNumber: () => this.#descriptors.free(),
      wallMs: (tUs) => (process.wallUs() - process.nowUs() + tUs) / 1000,
      // The line is that of an earlier call of another kind: of this one it is not known.
      onuse: () => (this.#line = undefined),
      onfault: (error) => this.#fail(error),
    });
  }

  #writeBytes(stream: 'stdout' | 'stderr', bytes: Uint8Array): number {
    this.#process.write(stream, decoder.decode(bytes));
    return bytes.length;
  }

  // Turns.

  #setLine(line: string): void {
    this.#line = line || undefined;
    if (line) this.onplace(line);
  }

  /** Lets every thread go on that can, in the order in which they became ready. */
  async #work(): Promise<void> {
    const process = this.#process;
    while (this.#stacks.isReady && !process.isExited && !this.#isSliceOver()) {
      this.#resumedNs = process.turnNs;
      this.#resumedMs = this.realNowMs();
      this.#setSliceEnd();
      await this.#stacks.step();
      this.#runJobs();
      if (this.#fault !== null) throw this.#fault;
    }
    const isUnfinished = this.#stacks.isReady || this.#stacks.hasInterrupted;
    if (isUnfinished && !process.isExited) {
      // What is due by now has its turn first, and then whom it woke (KT5).
      this.#sliceTimer ||= process.setTimer(0, () => this.#beginSlice(), { label: 'time slice' });
    } else if (this.#sliceTimer) {
      process.clearTimer(this.#sliceTimer);
      this.#sliceTimer = 0;
    }
  }

  #beginSlice(): void {
    this.#sliceTimer = 0;
    this.#stacks.resumeInterrupted();
  }

  /** The engine's, which has no other guard here: what escapes it ends the process (NODE8). */
  #runJobs(): void {
    try {
      this.#process.queue.run();
    } catch (error) {
      this.#process.die(error);
    }
  }

  #isSliceOver(): boolean {
    return this.#process.turnNs >= SLICE_NS;
  }

  /** What the interpreter takes for a buffer that other threads write signals into. */
  #meterHook(): object {
    const { meter } = this.#process;
    const limits = this.#limits;
    return {
      // Called some hundred thousand times a second: nothing but a sum and a comparison.
      get 0(): number {
        meter.n += METER_TICKS;
        if (meter.n < limits.sliceEnd) return 0;
        limits.sliceEnd = meter.n + QUIET_TICKS * METER_TICKS;
        return PREEMPT_SIGNAL;
      },
      set 0(_signal: number) {
        // The interpreter clears what it has read.
      },
    };
  }

  /** Until where the meter may count before the running stack is interrupted. */
  #setSliceEnd(): void {
    const { meter, turnNs, speed } = this.#process;
    const leftNs = Math.max(0, SLICE_NS - turnNs) * speed;
    this.#limits.sliceEnd = meter.n + Math.ceil(leftNs / METER_TICK_NS);
  }

  /** The running stack computed until the end of the turn. */
  #preempt(stack: number, line: string): void {
    const process = this.#process;
    this.#setLine(line);
    const before = this.#busy.get(stack) ?? { ns: 0, realMs: 0 };
    const ns = before.ns + Math.max(0, process.turnNs - this.#resumedNs);
    const realMs = before.realMs + this.realNowMs() - this.#resumedMs;
    this.#busy.set(stack, { ns, realMs });
    if (ns >= TURN_BUDGET_NS) process.die(new Stop('cpu', 0));
    else if (realMs > REAL_BUDGET_MS) this.#fault ??= new Overrun(line);
    this.#stacks.interrupt(stack);
  }

  #park(
    stack: number,
    seconds: number,
    what: string,
    by: string,
    line: string,
    files: readonly number[] | 0,
  ): void {
    const process = this.#process;
    this.#setLine(line);
    this.#busy.delete(stack);
    const delayUs = usFromSeconds(Math.min(seconds, SECONDS_MAX));
    const timer =
      seconds < 0 ? 0 : process.setTimer(delayUs, () => this.#stacks.wake(stack, false));
    const unwatch = files ? this.#descriptors.watch(files, stack) : undefined;
    const endWait = what
      ? process.beginWait({
          what,
          by: by ? [by] : [],
          ...(seconds < 0 ? {} : { dueUs: process.nowUs() + delayUs }),
        })
      : undefined;
    this.#stacks.park(stack, () => {
      if (timer) process.clearTimer(timer);
      unwatch?.();
      endWait?.();
    });
  }

  /** What Python calls: see runtime/*.py. Absent values are '' and 0, because null is an object there. */
  #host(): Record<string, (...given: never[]) => unknown> {
    const process = this.#process;
    const stacks = this.#stacks;
    const sockets = this.#sockets;
    const mailboxes = this.#mailboxes;
    const addresses = new Addresses(process);
    const signals = this.#signals;
    const at = this.#setLine.bind(this);
    return {
      limitStack: () => limitStack(this.#interpreter),
      spawn: (stack: number, body: StackBody) => stacks.spawn(stack, body),
      park: this.#park.bind(this),
      preempt: this.#preempt.bind(this),
      wake: (stack: number) => stacks.wake(stack, true),
      exit: (code: number, signal: string) => process.exit(code, undefined, signal || undefined),
      ask: (stack: number, what: string, given: string, line: string) => {
        at(line);
        this.#busy.delete(stack);
        this.#calls.ask(stack, what, given);
      },
      askOn: (stack: number) => this.#calls.askOn(stack),
      tell: (what: string, given: string, line: string) => {
        at(line);
        return this.#calls.tell(what, given);
      },
      state: (name: string, value: string, line: string) => {
        at(line);
        process.state(name, JSON.parse(value));
      },

      write: (file: number, text: string, line: string) => {
        at(line);
        const stream = file === 2 ? 'stderr' : 'stdout';
        process.write(stream, text);
        if (!text.endsWith('\n')) process.showUnfinished(stream);
      },
      readLine: (stack: number, line: string) => {
        at(line);
        this.#busy.delete(stack);
        let stop = (): void => undefined;
        stacks.park(stack, () => stop());
        stop = process.awaitLine((typed) => stacks.wake(stack, typed));
      },

      takeSignal: () => signals.take(),
      raiseSignal: (number: number) => signals.raise(number),
      handleSignal: signals.handle.bind(signals),
      setWakeup: (file: number) => signals.setWakeup(file),
      setAlarm: signals.setAlarm.bind(signals),
      alarmLeft: () => signals.alarmLeft,
      alarmInterval: () => signals.alarmInterval,

      hostName: () => process.spec.machine,
      nodeName: () => process.spec.name,
      incarnation: () => `${process.spec.seed} ${process.spec.name} ${process.spec.incarnation}`,
      addressOf: (name: string) => addresses.of(name),
      peerAddress: (socket: number) => addresses.ofPeer(sockets.farEnd(socket)),
      addressOfPeer: (name: string) => addresses.ofPeer(name),
      machineAt: (address: string) => addresses.machineAt(address),
      pid: () => process.spec.pid,
      isKnown: (name: string) => process.machineOf(name) !== undefined,
      isLocal: (name: string) => process.isLocal(name),
      openSocket: () => sockets.open(),
      dupSocket: (socket: number) => sockets.dup(socket),
      socketPair: () => sockets.pair(),
      isSocket: (file: number) => sockets.isSocket(file) || mailboxes.isMailbox(file),
      closeFile: (file: number) => this.#descriptors.close(file),
      ready: (file: number) => this.#descriptors.ready(file),
      isMailbox: (file: number) => mailboxes.isMailbox(file),
      openMailbox: () => mailboxes.open(),
      bindMail: mailboxes.bind.bind(mailboxes),
      isBindingMail: (file: number) => mailboxes.isBinding(file),
      mailPort: (file: number) => mailboxes.port(file),
      connectMail: mailboxes.connect.bind(mailboxes),
      sendMail: (file: number, name: string, port: number, bytes: Uint8Array, line: string) => {
        at(line);
        return mailboxes.send(file, name, port, bytes);
      },
      hasMail: (file: number) => mailboxes.hasMail(file),
      mailLength: (file: number) => mailboxes.nextLength(file),
      takeMail: mailboxes.take.bind(mailboxes),
      mailSender: (file: number) => mailboxes.sender(file),
      mailSenderPort: (file: number) => mailboxes.senderPort(file),
      bind: sockets.bind.bind(sockets),
      bound: (socket: number) => sockets.bound(socket),
      listen: sockets.listen.bind(sockets),
      isListening: (socket: number) => sockets.isListening(socket),
      accept: (socket: number) => sockets.accept(socket),
      connect: (socket: number, name: string, port: number, line: string) => {
        at(line);
        return sockets.connect(socket, name, port);
      },
      connected: (socket: number) => sockets.connected(socket),
      readable: (socket: number) => sockets.readable(socket),
      take: sockets.take.bind(sockets),
      send: (socket: number, bytes: Uint8Array, isWhole: boolean, line: string) => {
        at(line);
        return sockets.send(socket, bytes, isWhole);
      },
      writable: (socket: number) => sockets.writable(socket),
      shutdown: sockets.shutdown.bind(sockets),
      setAbrupt: sockets.setAbrupt.bind(sockets),
      takeError: (socket: number) => sockets.takeError(socket),
      peerName: (socket: number) => sockets.peerName(socket),
      peerPort: (socket: number) => sockets.peerPort(socket),
      localPort: (socket: number) => sockets.localPort(socket),
    };
  }

  #guardedHost(): object {
    const entries = Object.entries(this.#host());
    const functions = entries.map(([name, work]) => [name, this.#guarded(work)] as const);
    return { gate: this.#stacks.gate, ...Object.fromEntries(functions) };
  }

  /** The meter's stop ends the process; everything else is a fault of ours and fails the run. */
  #fail(error: unknown): void {
    if (isStop(error)) this.#process.die(error);
    else this.#fault ??= error;
  }

  /**
   * A function for Python. What it throws must not become an exception of the learner's: the meter's
   * stop ends the process here, everything else is a fault of ours and fails the run.
   */
  #guarded<Given extends unknown[]>(work: (...given: Given) => unknown): typeof work {
    return (...given) => {
      try {
        return work(...given);
      } catch (error) {
        this.#fail(error);
        if (isStop(error)) return undefined;
        throw error;
      }
    };
  }
}

/** Whether a command's first word is the interpreter itself. */
function isPythonWord(word: string): boolean {
  return word === 'python' || word === 'python3';
}
