// Machines and processes: how they start, spawn, end, and what faults do to them (NODE1 to NODE6).

import { HOME } from '#lib/protocol/file-tree.ts';
import { LOOPBACK_US, type Cluster } from '#lib/protocol/cluster.ts';
import { assert } from '#lib/protocol/errors.ts';
import { DISK_SIZE_MAX, FILE_SIZE_MAX, type FileChange } from '#lib/protocol/file-tree.ts';
import type { Op, ProcessSpec } from '#lib/protocol/packets.ts';
import type { Disk } from './disk.ts';
import { exitCodeOf } from '#lib/protocol/signals.ts';
import { RANK, stamped, type KernelEvent } from './event-queue.ts';
import type { Liveness } from './liveness.ts';
import type { Network } from './network.ts';
import type { KernelPort } from './port.ts';
import { Signals } from './signals.ts';
import { Machine, Process, type Ending } from './process.ts';

/** A fork takes this long, so that a child never runs in its parent's past. */
const SPAWN_US = 1_000;
/** Processes that one node may have alive at a time. */
const GROUP_LIMIT = 64;

/** A process as the runtime sees it. */
export interface ProcessHandle {
  readonly name: string;
  readonly index: number;
  readonly incarnation: number;
  readonly spec: ProcessSpec;
}

/** What the fleet tells the runtime. */
export interface FleetEvents {
  onstart: (process: ProcessHandle) => void;
  onend: (process: ProcessHandle) => void;
  /** A change of a file became event `id`: the bytes that the event only counts. */
  onwrite?: ((id: number, bytes: Uint8Array) => void) | undefined;
}

export class Fleet {
  readonly machines = new Map<string, Machine>();
  readonly processes: Process[] = [];
  /** Machines that have had more processes than cores. */
  readonly narrowMachines: Machine[] = [];
  readonly signals: Signals;
  readonly #byName = new Map<string, Process>();
  readonly #handles = new Map<Process, ProcessHandle>();
  readonly #kernel: KernelPort;
  readonly #liveness: Liveness;
  readonly #events: FleetEvents;
  readonly #seed: number;
  /** Names of machines and nodes, with the machine each one means: one table for all processes. */
  readonly #hosts: Record<string, string> = {};
  #network: Network | null = null;

  constructor(kernel: KernelPort, liveness: Liveness, events: FleetEvents, seed: number) {
    this.#kernel = kernel;
    this.#liveness = liveness;
    this.#events = events;
    this.#seed = seed;
    this.signals = new Signals(kernel, this);
  }

  /** Makes the machines of a cluster, and schedules its nodes. */
  build(cluster: Cluster, network: Network): void {
    this.#network = network;
    for (const spec of cluster.machines) {
      const own = cluster.nodes.filter(({ machine }) => machine === spec.name);
      const folders = own.map(({ cwd }) => cwd).filter((cwd) => cwd !== HOME);
      this.machines.set(spec.name, new Machine(spec, cluster.files, folders));
    }
    for (const node of cluster.nodes) {
      const machine = this.machines.get(node.machine);
      assert(machine, `machine ${node.machine} exists`);
      const process = this.#add({ name: node.name, node, argv: node.argv, parent: null }, machine);
      this.#scheduleStart(process, node.startUs);
    }
    for (const name of this.machines.keys()) this.#hosts[name] = name;
    for (const { name, machine } of this.processes) this.#hosts[name] = machine.spec.name;
  }

  find(name: string): Process | undefined {
    return this.#byName.get(name);
  }

  /** The machine of that name, or the one on which that node or process runs. */
  machineOf(name: string): Machine | undefined {
    return this.machines.get(name) ?? this.find(name)?.machine;
  }

  /** The process behind a handle, unless that incarnation has ended. */
  current({ index, incarnation }: ProcessHandle): Process | null {
    const process = this.processes[index];
    assert(process, 'a handle names a known process');
    return process.isAlive && process.incarnation === incarnation ? process : null;
  }

  handleOf(process: Process): ProcessHandle {
    return this.#handles.get(process)!;
  }

  /** The machine that a name means on this process's node, or null. */
  resolve(process: Process, host: string): string | null {
    const { hosts } = process.identity.node;
    const named = Object.hasOwn(hosts, host) ? hosts[host]! : host;
    if (named === 'localhost' || named === '127.0.0.1') return process.machine.spec.name;
    return this.find(named)?.machine.spec.name ?? (this.machines.has(named) ? named : null);
  }

  #add(identity: Process['identity'], machine: Machine): Process {
    const process = new Process(identity, machine, this.processes.length);
    this.processes.push(process);
    this.#byName.set(process.name, process);
    machine.processes.push(process);
    if (machine.processes.length === machine.spec.cores + 1) this.narrowMachines.push(machine);
    return process;
  }

  #scheduleStart(process: Process, tUs: number): void {
    process.pendingStart = { kind: 'start', ...stamped(process, tUs, RANK.start), process };
    this.#kernel.schedule(process.pendingStart);
  }

  /** A process that was about to start does not. */
  #cancelStart(process: Process): void {
    if (!process.pendingStart) return;
    this.#kernel.cancel(process.pendingStart);
    process.pendingStart = null;
    process.earlySignals = [];
  }

  start(process: Process): void {
    process.pendingStart = null;
    if (process.isAlive || process.machine.isOff) return;
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
      spec: process.spec(this.#hosts, this.#aliasesOf(process), this.#seed),
    };
    this.#handles.set(process, handle);
    const id = this.#kernel.emit({
      tUs: this.#kernel.nowUs(),
      kind: 'start',
      node: process.name,
      cause,
      incarnation: process.incarnation,
      command: process.identity.argv.join(' '),
      parent: process.identity.parent?.name,
    });
    this.#events.onstart(handle);
    this.#kernel.hand(process, { kind: 'start', tUs: this.#kernel.nowUs() }, id, true, null);
    this.signals.deliverEarly(process);
  }

  /** What names mean on this process's node besides the cluster's own: `localhost`, and its `hosts`. */
  #aliasesOf(process: Process): Record<string, string> {
    const aliases: Record<string, string> = {};
    for (const name of ['localhost', '127.0.0.1', ...Object.keys(process.identity.node.hosts)]) {
      const machine = this.resolve(process, name);
      if (machine) aliases[name] = machine;
    }
    return aliases;
  }

  /** A change of the file tree becomes real; the others of the machine see it after `LOOPBACK_US`. */
  changeFile(author: Process, op: Extract<Op, { op: 'file' }>): void {
    const { machine, name: node, cause } = author;
    const { disk } = machine;
    const { tUs, action, path, to, size, bytes, line } = op;
    if (size > FILE_SIZE_MAX || disk.byteCount > 2 * DISK_SIZE_MAX) {
      return this.exit(author, 70, 'wrote beyond the disk');
    }
    const saw = action === 'write' ? undefined : disk.lastEventOf(path);
    const byteCount = bytesOf(op, disk);
    const eventId = this.#kernel.emit({
      ...{ tUs, kind: 'file', node, cause, op: action, path, bytes: byteCount, to, saw, line },
    });
    if (action === 'write' || action === 'append') this.#events.onwrite?.(eventId, bytes);
    const number = disk.commit(op, eventId, tUs);
    const seenUs = tUs + LOOPBACK_US;
    for (const process of machine.processes) {
      if (!process.isAlive) continue;
      process.news.push(
        process === author
          ? { kind: 'ownFile', tUs: seenUs, ticket: 0 }
          : { kind: 'file', tUs: seenUs, ticket: 0, number, action, path, to, size, bytes },
      );
    }
  }

  lookAtFile(process: Process, op: Extract<Op, { op: 'look' }>): void {
    const { name: node, cause, machine } = process;
    const { tUs, path, size, line } = op;
    this.#kernel.emit({
      ...{ tUs, kind: 'file', node, cause, op: op.isList ? 'list' : 'read', path, bytes: size },
      saw: machine.disk.eventOf(op.saw),
      line,
    });
  }

  spawn(parent: Process, op: Extract<Op, { op: 'spawn' }>): void {
    const group = this.processes.filter(
      ({ identity, isAlive }) => isAlive && identity.node === parent.identity.node,
    );
    if (group.length >= GROUP_LIMIT) {
      return this.exit(
        parent,
        1,
        `more than ${GROUP_LIMIT} processes on ${parent.identity.node.name}`,
      );
    }
    const spawnId = this.#kernel.emit({
      tUs: this.#kernel.nowUs(),
      kind: 'spawn',
      node: parent.name,
      cause: parent.cause,
      child: op.child,
    });
    const identity = { name: op.child, node: parent.identity.node, argv: op.argv, parent };
    // Nothing that a process worker says can name a process that is not the parent's own.
    if (!op.child.startsWith(`${parent.name}/`)) return;
    let child = this.#byName.get(op.child);
    if (child?.isAlive || child?.pendingStart) return;
    if (child) child.identity.argv = op.argv;
    else child = this.#add(identity, parent.machine);
    child.cause = spawnId;
    child.parentConn = 1;
    // The pipe belongs to the incarnation that is about to start.
    child.incarnation++;
    const startUs = this.#kernel.nowUs() + SPAWN_US;
    this.#network!.handshake.pipe(parent, op.conn, child, child.parentConn, startUs + 1);
    child.incarnation--;
    this.#scheduleStart(child, startUs);
  }

  exit(process: Process, code: number, reason: string | undefined, signal?: string): void {
    const endId = this.#kernel.emit({
      tUs: this.#kernel.nowUs(),
      kind: 'exit',
      node: process.name,
      cause: process.cause,
      code,
      reason,
    });
    this.#endProcess(process, { code, by: 'itself' }, signal ?? null, endId);
  }

  /** The process is gone; its operating system closes its connections. */
  #endProcess(process: Process, ended: Ending, signal: string | null, endId: number): void {
    process.ended = ended;
    this.#network!.tcp.closeAll(process);
    this.#bury(process);
    const { parent } = process.identity;
    if (!parent?.isAlive) return;
    this.#kernel.schedule({
      kind: 'child',
      ...stamped(process, this.#kernel.nowUs() + LOOPBACK_US, RANK.loopback),
      process: parent,
      incarnation: parent.incarnation,
      child: process.name,
      code: ended.code ?? exitCodeOf('SIGKILL')!,
      signal,
      endId,
    });
  }

  #bury(process: Process): void {
    this.#liveness.forget(process);
    process.machine.liveCount--;
    process.busyUntilUs = Math.min(process.busyUntilUs, this.#kernel.nowUs());
    process.forget();
    this.#events.onend(this.handleOf(process));
  }

  childEnded(event: KernelEvent & { kind: 'child' }): void {
    const { process, child, code, signal, endId } = event;
    if (!process.isAlive || process.incarnation !== event.incarnation) return;
    const input = { kind: 'child', tUs: this.#kernel.nowUs(), child, code, signal } as const;
    this.#kernel.hand(process, input, endId, true, null);
  }

  /** The living processes that a name means to a process: a node with its children, or a machine. */
  livingOf(process: Process, name: string): string[] {
    const target = this.find(name);
    const machine = this.machines.get(this.resolve(process, name) ?? '');
    const members = target ? this.groupOf(target) : (machine?.processes ?? []);
    return members.filter(({ isAlive }) => isAlive).map((member) => member.name);
  }

  /** The process and everything it spawned that is alive, youngest first. */
  groupOf(target: Process): Process[] {
    return this.processes.filter((process) => process.isAlive && isOf(process, target)).reverse();
  }

  /** Ends a group, and whatever of it was about to start. */
  kill(target: Process): void {
    for (const process of this.processes) {
      if (process !== target && isOf(process, target)) this.#cancelStart(process);
    }
    for (const process of this.groupOf(target)) this.killOne(process, undefined);
  }

  killOne(process: Process, cause: number | undefined): void {
    const tUs = this.#kernel.nowUs();
    process.cause = this.#kernel.emit({ tUs, kind: 'kill', node: process.name, cause });
    this.#endProcess(process, { code: null, by: 'fault' }, 'SIGKILL', process.cause);
  }

  powerOff(machine: Machine): void {
    if (machine.isOff) return;
    const tUs = this.#kernel.nowUs();
    for (const process of [...machine.processes].reverse()) {
      if (process.identity.parent) this.#cancelStart(process);
      if (!process.isAlive) continue;
      process.cause = this.#kernel.emit({ tUs, kind: 'powerOff', node: process.name });
      process.ended = { code: null, by: 'fault' };
      this.#network!.tcp.vanish(process);
      this.#bury(process);
    }
    machine.isOff = true;
    this.#network!.tcp.powerOff(machine);
    // The machine is no process: what it loses is told of its first one.
    const node = machine.processes[0]!.name;
    for (const { path, size } of machine.disk.powerOff()) {
      this.#kernel.emit({ tUs, kind: 'file', node, op: 'lose', path, bytes: size });
    }
  }

  /** Only whole nodes: a child belongs to a parent that knows of it. */
  restart(target: Process): void {
    if (target.identity.parent) return;
    this.kill(target);
    this.#cancelStart(target);
    target.machine.isOff = false;
    target.cause = this.#kernel.emit({
      tUs: this.#kernel.nowUs(),
      kind: 'restart',
      node: target.name,
    });
    this.start(target);
  }

  pause(target: Process, verb: 'pause' | 'resume'): void {
    for (const process of this.groupOf(target).reverse()) this.pauseOne(process, verb, undefined);
  }

  pauseOne(process: Process, verb: 'pause' | 'resume', cause: number | undefined): void {
    if (process.isPaused === (verb === 'pause')) return;
    process.isPaused = verb === 'pause';
    const tUs = this.#kernel.nowUs();
    const id = this.#kernel.emit({ tUs, kind: verb, node: process.name, cause });
    this.#kernel.hand(process, { kind: verb, tUs }, id, true, null);
  }

  /** A line typed at the keyboard of a node; nobody reads one that is down. */
  input(target: Process, text: string): void {
    if (!target.isAlive) return;
    for (const line of text.split('\n')) {
      const tUs = this.#kernel.nowUs();
      const id = this.#kernel.emit({ tUs, kind: 'input', node: target.name, text: line });
      this.#kernel.hand(target, { kind: 'input', tUs, text: line }, id, true, null);
    }
  }

  /** Clock and CPU of a machine; holds for the turns that begin from now on. */
  adjust(machine: Machine, { speed, skewUs }: { speed?: number; skewUs?: number }): void {
    if (speed !== undefined) machine.speed = machine.spec.speed * speed;
    if (skewUs !== undefined) machine.skewUs += skewUs;
    const tUs = this.#kernel.nowUs();
    for (const process of machine.processes) {
      if (!process.isAlive) continue;
      const { speed, skewUs } = machine;
      process.news.push({ kind: 'machine', tUs, ticket: 0, speed, skewUs });
    }
  }
}

function isOf(process: Process, ancestor: Process): boolean {
  for (let one: Process | null = process; one; one = one.identity.parent) {
    if (one === ancestor) return true;
  }
  return false;
}

/** How many bytes a change is about. */
function bytesOf({ action, path, size, bytes }: FileChange, disk: Disk): number {
  if (action === 'truncate') return size;
  return action === 'write' || action === 'append' ? bytes.length : disk.sizeOf(path);
}
