// What the kernel knows of a machine and of a process. The program itself runs elsewhere, behind
// a host (DESIGN, NODE3); here are its place in the order, its inbox and what it did but what has
// not become real yet.

import type { Batch, Input, Op, OpenWait, ProcessSpec } from '#lib/protocol/packets.ts';
import type { MachineSpec, NodeSpec } from '#lib/protocol/cluster.ts';
import { FREE_PORTS } from '#lib/protocol/tcp.ts';
import type { End } from './connection.ts';
import type { NextTurn } from './cores.ts';
import type { KernelEvent } from './event-queue.ts';
import { Disk } from './disk.ts';
import type { Place } from './links.ts';

/** A port that takes connections. */
interface Listening {
  process: Process;
  isLoopback: boolean;
  /** Connections that the program has not accepted yet, in their order. */
  waiting: End[];
}

export class Machine {
  readonly spec: MachineSpec;
  readonly processes: Process[] = [];
  /** Who listens: port -> process. */
  readonly listeners = new Map<number, Listening>();
  /** Whose a port is, listening or not: port -> process. */
  readonly claims = new Map<number, Process>();
  readonly disk: Disk;
  /** Who takes datagrams: port -> process. */
  readonly sockets = new Map<number, Process>();
  isOff = false;
  liveCount = 0;
  /** As faults left them. */
  speed: number;
  skewUs: number;
  nextPid = 100;
  #nextPort: number = FREE_PORTS.first;
  /** Set while more processes are at work than it has cores. */
  nextTurn: NextTurn | null = null;

  constructor(
    spec: MachineSpec,
    files?: Readonly<Record<string, string>>,
    folders?: readonly string[],
  ) {
    this.spec = spec;
    this.disk = new Disk(files, folders);
    this.speed = spec.speed;
    this.skewUs = spec.skewUs;
  }

  /** A port that is not among these. */
  freePort(taken: ReadonlyMap<number, unknown> = this.claims): number {
    for (;;) {
      const port = this.#nextPort++;
      if (this.#nextPort > FREE_PORTS.last) this.#nextPort = FREE_PORTS.first;
      if (!taken.has(port)) return port;
    }
  }
}

/** How a process ended; a fault leaves no exit code. */
export interface Ending {
  code: number | null;
  by: 'itself' | 'fault';
}

interface TimerRecord {
  setId: number;
  dueUs: number;
  label: string | undefined;
  background: string;
}

/** What a restart needs to know, and what tells one process from another. */
export interface ProcessIdentity {
  name: string;
  /** Its node of cluster.json; the same for every process of a group. */
  node: NodeSpec;
  argv: readonly string[];
  parent: Process | null;
}

export class Process {
  readonly identity: ProcessIdentity;
  readonly name: string;
  readonly machine: Machine;
  /** Where its packets leave and arrive. */
  readonly place: Place;
  /** Its place in the order of KT2: cluster.json first, then in order of spawning. */
  readonly index: number;

  isAlive = false;
  isPaused = false;
  incarnation = 0;
  pid = 0;
  parentConn = 0;
  /** How it ended, for the report on the command line. */
  ended: Ending | null = null;

  /** It is about to start. */
  pendingStart: KernelEvent | null = null;
  /** Signals that came while it was about to. */
  earlySignals: { name: string; sentId: number }[] = [];

  /** Handed over with the next batch. */
  inbox: Input[] = [];
  /** What is different on its machine, handed over likewise. */
  news: Input[] = [];
  /** When its next turn would begin, as it said itself. */
  nextUs = Infinity;
  /** Its latest turn known ends then; it has a core of its machine until that time. */
  busyUntilUs = 0;
  /** Done but not yet real; `opIndex` is the first uncommitted one. */
  ops: Op[] = [];
  opIndex = 0;
  /** Counts what this process caused in the kernel, for KT2. */
  sequence = 0;

  /** The event that began the current turn. */
  cause: number | undefined;
  /** What it waits for, by its own numbers (KT8). */
  readonly waits = new Map<number, OpenWait>();
  readonly timers = new Map<number, TimerRecord>();
  readonly ends = new Map<number, End>();
  readonly obligations = new Map<string, number>();
  /** Inputs delivered but not yet begun: ticket -> event id, foreground, and the connection unread. */
  readonly tickets = new Map<number, { eventId: number; isForeground: boolean; end: End | null }>();
  /** Even connection ids are the kernel's to give (accepted connections). */
  nextAcceptedConn = 2;

  constructor(identity: ProcessIdentity, machine: Machine, index: number) {
    this.identity = identity;
    this.name = identity.name;
    this.machine = machine;
    this.place = { node: identity.node.name, machine: machine.spec.name };
    this.index = index;
  }

  /** When something may begin its next turn, as far as is known here. */
  wakeUs(): number {
    return Math.min(this.nextUs, this.inbox[0]?.tUs ?? Infinity);
  }

  headOp(): Op | undefined {
    return this.ops[this.opIndex];
  }

  /** What it waits for, as far as that is real: what it announced, or else its next timer. */
  openWaits(): OpenWait[] {
    if (this.waits.size > 0) return [...this.waits.values()];
    for (const { process } of this.machine.listeners.values()) if (process === this) return [];
    let next: TimerRecord | undefined;
    for (const timer of this.timers.values()) {
      if (timer.background === '' && !(next && next.dueUs <= timer.dueUs)) next = timer;
    }
    if (!next) return [];
    return [{ what: next.label ?? 'a timer', line: undefined, dueUs: next.dueUs, by: [] }];
  }

  /** Takes note of what it did; `fromIndex` is the first new operation. */
  noteTurns(fromIndex: number): void {
    for (let index = this.ops.length - 1; index >= fromIndex; index--) {
      const op = this.ops[index]!;
      if (op.op === 'turn') return void (this.busyUntilUs = op.endUs);
    }
  }

  /** What happens before `boundUs`, and news; later inputs stay, for something may come before them. */
  takeBatch(boundUs: number, notBeforeUs: number): Batch {
    const { inbox, news } = this;
    let count = inbox.length;
    while (count > 0 && inbox[count - 1]!.tUs >= boundUs) count--;
    this.inbox = inbox.splice(count);
    if (news.length === 0) return { inputs: inbox, boundUs, notBeforeUs };
    this.news = [];
    return { inputs: [...news, ...inbox], boundUs, notBeforeUs };
  }

  /** Everything that belonged to the incarnation that just ended is gone. */
  forget(): void {
    this.isAlive = false;
    this.isPaused = false;
    this.inbox = [];
    this.news = [];
    this.nextUs = Infinity;
    this.ops = [];
    this.opIndex = 0;
    this.cause = undefined;
    this.waits.clear();
    this.timers.clear();
    this.ends.clear();
    this.obligations.clear();
    this.tickets.clear();
    this.nextAcceptedConn = 2;
    for (const [port, listener] of this.machine.listeners) {
      if (listener.process === this) this.machine.listeners.delete(port);
    }
    for (const [port, process] of this.machine.claims) {
      if (process === this) this.machine.claims.delete(port);
    }
    for (const [port, process] of this.machine.sockets) {
      if (process === this) this.machine.sockets.delete(port);
    }
  }

  spec(
    hosts: Readonly<Record<string, string>>,
    aliases: Readonly<Record<string, string>>,
    seed: number,
  ): ProcessSpec {
    const { node, argv, parent } = this.identity;
    return {
      name: this.name,
      machine: this.machine.spec.name,
      hosts,
      aliases,
      argv,
      env: node.env,
      cwd: node.cwd,
      pid: this.pid,
      incarnation: this.incarnation,
      seed,
      cores: this.machine.spec.cores,
      speed: this.machine.speed,
      skewUs: this.machine.skewUs,
      parentConn: this.parentConn,
      parent: parent?.name,
      files: this.machine.disk.image(),
      // A terminal belongs to the node: its children have none.
      stdin: parent ? [] : node.stdin,
      ...(node.schedule && !parent ? { schedule: node.schedule } : {}),
    };
  }
}
