// The kernel: one virtual clock for the whole cluster. It hands each process what happens to it,
// takes back what the process did, and makes that real in one order (KT2, KT3).
//
// Conservative synchronisation with commits: processes run ahead inside a window no longer than the
// smallest latency between machines, so nothing that happens in a window can reach anybody else
// inside it. What they did carries their own time and is committed afterwards, merged over all
// processes. A window is only a promise to run far enough: cut it anywhere, the commits are the
// same. Nothing here knows where a process runs or what time it is outside.
//
// KT2 as built: faults, then the network's arrivals (by index and sequence of their sender), then
// starts, then what processes do (by index of the process, in its own order). Within a process an
// arrival goes before a timer of the same instant. Giving everything that processes do one rank
// keeps effects behind their causes, which an order by the rank of the triggering event does not:
// a turn begun by a delivery could commit before the delivery itself.

import { LOOPBACK_US, type Cluster } from '#lib/protocol/cluster.ts';
import { assert } from '#lib/protocol/errors.ts';
import { verbOf, type Fault, type FaultAction } from '#lib/protocol/faults.ts';
import type { Batch, Input, Op, ProcessSpec } from '#lib/protocol/packets.ts';
import { usFromMs } from '#lib/protocol/time.ts';
import type { EndReason, TraceEvent } from '#lib/protocol/trace.ts';
import type { End } from './connection.ts';
import { EventQueue, RANK, type KernelEvent } from './event-queue.ts';
import { FaultWatch } from './faults.ts';
import { Links } from './links.ts';
import { inputOf, Network, type DistributiveOmit, type KernelPort } from './network.ts';
import { Machine, Process } from './process.ts';

/** A run is cut at exactly this many trace events (KT7). */
export const EVENT_LIMIT = 1_000_000;
/** So many events at one instant mean that time stands still (KT7). */
export const INSTANT_LIMIT = 100_000;
/** A fork takes this long, so that a child never runs in its parent's past. */
const SPAWN_US = 1_000;
/** Processes that one node may have alive at a time. */
const GROUP_LIMIT = 64;

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
  /** Cuts windows shorter, for tests of the rule that windows never show. */
  windowUs?: () => number;
}

/** A process as the runtime sees it. */
export interface ProcessHandle {
  readonly name: string;
  readonly index: number;
  readonly incarnation: number;
  readonly spec: ProcessSpec;
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
  readonly #machines = new Map<string, Machine>();
  readonly #processes: Process[] = [];
  readonly #byName = new Map<string, Process>();
  readonly #handles = new Map<Process, ProcessHandle>();
  readonly #untilUs: number;
  readonly #eventLimit: number;
  readonly #obligations = new Map<string, { held: number; timers: number }>();

  #nowUs = 0;
  #eventCount = 0;
  #instantCount = 0;
  #nextTicket = 1;
  #faultSequence = 0;
  /** Foreground timers, messages under way, inputs not yet begun, faults and starts to come (KT7). */
  #foregroundCount = 0;
  #busyUntilUs = 0;
  /** Nothing at or beyond this may be committed in this round, */
  #commitUs = 0;
  /** but at that very instant what processes up to this index did. */
  #commitIndex = -1;
  #horizonUs = 0;
  #due: KernelEvent[] = [];
  #end: KernelEnd | null = null;

  constructor(options: KernelOptions) {
    this.#options = options;
    this.#untilUs = options.untilUs ?? options.cluster.untilUs;
    this.#eventLimit = options.eventLimit ?? EVENT_LIMIT;
    this.#links = new Links(options.cluster, options.seed);
    this.#network = new Network(this, this.#links);
    this.#faults = new FaultWatch(options.faults);
    for (const spec of options.cluster.machines) this.#machines.set(spec.name, new Machine(spec));
    for (const node of options.cluster.nodes) {
      const machine = this.#machines.get(node.machine);
      assert(machine, `machine ${node.machine} exists`);
      const process = this.#add({ name: node.name, node, argv: node.argv, parent: null }, machine);
      this.#scheduleStart(process, node.startUs);
    }
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
    const startUs = this.#nextUs();
    if (startUs === Infinity) return this.#endAs('quiescent', this.#quietUs());
    this.#commitInstant(startUs);
    if (this.#end) return null;
    this.#openWindow(startUs);
    return this.#requests();
  }

  /**
   * Takes the answer to one request of this window. Answers may come in any order.
   *
   * @throws InvariantError when nothing was asked of this process
   */
  answer(handle: ProcessHandle, ops: Op[], nextUs: number): void {
    const process = this.#processes[handle.index];
    assert(process, 'an answer comes from a known process');
    if (process.incarnation !== handle.incarnation || !process.isAlive) return;
    if (process.opIndex === process.ops.length) {
      process.ops = ops;
      process.opIndex = 0;
    } else {
      for (const op of ops) process.ops.push(op);
    }
    process.nextUs = nextUs;
  }

  /** Ends a process that answered with nonsense or not at all, at the start of the window. */
  condemn(handle: ProcessHandle, reason: string): void {
    const process = this.#processes[handle.index];
    assert(process, 'a condemned process is known');
    if (process.incarnation !== handle.incarnation || !process.isAlive) return;
    const lastUs = process.ops.at(-1)?.tUs ?? 0;
    process.ops.push({ op: 'exit', tUs: Math.max(lastUs, this.#nowUs), code: 70, reason });
    process.nextUs = Infinity;
  }

  /** Commits what this window may commit. Call when every request was answered. */
  finish(): void {
    this.#commitUs = this.#horizonUs;
    this.#commitIndex = -1;
    for (const process of this.#processes) {
      if (process.nextUs >= this.#commitUs) continue;
      this.#commitUs = process.nextUs;
      this.#commitIndex = process.index;
    }
    this.#commitWindow();
    for (const event of this.#due) this.#queue.push(event);
    this.#due = [];
  }

  /** The run ends here because the user said so, or because something of ours broke. */
  stop(reason: EndReason, detail?: string): void {
    this.#endAs(reason, this.#nowUs, detail);
  }

  reports(): ProcessReport[] {
    return this.#processes.map((process) => ({
      name: process.name,
      isAlive: process.isAlive,
      exitCode: process.ended?.code ?? null,
      endedBy: process.ended?.by ?? null,
      isServer: [...process.machine.listeners.values()].some((it) => it.process === process),
    }));
  }

  alive(): ProcessHandle[] {
    return this.#processes
      .filter(({ isAlive }) => isAlive)
      .map((process) => this.#handles.get(process)!);
  }

  // KernelPort, for the network.

  nowUs(): number {
    return this.#nowUs;
  }

  emit(event: TraceEvent): number {
    if (this.#end) return this.#eventCount;
    const id = this.#eventCount++;
    this.#options.onevent(event);
    if (this.#eventCount >= this.#eventLimit) this.#endAs('event-limit', this.#nowUs);
    if (++this.#instantCount >= INSTANT_LIMIT) {
      const detail = `time stands still at ${event.node}: ${INSTANT_LIMIT} events at one instant`;
      this.#endAs('instant-limit', this.#nowUs, detail);
    }
    return id;
  }

  schedule(event: KernelEvent): void {
    if (event.isForeground) this.#foregroundCount++;
    if (event.tUs <= this.#commitUs) {
      this.#commitUs = event.tUs;
      this.#commitIndex = -1;
    }
    this.#queue.push(event);
  }

  cancel(event: KernelEvent): void {
    if (event.isCancelled) return;
    event.isCancelled = true;
    if (event.isForeground) this.#foregroundCount--;
  }

  hand(
    process: Process,
    input: DistributiveOmit<Input, 'ticket'>,
    eventId: number,
    isForeground: boolean,
    end: End | null,
  ): void {
    const ticket = this.#nextTicket++;
    process.inbox.push({ ...input, ticket } as Input);
    this.settle(process, ticket, eventId, isForeground, end);
  }

  settle(
    process: Process,
    ticket: number,
    eventId: number,
    isForeground: boolean,
    end: End | null,
  ): void {
    process.tickets.set(ticket, { eventId, isForeground, end });
    if (isForeground) this.#foregroundCount++;
  }

  machine(name: string): Machine | undefined {
    return this.#machines.get(name);
  }

  // Windows.

  #nextUs(): number {
    let nextUs = this.#queue.peek()?.tUs ?? Infinity;
    for (const process of this.#processes) {
      if (!process.isAlive) continue;
      const head = process.headOp();
      if (head && head.tUs < nextUs) nextUs = head.tUs;
      if (process.nextUs < nextUs) nextUs = process.nextUs;
      if (process.inbox.length > 0 && process.inbox[0]!.tUs < nextUs)
        nextUs = process.inbox[0]!.tUs;
    }
    return nextUs;
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
    for (
      let event = this.#queue.peek();
      event && event.tUs < horizonUs;
      event = this.#queue.peek()
    ) {
      if (event.kind !== 'arrive' || !(event.isHanded || this.#network.isCertain(event.segment))) {
        if (event.kind === 'retransmit') {
          this.#due.push(this.#queue.pop()!);
          continue;
        }
        horizonUs = event.tUs;
        break;
      }
      this.#queue.pop();
      this.#due.push(event);
      if (event.isHanded) continue;
      event.isHanded = true;
      event.ticket = this.#nextTicket++;
      const receiver = event.segment.from.peer!;
      const input = inputOf(event.segment, receiver, event.tUs);
      receiver.process.inbox.push({ ...input, ticket: event.ticket } as Input);
    }
    this.#horizonUs = horizonUs;
  }

  #requests(): Request[] {
    const requests: Request[] = [];
    for (const machine of this.#machines.values()) {
      const boundUs = this.#boundUs(machine);
      for (const process of machine.processes) {
        if (!process.isAlive) continue;
        if (process.inbox.length === 0 && process.nextUs >= boundUs) continue;
        requests.push({
          process: this.#handles.get(process)!,
          batch: { inputs: process.inbox, boundUs },
        });
        process.inbox = [];
      }
    }
    return requests;
  }

  /** Processes that share a machine can reach each other within the loopback's latency. */
  #boundUs(machine: Machine): number {
    if (machine.liveCount < 2) return this.#horizonUs;
    let firstUs = Infinity;
    for (const process of machine.processes) {
      if (!process.isAlive) continue;
      firstUs = Math.min(firstUs, process.nextUs, process.inbox[0]?.tUs ?? Infinity);
    }
    return Math.min(this.#horizonUs, firstUs + LOOPBACK_US);
  }

  /** Merges the arrivals of this window with what processes did, in KT2 order. */
  #commitWindow(): void {
    let dueIndex = 0;
    while (!this.#end) {
      while (this.#due[dueIndex]?.isCancelled) dueIndex++;
      const event = this.#due[dueIndex];
      const process = this.#firstWithOps();
      const eventUs = event ? event.tUs : Infinity;
      const opUs = process ? process.headOp()!.tUs : Infinity;
      if (eventUs <= opUs) {
        if (eventUs >= this.#commitUs || !this.#advance(eventUs)) break;
        dueIndex++;
        this.#commitEvent(event!);
      } else {
        if (!this.#mayCommit(process!, opUs) || !this.#advance(opUs)) break;
        this.#commitOps(process!, eventUs);
      }
    }
    if (dueIndex === this.#due.length) this.#due.length = 0;
    else this.#due.splice(0, dueIndex);
  }

  #mayCommit(process: Process, tUs: number): boolean {
    return tUs < this.#commitUs || (tUs === this.#commitUs && process.index <= this.#commitIndex);
  }

  #firstWithOps(): Process | null {
    let first: Process | null = null;
    let firstUs = Infinity;
    for (const process of this.#processes) {
      const head = process.headOp();
      if (head && head.tUs < firstUs) {
        first = process;
        firstUs = head.tUs;
      }
    }
    return first;
  }

  /** Commits this process's operations up to the point where somebody else comes first. */
  #commitOps(process: Process, eventUs: number): void {
    // At one instant arrivals go first (index -1), then processes by index.
    let limitUs = eventUs;
    let limitIndex = -1;
    for (const other of this.#processes) {
      if (other === process) continue;
      const head = other.headOp();
      if (!head || head.tUs >= limitUs) continue;
      limitUs = head.tUs;
      limitIndex = other.index;
    }
    for (let op = process.headOp(); op; op = process.headOp()) {
      if (!this.#mayCommit(process, op.tUs) || op.tUs > limitUs) return;
      if (op.tUs === limitUs && limitIndex < process.index) return;
      if (!this.#advance(op.tUs)) return;
      process.opIndex++;
      this.#commitOp(process, op);
      if (this.#end) return;
    }
  }

  /** Moves the clock to a committed item; false when the run ends before it. */
  #advance(tUs: number): boolean {
    assert(tUs >= this.#nowUs, 'time does not run backwards');
    if (!this.#isForegroundAt(tUs)) {
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

  #isForegroundAt(tUs: number): boolean {
    if (this.#foregroundCount > 0 || tUs <= this.#busyUntilUs) return true;
    for (const { held, timers } of this.#obligations.values()) {
      if (held > 0 && timers > 0) return true;
    }
    return false;
  }

  #quietUs(): number {
    return Math.min(Math.max(this.#nowUs, this.#busyUntilUs), this.#untilUs);
  }

  #endAs(reason: EndReason, tUs: number, detail?: string): null {
    this.#end ??= { reason, tUs, ...(detail === undefined ? {} : { detail }) };
    return null;
  }

  // Commits.

  #commitEvent(event: KernelEvent): void {
    if (event.isForeground) this.#foregroundCount--;
    switch (event.kind) {
      case 'fault':
        return this.#strike(event.action);
      case 'start':
        return this.#start(event.process);
      case 'child':
        return this.#childEnded(event);
      case 'arrive':
        return this.#arrive(event);
      case 'retransmit':
        return this.#network.retransmit(event.segment);
      case 'syn':
        return this.#network.synArrives(event.connection);
      case 'synRetry':
        return this.#network.synRetry(event.connection);
      case 'refused':
        return this.#network.refused(event);
      default:
        return event satisfies never;
    }
  }

  #arrive(event: KernelEvent & { kind: 'arrive' }): void {
    const { segment } = event;
    this.#network.arrive(event);
    if (this.#faults.isEmpty) return;
    const receiver = segment.from.peer!.process;
    this.#strikeAll(this.#faults.match('deliver', segment.msg, segment.from.process, receiver));
  }

  #commitOp(process: Process, op: Op): void {
    const { tUs } = op;
    const node = process.name;
    const { cause } = process;
    switch (op.op) {
      case 'turn':
        return this.#beginTurn(process, op);
      case 'timerSet': {
        const { timer, dueUs, background, label } = op;
        const setId = this.emit({
          tUs,
          kind: 'timer',
          node,
          cause,
          op: 'set',
          timer,
          dueUs,
          label,
        });
        process.timers.set(timer, { setId, background });
        this.#countTimer(background, 1);
        return;
      }
      case 'timerCancel': {
        const record = process.timers.get(op.timer);
        if (!record) return;
        process.timers.delete(op.timer);
        this.#countTimer(record.background, -1);
        this.emit({ tUs, kind: 'timer', node, cause, op: 'cancelled', timer: op.timer });
        return;
      }
      case 'listen':
        process.machine.listeners.set(op.port, { process, isLoopback: op.loopback });
        return;
      case 'unlisten':
        process.machine.listeners.delete(op.port);
        return;
      case 'connect':
        return this.#connect(process, op);
      case 'send':
        return this.#send(process, op);
      case 'close':
      case 'reset': {
        const end = process.ends.get(op.conn);
        if (end) this.#network.close(end, op.op);
        return;
      }
      case 'log':
        this.emit({
          tUs,
          kind: 'log',
          node,
          cause,
          stream: op.stream,
          text: op.text,
          line: op.line,
        });
        return;
      case 'state':
        this.emit({ tUs, kind: 'state', node, cause, name: op.name, value: op.value as never });
        return;
      case 'effect':
        this.emit({ tUs, kind: 'effect', node, cause, name: op.name, value: op.value as never });
        return;
      case 'span': {
        const { span, name, detail } = op;
        this.emit({
          tUs,
          kind: 'span',
          node,
          cause,
          op: op.begin ? 'begin' : 'end',
          span,
          name,
          detail,
        });
        return;
      }
      case 'wait': {
        const { wait, what, line } = op;
        this.emit({
          tUs,
          kind: 'wait',
          node,
          cause,
          op: op.begin ? 'begin' : 'end',
          wait,
          what,
          line,
        });
        return;
      }
      case 'oblige':
        return this.#oblige(process, op.token, op.delta);
      case 'spawn':
        return this.#spawn(process, op);
      case 'exit':
        return this.#exit(process, op.code, op.reason);
      default:
        return op satisfies never;
    }
  }

  #beginTurn(process: Process, op: Extract<Op, { op: 'turn' }>): void {
    this.#busyUntilUs = Math.max(this.#busyUntilUs, op.endUs);
    if (op.timer > 0) {
      const record = process.timers.get(op.timer);
      if (!record) return;
      process.timers.delete(op.timer);
      this.#countTimer(record.background, -1);
      process.cause = this.emit({
        tUs: op.tUs,
        kind: 'timer',
        node: process.name,
        cause: record.setId,
        op: 'fired',
        timer: op.timer,
      });
      return;
    }
    const ticket = process.tickets.get(op.ticket);
    if (!ticket) return;
    process.tickets.delete(op.ticket);
    if (ticket.isForeground) this.#foregroundCount--;
    if (ticket.end) ticket.end.unreadCount--;
    process.cause = ticket.eventId;
  }

  #connect(process: Process, op: Extract<Op, { op: 'connect' }>): void {
    const target = this.#resolve(process, op.host);
    if (target) this.#network.connect(process, op, target);
  }

  #send(process: Process, op: Extract<Op, { op: 'send' }>): void {
    if (this.#faults.isEmpty) {
      this.#network.send(process, op);
      return;
    }
    const receiver = process.ends.get(op.conn)?.peer?.process;
    if (!receiver) return;
    const struck = this.#faults.match('beforeSend', op.msg, process, receiver);
    if (struck.length > 0) {
      this.#strikeAll(struck);
      if (!process.isAlive) return;
    }
    this.#network.send(process, op);
    this.#strikeAll(this.#faults.match('send', op.msg, process, receiver));
  }

  #resolve(process: Process, host: string): string | null {
    const named = process.identity.node.hosts[host] ?? host;
    if (named === 'localhost' || named === '127.0.0.1') return process.machine.spec.name;
    return this.#byName.get(named)?.machine.spec.name ?? (this.#machines.has(named) ? named : null);
  }

  #countTimer(background: string, delta: number): void {
    if (background === '') this.#foregroundCount += delta;
    else if (background !== '*') this.#obligation(background).timers += delta;
  }

  #oblige(process: Process, token: string, delta: number): void {
    const held = Math.max(0, (process.obligations.get(token) ?? 0) + delta);
    this.#obligation(token).held += held - (process.obligations.get(token) ?? 0);
    process.obligations.set(token, held);
  }

  #obligation(token: string): { held: number; timers: number } {
    let obligation = this.#obligations.get(token);
    if (!obligation) this.#obligations.set(token, (obligation = { held: 0, timers: 0 }));
    return obligation;
  }

  // Life and death.

  #add(identity: Process['identity'], machine: Machine): Process {
    const process = new Process(identity, machine, this.#processes.length);
    this.#processes.push(process);
    this.#byName.set(process.name, process);
    machine.processes.push(process);
    return process;
  }

  #scheduleStart(process: Process, tUs: number): void {
    this.schedule({
      kind: 'start',
      tUs,
      rank: RANK.start,
      index: process.index,
      sequence: process.sequence++,
      isCancelled: false,
      isForeground: true,
      process,
    });
  }

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

  #start(process: Process, isRestart = false): void {
    if (process.isAlive || process.machine.isOff) return;
    if (!isRestart && process.identity.parent && !process.identity.parent.isAlive) return;
    process.isAlive = true;
    process.machine.liveCount++;
    process.ended = null;
    process.incarnation++;
    process.pid = process.machine.nextPid++;
    const cause = process.cause;
    process.cause = undefined;
    const handle: ProcessHandle = {
      name: process.name,
      index: process.index,
      incarnation: process.incarnation,
      spec: process.spec(this.#hostsOf(process), this.#options.seed),
    };
    this.#handles.set(process, handle);
    const id = this.emit({
      tUs: this.#nowUs,
      kind: 'start',
      node: process.name,
      cause,
      incarnation: process.incarnation,
      command: process.identity.argv.join(' '),
      parent: process.identity.parent?.name,
    });
    this.#options.onstart(handle);
    this.hand(process, { kind: 'start', tUs: this.#nowUs }, id, true, null);
  }

  /** Every name that this process can connect to, with the machine it means. */
  #hostsOf(process: Process): Record<string, string> {
    const hosts: Record<string, string> = {};
    for (const name of [...this.#machines.keys(), ...this.#byName.keys()]) {
      if (!name.includes('/')) hosts[name] = this.#resolve(process, name)!;
    }
    for (const name of ['localhost', '127.0.0.1', ...Object.keys(process.identity.node.hosts)]) {
      const machine = this.#resolve(process, name);
      if (machine) hosts[name] = machine;
    }
    return hosts;
  }

  #spawn(parent: Process, op: Extract<Op, { op: 'spawn' }>): void {
    const group = this.#processes.filter(
      ({ identity, isAlive }) => isAlive && identity.node === parent.identity.node,
    );
    if (group.length >= GROUP_LIMIT) {
      return this.#exit(
        parent,
        1,
        `more than ${GROUP_LIMIT} processes on ${parent.identity.node.name}`,
      );
    }
    const spawnId = this.emit({
      tUs: this.#nowUs,
      kind: 'spawn',
      node: parent.name,
      cause: parent.cause,
      child: op.child,
    });
    const identity = { name: op.child, node: parent.identity.node, argv: op.argv, parent };
    let child = this.#byName.get(op.child);
    if (child?.isAlive) return;
    if (child) child.identity.argv = op.argv;
    else child = this.#add(identity, parent.machine);
    child.cause = spawnId;
    child.parentConn = 1;
    // The pipe belongs to the incarnation that is about to start.
    child.incarnation++;
    const startUs = this.#nowUs + SPAWN_US;
    this.#network.pipe(parent, op.conn, child, child.parentConn, startUs + 1);
    child.incarnation--;
    this.#scheduleStart(child, startUs);
  }

  #exit(process: Process, code: number, reason: string | undefined): void {
    this.emit({
      tUs: this.#nowUs,
      kind: 'exit',
      node: process.name,
      cause: process.cause,
      code,
      reason,
    });
    this.#endProcess(process, { code, by: 'itself' }, null);
  }

  /** The process is gone; its operating system closes its connections. */
  #endProcess(process: Process, ended: Process['ended'], signal: string | null): void {
    process.ended = ended;
    this.#network.closeAll(process);
    this.#bury(process);
    const { parent } = process.identity;
    if (!parent?.isAlive) return;
    this.schedule({
      kind: 'child',
      tUs: this.#nowUs + LOOPBACK_US,
      rank: RANK.network,
      index: process.index,
      sequence: process.sequence++,
      isCancelled: false,
      isForeground: true,
      process: parent,
      child: process.name,
      code: ended?.code ?? 0,
      signal,
    });
  }

  #bury(process: Process): void {
    for (const { isForeground } of process.tickets.values()) {
      if (isForeground) this.#foregroundCount--;
    }
    for (const { background } of process.timers.values()) this.#countTimer(background, -1);
    for (const [token, held] of process.obligations) this.#obligation(token).held -= held;
    process.machine.liveCount--;
    process.forget();
    this.#options.onend(this.#handles.get(process)!);
  }

  #childEnded(event: KernelEvent & { kind: 'child' }): void {
    const { process, child, code, signal } = event;
    if (!process.isAlive) return;
    const input = { kind: 'child', tUs: this.#nowUs, child, code, signal } as const;
    this.hand(process, input, this.#eventCount - 1, true, null);
  }

  // Faults.

  #strikeAll(actions: readonly FaultAction[]): void {
    for (const action of actions) this.#strike(action);
  }

  #strike(action: FaultAction): void {
    const verb = verbOf(action);
    if ('partition' in action) {
      this.emit({ tUs: this.#nowUs, kind: 'fault', node: '', fault: plain(action) });
      this.#links.partition(action.partition, action.oneWay ?? false);
      return this.#network.loseInFlight('partition');
    }
    if ('heal' in action) {
      this.emit({ tUs: this.#nowUs, kind: 'fault', node: '', fault: plain(action) });
      return this.#links.heal();
    }
    const target = this.#byName.get((action as Record<string, unknown>)[verb] as string);
    if (!target) return;
    switch (verb) {
      case 'kill':
        return this.#kill(target);
      case 'powerOff':
        return this.#powerOff(target.machine);
      case 'restart':
        return this.#restart(target);
      case 'pause':
      case 'resume':
        return this.#pause(target, verb);
      case 'signal':
        return this.#signal(target, (action as { name: string }).name);
      default:
        return;
    }
  }

  /** The process and everything it spawned, youngest first. */
  #group(target: Process): Process[] {
    const isOf = (process: Process): boolean =>
      process === target || (process.identity.parent !== null && isOf(process.identity.parent));
    return this.#processes.filter((process) => process.isAlive && isOf(process)).reverse();
  }

  #kill(target: Process): void {
    for (const process of this.#group(target)) {
      process.cause = this.emit({ tUs: this.#nowUs, kind: 'kill', node: process.name });
      this.#endProcess(process, { code: null, by: 'fault' }, 'SIGKILL');
    }
  }

  #powerOff(machine: Machine): void {
    if (machine.isOff) return;
    for (const process of [...machine.processes].reverse()) {
      if (!process.isAlive) continue;
      this.emit({ tUs: this.#nowUs, kind: 'powerOff', node: process.name });
      process.ended = { code: null, by: 'fault' };
      this.#network.vanish(process);
      this.#bury(process);
    }
    machine.isOff = true;
  }

  #restart(target: Process): void {
    if (target.isAlive) this.#kill(target);
    target.machine.isOff = false;
    target.cause = this.emit({ tUs: this.#nowUs, kind: 'restart', node: target.name });
    this.#start(target, true);
  }

  #pause(target: Process, verb: 'pause' | 'resume'): void {
    for (const process of this.#group(target).reverse()) {
      if (process.isPaused === (verb === 'pause')) continue;
      process.isPaused = verb === 'pause';
      const id = this.emit({ tUs: this.#nowUs, kind: verb, node: process.name });
      this.hand(process, { kind: verb, tUs: this.#nowUs }, id, true, null);
    }
  }

  #signal(target: Process, name: string): void {
    if (!target.isAlive) return;
    const id = this.emit({ tUs: this.#nowUs, kind: 'signal', node: target.name, name });
    this.hand(target, { kind: 'signal', tUs: this.#nowUs, name }, id, true, null);
  }
}

function plain(action: FaultAction): never {
  const { atMs: _atMs, on: _on, ...rest } = action as Record<string, unknown>;
  return rest as never;
}
