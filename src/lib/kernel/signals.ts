// Signals (NODE6): who gets one, when, and what the operating system does about it by itself. The
// default action of those that a program could handle is the process's own (node/process.ts).
//
// From outside, SIGINT goes to a node as from a terminal: to every process of its group. Any other
// signal goes to the one process named, as from `kill`, so a killed parent leaves orphans.

import { LOOPBACK_US } from '#lib/protocol/cluster.ts';
import type { Op } from '#lib/protocol/packets.ts';
import { RANK, stamped, type KernelEvent } from './event-queue.ts';
import type { Fleet } from './fleet.ts';
import type { KernelPort } from './port.ts';
import type { Process } from './process.ts';

export class Signals {
  readonly #kernel: KernelPort;
  readonly #fleet: Fleet;

  constructor(kernel: KernelPort, fleet: Fleet) {
    this.#kernel = kernel;
    this.#fleet = fleet;
  }

  /** Of a fault. */
  raise(target: Process, name: string): void {
    const isOfTerminal = name === 'SIGINT' && target.identity.parent === null;
    const reached = isOfTerminal ? this.#fleet.groupOf(target).reverse() : [target];
    for (const process of reached) this.#deliver(process, name, undefined);
  }

  /** From a process to a child of its own. */
  send(from: Process, op: Extract<Op, { op: 'signal' }>): void {
    const child = this.#fleet.find(op.child);
    if (!child || child.identity.parent !== from) return;
    if (!child.isAlive && !child.pendingStart) return;
    const { name } = op;
    const sent = { tUs: op.tUs, kind: 'signal', node: from.name, cause: from.cause } as const;
    const sentId = this.#kernel.emit({ ...sent, name, to: child.name });
    this.#kernel.schedule({
      ...stamped(from, op.tUs + LOOPBACK_US, RANK.loopback),
      kind: 'signal',
      process: child,
      // One that is being started has its new number only then.
      incarnation: child.incarnation + (child.isAlive ? 0 : 1),
      name,
      sentId,
    });
  }

  arrive({ process, incarnation, name, sentId }: KernelEvent & { kind: 'signal' }): void {
    const isExpected = process.pendingStart !== null && process.incarnation + 1 === incarnation;
    if (isExpected) process.earlySignals.push({ name, sentId });
    else if (process.incarnation === incarnation) this.#deliver(process, name, sentId);
  }

  /** A process has started: what was sent to it before reaches it now. */
  deliverEarly(process: Process): void {
    const early = process.earlySignals;
    process.earlySignals = [];
    for (const { name, sentId } of early) this.#deliver(process, name, sentId);
  }

  #deliver(process: Process, name: string, cause: number | undefined): void {
    if (!process.isAlive) return;
    const tUs = this.#kernel.nowUs();
    const id = this.#kernel.emit({ tUs, kind: 'signal', node: process.name, cause, name });
    switch (name) {
      case 'SIGKILL':
        return this.#fleet.killOne(process, id);
      case 'SIGSTOP':
        return this.#fleet.pauseOne(process, 'pause', id);
      case 'SIGCONT':
        return this.#fleet.pauseOne(process, 'resume', id);
      default:
        return this.#kernel.hand(process, { kind: 'signal', tUs, name }, id, true, null);
    }
  }
}
