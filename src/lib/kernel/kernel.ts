// The kernel: one virtual clock for the whole cluster. It hands each process what happens to it,
// takes back what the process did, and makes that real in one order (KT2, KT3).
//
// Conservative synchronisation with commits: processes run ahead inside a window no longer than the
// smallest latency between machines, so nothing that happens in a window can reach anybody else
// inside it. What they did carries their own time and is committed afterwards, merged over all
// processes. A window is only a promise to run far enough: cut it anywhere, the commits are the
// same. Nothing here knows where a process runs or what time it is outside.
//
// KT2 as built: faults, then the network's arrivals (from other machines, then from the same one, by
// index and sequence of their sender), then starts, then what processes do (by index of the process,
// in its own order). Within a process an arrival goes before a timer of the same instant. Giving
// everything that processes do one rank keeps effects behind their causes, which an order by the
// rank of the triggering event does not: a turn begun by a delivery could commit before the
// delivery itself.

import { LOOPBACK_US, type Cluster } from '#lib/protocol/cluster.ts';
import { assert } from '#lib/protocol/errors.ts';
import type { Fault, FaultAction } from '#lib/protocol/faults.ts';
import { insertByTime } from '#lib/protocol/inputs.ts';
import type { Batch, Input, Op, OpenWait } from '#lib/protocol/packets.ts';
import { usFromMs } from '#lib/protocol/time.ts';
import type { EndReason, TraceEvent } from '#lib/protocol/trace.ts';
import { Agenda } from './agenda.ts';
import type { End } from './connection.ts';
import { nextTurnOn, readyUs } from './cores.ts';
import { datagramInput } from './datagrams.ts';
import { Deeds } from './deeds.ts';
import { EventQueue, RANK, type KernelEvent } from './event-queue.ts';
import { FaultWatch } from './faults.ts';
import { Fleet, type ProcessHandle } from './fleet.ts';
import { Links } from './links.ts';
import { Liveness } from './liveness.ts';
import { Network } from './network.ts';
import type { DistributiveOmit, KernelPort } from './port.ts';
import type { Machine, Process } from './process.ts';
import { Strikes } from './strikes.ts';
import { inputOf } from './tcp.ts';

/** A run is cut at exactly this many trace events (KT7). */
export const EVENT_LIMIT = 1_000_000;
/** So many events at one instant mean that time stands still (KT7). */
export const INSTANT_LIMIT = 100_000;
export interface KernelOptions {
  cluster: Cluster;
  faults: readonly Fault[];
  seed: number;
  untilUs?: number;
  eventLimit?: number;
  /** Receives every event in order; its id is its position. */
  onevent: (event: TraceEvent) => void;
  /** Processes come to life and go; the runtime gives them a place to run. */
  onstart: (process: ProcessHandle) => void;
  onend: (process: ProcessHandle) => void;
  /** What a program wrote to a file, with the event that counts its bytes. Nobody may write to them. */
  onwrite?: ((eventId: number, bytes: Uint8Array) => void) | undefined;
  /** Cuts windows shorter, for tests of the rule that windows never show. */
  windowUs?: () => number;
}

/** "Run this process so far": answered by `answer`. */
export interface Request {
  process: ProcessHandle;
  batch: Batch;
}

export interface KernelEnd {
  reason: EndReason;
  tUs: number;
  detail?: string;
}

/** How each process stands at the end, for exit codes and reports. */
export interface ProcessReport {
  name: string;
  isAlive: boolean;
  exitCode: number | null;
  endedBy: 'itself' | 'fault' | null;
  /** Listens on a port: that it waits for somebody is its trade. */
  isServer: boolean;
}

export class Kernel implements KernelPort {
  readonly #options: KernelOptions;
  readonly #queue = new EventQueue();
  readonly #links: Links;
  readonly #network: Network;
  readonly #faults: FaultWatch;
  readonly #fleet: Fleet;
  readonly #strikes: Strikes;
  readonly #deeds: Deeds;
  #untilUs: number;
  readonly #eventLimit: number;
  readonly #liveness = new Liveness();
  /** Processes by the next thing they did that is not real yet, and by when they would run next. */
  readonly #nextOps = new Agenda();
  readonly #wakes = new Agenda();

  #nowUs = 0;
  #eventCount = 0;
  #instantCount = 0;
  #nextTicket = 1;
  /** Of this window. */
  #firstTicket = 0;
  /** Arrivals of this window that were handed over in an earlier one. */
  readonly #collectedAgain = new Set<number>();
  #faultSequence = 0;
  /** Nothing at or beyond this may be committed in this round, */
  #commitUs = 0;
  /** but at that very instant what processes up to this index did. */
  #commitIndex = -1;
  #horizonUs = 0;
  #due: KernelEvent[] = [];
  #end: KernelEnd | null = null;
  /** The process at which time stood still, if that ended the run. */
  stillAt: string | null = null;

  constructor(options: KernelOptions) {
    this.#options = options;
    this.#untilUs = options.untilUs ?? options.cluster.untilUs;
    this.#eventLimit = options.eventLimit ?? EVENT_LIMIT;
    this.#links = new Links(options.cluster, options.seed);
    this.#network = new Network(this, this.#links, options.cluster.tcp, options.faults);
    this.#faults = new FaultWatch(options.faults);
    const { onstart, onwrite, seed } = options;
    const onend = (handle: ProcessHandle): void => this.#forget(handle);
    this.#fleet = new Fleet(this, this.#liveness, { onstart, onend, onwrite }, seed);
    this.#fleet.build(options.cluster, this.#network);
    this.#strikes = new Strikes(this, this.#fleet, this.#network, this.#faults);
    this.#deeds = new Deeds(this, this.#fleet, this.#network, this.#liveness, this.#strikes);
    for (const fault of options.faults) {
      if ('atMs' in fault) this.#scheduleFault(fault, usFromMs(fault.atMs));
    }
  }

  /** Set when the run is over. */
  get end(): KernelEnd | null {
    return this.#end;
  }

  /** Everything before this has been committed. */
  get frontierUs(): number {
    return this.#nowUs;
  }

  get eventCount(): number {
    return this.#eventCount;
  }

  /**
   * Opens the next window.
   *
   * @returns what to run before `finish` is called, or null when the run is over
   */
  begin(): Request[] | null {
    if (this.#end) return null;
    this.#dealCores();
    const startUs = this.#nextUs();
    if (startUs === Infinity) return this.#endAs('quiescent', this.#quietUs());
    if (!this.#advance(startUs)) return null;
    this.#commitInstant(startUs);
    if (this.#end) return null;
    this.#openWindow(startUs);
    this.#dealCores();
    return this.#requests();
  }

  /**
   * Takes the answer to one request of this window. Answers may come in any order.
   *
   * @throws InvariantError when nothing was asked of this process
   */
  answer(handle: ProcessHandle, ops: Op[], nextUs: number): void {
    const process = this.#fleet.current(handle);
    if (!process) return;
    const fromIndex = process.opIndex === process.ops.length ? 0 : process.ops.length;
    if (fromIndex === 0) {
      process.ops = ops;
      process.opIndex = 0;
    } else {
      for (const op of ops) process.ops.push(op);
    }
    process.nextUs = nextUs;
    if (process.machine.processes.length > process.machine.spec.cores) process.noteTurns(fromIndex);
    this.#noteOps(process);
    this.#noteWake(process);
  }

  /** Ends a process that answered with nonsense or not at all, at the start of the window. */
  condemn(handle: ProcessHandle, reason: string): void {
    const process = this.#fleet.current(handle);
    if (!process) return;
    const lastUs = process.ops.at(-1)?.tUs ?? 0;
    process.ops.push({
      op: 'exit',
      tUs: Math.max(lastUs, this.#nowUs),
      code: 70,
      reason,
      signal: undefined,
    });
    process.nextUs = Infinity;
    this.#noteOps(process);
    this.#noteWake(process);
  }

  /** Commits what this window may commit. Call when every request was answered. */
  finish(): void {
    // Whoever still has a turn to run inside the window holds everything later back.
    const isHeld = this.#wakes.firstUs() < this.#horizonUs;
    this.#commitUs = isHeld ? this.#wakes.firstUs() : this.#horizonUs;
    this.#commitIndex = isHeld ? this.#wakes.first()!.index : -1;
    this.#commitWindow();
    for (const event of this.#due) this.#queue.push(event);
    this.#due = [];
  }

  /**
   * The run ends where it has got to, because the user said so. Go on with `begin` until it returns
   * null: the rest of that instant still happens, so that this is the same run as one with that
   * `untilUs` (KT7).
   */
  stopAtFrontier(): void {
    this.#untilUs = Math.min(this.#untilUs, this.#nowUs);
  }

  /** The run ends here because something of ours broke. */
  stop(reason: EndReason, detail?: string): void {
    this.#endAs(reason, this.#nowUs, detail);
  }

  reports(): ProcessReport[] {
    return this.#fleet.processes.map((process) => ({
      name: process.name,
      isAlive: process.isAlive,
      exitCode: process.ended?.code ?? null,
      endedBy: process.ended?.by ?? null,
      isServer: [...process.machine.listeners.values()].some((it) => it.process === process),
    }));
  }

  /** What a process waits for, as far as that is committed. */
  waitsOf(handle: ProcessHandle): OpenWait[] {
    return this.#fleet.current(handle)?.openWaits() ?? [];
  }

  /** The living processes that a name means to a process: a node with its children, or a machine. */
  livingOf(handle: ProcessHandle, name: string): string[] {
    return this.#fleet.livingOf(this.#fleet.processes[handle.index]!, name);
  }

  alive(): ProcessHandle[] {
    return this.#fleet.processes
      .filter(({ isAlive }) => isAlive)
      .map((process) => this.#fleet.handleOf(process));
  }

  // KernelPort, for the parts.

  nowUs(): number {
    return this.#nowUs;
  }

  emit(event: TraceEvent): number {
    if (this.#end) return this.#eventCount;
    const id = this.#eventCount++;
    this.#options.onevent(event);
    if (this.#eventCount >= this.#eventLimit) this.#endAs('event-limit', this.#nowUs);
    if (++this.#instantCount >= INSTANT_LIMIT) {
      this.stillAt = event.node;
      const detail = `time stands still at ${event.node}: ${INSTANT_LIMIT} events at one instant`;
      this.#endAs('instant-limit', this.#nowUs, detail);
    }
    return id;
  }

  schedule(event: KernelEvent): void {
    this.#liveness.count(event.isForeground, 1);
    if (event.tUs <= this.#commitUs) {
      this.#commitUs = event.tUs;
      this.#commitIndex = -1;
    }
    this.#queue.push(event);
  }

  cancel(event: KernelEvent): void {
    if (event.isCancelled) return;
    event.isCancelled = true;
    this.#liveness.count(event.isForeground, -1);
  }

  countForeground(delta: 1 | -1): void {
    this.#liveness.count(true, delta);
  }

  hand(
    process: Process,
    input: DistributiveOmit<Input, 'ticket'>,
    eventId: number,
    isForeground: boolean,
    end: End | null,
  ): void {
    // What was handed over early and is not committed yet comes later, also of this very instant.
    const goesFirst = ({ ticket }: Input): boolean => !process.tickets.has(ticket);
    this.settle(process, this.#put(process, input, goesFirst), eventId, isForeground, end);
  }

  settle(
    process: Process,
    ticket: number,
    eventId: number,
    isForeground: boolean,
    end: End | null,
  ): void {
    process.tickets.set(ticket, { eventId, isForeground, end });
    this.#liveness.count(isForeground, 1);
  }

  machine(name: string): Machine | undefined {
    return this.#fleet.machines.get(name);
  }

  pending(): KernelEvent[] {
    return this.#queue.pending();
  }

  // Windows.

  #nextUs(): number {
    const queuedUs = this.#queue.peek()?.tUs ?? Infinity;
    return Math.min(queuedUs, this.#nextOps.firstUs(), this.#wakes.firstUs());
  }

  #noteOps(process: Process): void {
    this.#nextOps.set(process, process.headOp()?.tUs ?? Infinity);
  }

  /** Who is at a turn for longer can do nothing new before its end, whatever waits for it meanwhile. */
  #noteWake(process: Process): void {
    this.#wakes.set(process, readyUs(process));
  }

  /** On a machine with too few cores one process goes on, and nobody else before it. */
  #dealCores(): void {
    for (const machine of this.#fleet.narrowMachines) {
      const turn = nextTurnOn(machine);
      if (!turn && !machine.nextTurn) continue;
      machine.nextTurn = turn;
      for (const process of machine.processes) {
        if (process.isAlive)
          this.#wakes.set(process, Math.max(readyUs(process), turn?.startUs ?? 0));
      }
    }
  }

  #forget(handle: ProcessHandle): void {
    const process = this.#fleet.processes[handle.index]!;
    this.#nextOps.set(process, Infinity);
    this.#wakes.set(process, Infinity);
    if (process.machine.nextTurn && this.#nowUs <= this.#commitUs) {
      // Its core is free from now on: somebody may begin a turn here.
      this.#commitUs = this.#nowUs;
      this.#commitIndex = -1;
    }
    this.#options.onend(handle);
  }

  /** What the kernel itself does at the first instant goes first: everything before it is known. */
  #commitInstant(tUs: number): void {
    this.#commitUs = 0;
    for (let event = this.#queue.peek(); event && event.tUs === tUs; event = this.#queue.peek()) {
      if (!this.#advance(tUs)) return;
      this.#queue.pop();
      this.#commitEvent(event);
      if (this.#end) return;
    }
  }

  /** Collects the arrivals that are certain, up to the horizon or to the first that is not. */
  #openWindow(startUs: number): void {
    let horizonUs = Math.min(startUs + this.#links.minLatencyUs(), this.#untilUs + 1);
    if (this.#options.windowUs) horizonUs = Math.min(horizonUs, startUs + this.#options.windowUs());
    if (this.#faults.needsSteps) horizonUs = startUs + 1;
    this.#firstTicket = this.#nextTicket;
    if (this.#collectedAgain.size > 0) this.#collectedAgain.clear();
    for (
      let event = this.#queue.peek();
      event && event.tUs < horizonUs;
      event = this.#queue.peek()
    ) {
      if (!this.#handEarly(event) && !this.#network.isSilent(event)) {
        horizonUs = event.tUs;
        break;
      }
      this.#queue.pop();
      this.#due.push(event);
    }
    this.#horizonUs = horizonUs;
  }

  /** Hands over an arrival that nothing can change before its time; false when it is not one. */
  #handEarly(event: KernelEvent): boolean {
    if (event.kind === 'arrive') {
      const { segment } = event;
      const { machine } = segment.from.peer?.process ?? segment.from.process;
      // Alone on its machine a process is not held to the loopback's latency, and may still send
      // itself something that goes before what a neighbour left behind.
      if (event.rank === RANK.loopback && machine.liveCount < 2) return false;
      if (event.isHanded) return this.#collectAgain(event.ticket);
      if (!segment.isMatched && this.#faults.mayTouchArrival(segment.msg)) return false;
      if (!this.#network.tcp.isCertain(segment)) return false;
      const receiver = segment.from.peer!;
      event.isHanded = true;
      event.ticket = this.#putEarly(receiver.process, inputOf(segment, receiver, event.tUs));
      return true;
    }
    if (event.kind !== 'datagram' || event.rank === RANK.loopback) return false;
    const { datagram } = event;
    if (!event.isMatched && this.#faults.mayTouchArrival(datagram.msg)) return false;
    const receiver = this.#network.datagrams.certainReceiver(event);
    if (!receiver || event.handedTo === receiver) return receiver !== null;
    event.handedTo = receiver;
    event.ticket = this.#put(receiver, datagramInput(datagram, event.tUs));
    return true;
  }

  #collectAgain(ticket: number): true {
    this.#collectedAgain.add(ticket);
    return true;
  }

  /**
   * Arrivals are collected in KT2 order, but of the same instant one that was handed over in an
   * earlier window, and is collected again after this, comes later: a neighbour on the same machine
   * has sent this one since.
   */
  #putEarly(process: Process, input: DistributiveOmit<Input, 'ticket'>): number {
    const goesFirst = ({ ticket }: Input): boolean =>
      ticket < this.#firstTicket &&
      !this.#collectedAgain.has(ticket) &&
      !process.tickets.has(ticket);
    return this.#put(process, input, goesFirst);
  }

  /** Something may have been handed over that comes later than this. */
  #put(
    process: Process,
    input: DistributiveOmit<Input, 'ticket'>,
    goesFirst?: (other: Input) => boolean,
  ): number {
    const ticket = this.#nextTicket++;
    insertByTime(process.inbox, { ...input, ticket } as Input, 0, goesFirst);
    this.#noteWake(process);
    return ticket;
  }

  #requests(): Request[] {
    const requests: Request[] = [];
    for (const process of this.#wakes.before(this.#horizonUs)) {
      const { nextTurn } = process.machine;
      const isItsTurn = nextTurn?.process === process && nextTurn.startUs === this.#nowUs;
      if (nextTurn && !isItsTurn) continue;
      const boundUs = nextTurn ? this.#nowUs + 1 : this.#boundUs(process.machine);
      const batch = process.takeBatch(boundUs, nextTurn ? this.#nowUs : 0);
      if (batch.inputs.length === 0 && process.nextUs >= boundUs) continue;
      requests.push({ process: this.#fleet.handleOf(process), batch });
    }
    return requests;
  }

  /**
   * Processes of one machine can reach each other, and each itself, within the loopback's latency:
   * nobody runs further than that beyond the first who may still do something, or has done what is
   * not real yet.
   */
  #boundUs(machine: Machine): number {
    let firstUs = Infinity;
    for (const process of machine.processes) {
      firstUs = Math.min(firstUs, this.#nextOps.timeUsOf(process));
      if (machine.liveCount > 1) firstUs = Math.min(firstUs, this.#wakes.timeUsOf(process));
    }
    return Math.min(this.#horizonUs, firstUs + LOOPBACK_US);
  }

  /** Merges the arrivals of this window with what processes did, in KT2 order. */
  #commitWindow(): void {
    let dueIndex = 0;
    while (!this.#end) {
      while (this.#due[dueIndex]?.isCancelled) dueIndex++;
      const event = this.#due[dueIndex];
      const eventUs = event ? event.tUs : Infinity;
      const opUs = this.#nextOps.firstUs();
      if (eventUs <= opUs) {
        if (eventUs >= this.#commitUs || !this.#advance(eventUs)) break;
        dueIndex++;
        this.#commitEvent(event!);
      } else {
        const process = this.#nextOps.first()!;
        if (!this.#mayCommit(process, opUs) || !this.#advance(opUs)) break;
        this.#commitOps(process, eventUs);
        this.#noteOps(process);
      }
    }
    if (dueIndex === this.#due.length) this.#due.length = 0;
    else this.#due.splice(0, dueIndex);
  }

  #mayCommit(process: Process, tUs: number): boolean {
    return tUs < this.#commitUs || (tUs === this.#commitUs && process.index <= this.#commitIndex);
  }

  /** Commits this process's operations up to the point where somebody else comes first. */
  #commitOps(process: Process, eventUs: number): void {
    // At one instant arrivals go first (index -1), then processes by index.
    const other = this.#nextOps.second();
    const otherUs = other ? this.#nextOps.timeUsOf(other) : Infinity;
    const limitUs = Math.min(eventUs, otherUs);
    const limitIndex = otherUs < eventUs ? other!.index : -1;
    for (let op = process.headOp(); op; op = process.headOp()) {
      if (!this.#mayCommit(process, op.tUs) || op.tUs > limitUs) return;
      if (op.tUs === limitUs && limitIndex < process.index) return;
      if (!this.#advance(op.tUs)) return;
      process.opIndex++;
      this.#deeds.commit(process, op);
      if (this.#end) return;
    }
  }

  /** Moves the clock to a committed item; false when the run ends before it. */
  #advance(tUs: number): boolean {
    assert(tUs >= this.#nowUs, 'time does not run backwards');
    if (!this.#liveness.isForegroundAt(tUs)) {
      this.#endAs('quiescent', this.#quietUs());
      return false;
    }
    if (tUs > this.#untilUs) {
      this.#endAs('until', this.#untilUs);
      return false;
    }
    if (tUs !== this.#nowUs) {
      this.#nowUs = tUs;
      this.#instantCount = 0;
    }
    return true;
  }

  #quietUs(): number {
    return Math.min(Math.max(this.#nowUs, this.#liveness.busyUntilUs), this.#untilUs);
  }

  #endAs(reason: EndReason, tUs: number, detail?: string): null {
    this.#end ??= { reason, tUs, ...(detail === undefined ? {} : { detail }) };
    return null;
  }

  // Commits.

  #commitEvent(event: KernelEvent): void {
    this.#liveness.count(event.isForeground, -1);
    switch (event.kind) {
      case 'fault':
        return this.#strikes.strike(event.action);
      case 'start':
        return this.#fleet.start(event.process);
      case 'claimed':
        return this.#network.ports.claimed(event);
      case 'child':
        return this.#fleet.childEnded(event);
      case 'signal':
        return this.#fleet.signals.arrive(event);
      case 'arrive':
        return this.#strikes.arrive(event);
      case 'retransmit':
        return this.#network.tcp.retransmit(event.segment);
      case 'copy':
        return this.#network.tcp.copyArrives(event);
      case 'ack':
        return this.#network.tcp.acknowledged(event);
      case 'room':
        return this.#network.tcp.flow.roomArrives(event);
      case 'probe':
        return this.#network.tcp.flow.probe(event.end);
      case 'datagram':
        return this.#strikes.datagramArrives(event);
      case 'request':
        return this.#network.handshake.requestArrives(event.connection);
      case 'requestRetry':
        return this.#network.handshake.retry(event.connection);
      case 'deadline':
        return this.#network.handshake.deadlinePasses(event.connection);
      case 'refused':
        return this.#network.handshake.refused(event);
      default:
        return event satisfies never;
    }
  }

  // Timed faults.

  #scheduleFault(action: FaultAction, tUs: number): void {
    this.schedule({
      kind: 'fault',
      tUs,
      rank: RANK.fault,
      index: 0,
      sequence: this.#faultSequence++,
      isCancelled: false,
      isForeground: true,
      action,
    });
  }
}
