// Whose the ports of a machine are (NODE9). Processes of one machine share them, so only the
// kernel, in its one order, can say who was first: a process asks, and is answered after the time
// that everything between two processes of a machine takes.

import { LOOPBACK_US } from '#lib/protocol/cluster.ts';
import type { Op } from '#lib/protocol/packets.ts';
import { RANK, stamped, type KernelEvent } from './event-queue.ts';
import type { KernelPort } from './port.ts';
import type { Process } from './process.ts';
import type { Tcp } from './tcp.ts';

type ClaimOp = Extract<Op, { op: 'claim' }>;

/** So many ports of a machine can be claimed: free ones remain. */
const CLAIMS_MAX = 16_384;

export class Ports {
  readonly #kernel: KernelPort;
  readonly #tcp: Tcp;

  constructor(kernel: KernelPort, tcp: Tcp) {
    this.#kernel = kernel;
    this.#tcp = tcp;
  }

  /** Of connections and of datagrams, each for themselves. Datagrams are heard from now on. */
  claim(process: Process, { claim, port, isDatagram }: ClaimOp): void {
    const { machine } = process;
    const taken = isDatagram ? machine.sockets : machine.claims;
    const given = port || machine.freePort(taken);
    const isTaken = taken.has(given) || taken.size >= CLAIMS_MAX;
    if (!isTaken) taken.set(given, process);
    this.#answer(process, claim, given, isTaken, isDatagram);
  }

  unclaim(process: Process, port: number): void {
    const { claims } = process.machine;
    if (claims.get(port) === process) claims.delete(port);
  }

  /** A claimed port, or one that nobody else has: programs may listen without asking first. */
  listen(process: Process, port: number, isLoopback: boolean): void {
    const { claims, listeners } = process.machine;
    const isOurs = claims.get(port) === process;
    const isFree = !claims.has(port) && claims.size < CLAIMS_MAX;
    if (!isOurs && !isFree) return this.#answer(process, 0, port, true, false);
    claims.set(port, process);
    listeners.set(port, { process, isLoopback, waiting: [] });
  }

  /** The same for datagrams. */
  bind(process: Process, port: number): void {
    const { sockets } = process.machine;
    const isTaken = sockets.has(port) ? sockets.get(port) !== process : sockets.size >= CLAIMS_MAX;
    if (isTaken) return this.#answer(process, 0, port, true, true);
    sockets.set(port, process);
  }

  /** Who connected and was not accepted is reset, as Linux does. */
  unlisten(process: Process, port: number): void {
    const { listeners } = process.machine;
    const listener = listeners.get(port);
    if (listener?.process !== process) return;
    listeners.delete(port);
    this.unclaim(process, port);
    for (const end of listener.waiting) this.#tcp.close(end, 'reset');
  }

  claimed(event: KernelEvent & { kind: 'claimed' }): void {
    const { process, incarnation, claim, port, isTaken, isDatagram, cause } = event;
    if (!process.isAlive || process.incarnation !== incarnation) return;
    const tUs = this.#kernel.nowUs();
    const input = { kind: 'claimed', tUs, claim, port, isTaken, isDatagram } as const;
    this.#kernel.hand(process, input, cause, true, null);
  }

  #answer(
    process: Process,
    claim: number,
    port: number,
    isTaken: boolean,
    isDatagram: boolean,
  ): void {
    this.#kernel.schedule({
      ...stamped(process, this.#kernel.nowUs() + LOOPBACK_US, RANK.loopback),
      kind: 'claimed',
      ...{ process, incarnation: process.incarnation, claim, port, isTaken, isDatagram },
      // What goes on is the turn that asked.
      cause: process.cause!,
    });
  }
}
