// Datagrams (NET3): each packet for itself. It may be lost, doubled and overtaken, as the link says;
// whoever sent it never learns. Modelled on UDP (RFC 768), without fragments and ICMP.

import type { Op } from '#lib/protocol/packets.ts';
import { roleOf } from '#lib/protocol/wire.ts';
import { stamped, type KernelEvent } from './event-queue.ts';
import { tellTouch, type Touch } from './faults.ts';
import {
  drawDuplicate,
  drawLatencyUs,
  drawLoss,
  leaveUs,
  rankOf,
  type Link,
  type Links,
} from './links.ts';
import type { KernelPort } from './port.ts';
import type { Machine, Process } from './process.ts';

type DatagramOp = Extract<Op, { op: 'datagram' }>;
type DatagramEvent = KernelEvent & { kind: 'datagram' };

/** One packet; copies of it share this. */
export interface Datagram {
  from: Process;
  fromPort: number;
  to: Machine;
  toPort: number;
  /** The process that had the port when it left, or else the first of the machine. */
  toName: string;
  link: Link;
  /** Id of the event that sent it. */
  sendId: number;
  proto: string;
  msg: string;
  bytes: Uint8Array;
  isForeground: boolean;
}

export class Datagrams {
  readonly #kernel: KernelPort;
  readonly #links: Links;

  constructor(kernel: KernelPort, links: Links) {
    this.#kernel = kernel;
    this.#links = links;
  }

  send(process: Process, op: DatagramOp, to: Machine, touch: Touch | null): number {
    const target = targetOf(to, op.toPort);
    const { proto, msg, bytes } = op;
    const sendId = this.#kernel.emit({
      tUs: op.tUs,
      kind: 'send',
      node: process.name,
      cause: process.cause,
      to: target.name,
      proto,
      msg,
      bytes: bytes.length,
      preview: op.preview,
      line: op.line,
      port: op.toPort,
    });
    tellTouch(this.#kernel, touch, sendId);
    const datagram: Datagram = {
      ...{ from: process, fromPort: op.port, to, toPort: op.toPort, toName: target.name },
      link: this.#links.between(process.place, target.place),
      ...{ sendId, proto, msg, bytes },
      isForeground: roleOf(proto, msg) !== 'background',
    };
    this.#transmit(datagram, touch);
    return sendId;
  }

  arrive(event: DatagramEvent, touch: Touch | null): void {
    const { datagram } = event;
    const { from, to, sendId, proto, msg, isForeground } = datagram;
    const nowUs = this.#kernel.nowUs();
    if (touch?.isDropped) return this.#lose(datagram, 'fault');
    if (touch) this.#copy(datagram, touch.copyCount);
    if (touch && touch.delayUs > 0) return this.#schedule(datagram, nowUs + touch.delayUs, true);
    if (to.isOff) return this.#lose(datagram, 'off');
    const receiver = to.sockets.get(datagram.toPort);
    if (!receiver) return this.#drop(datagram);
    // Another node of this machine may have taken the port meanwhile.
    const { blocked } = this.#links.between(from.place, receiver.place);
    if (blocked) return this.#lose(datagram, blocked);
    const id = this.#kernel.emit({
      tUs: nowUs,
      kind: 'deliver',
      node: receiver.name,
      cause: sendId,
      send: sendId,
      from: from.name,
      proto,
      msg,
    });
    if (event.handedTo === receiver) {
      this.#kernel.settle(receiver, event.ticket, id, isForeground, null);
    } else {
      this.#kernel.hand(receiver, datagramInput(datagram, nowUs), id, isForeground, null);
    }
  }

  /** Who will get this datagram whatever happens before it arrives, or null when that is open. */
  certainReceiver({ datagram }: DatagramEvent): Process | null {
    const { to, toPort } = datagram;
    // With company on the machine the port could change hands.
    if (to.liveCount !== 1 || to.isOff) return null;
    return to.sockets.get(toPort) ?? null;
  }

  /** A partition or a cut stands between: what is in flight across it is lost (NET4). */
  loseInFlight(event: DatagramEvent): void {
    const { blocked } = event.datagram.link;
    if (!blocked) return;
    this.#kernel.cancel(event);
    this.#lose(event.datagram, blocked);
  }

  #lose({ from, sendId }: Datagram, reason: string): void {
    const tUs = this.#kernel.nowUs();
    const node = from.name;
    this.#kernel.emit({ tUs, kind: 'lose', node, cause: sendId, send: sendId, reason });
  }

  #transmit(datagram: Datagram, touch: Touch | null): void {
    const { link, bytes } = datagram;
    const nowUs = this.#kernel.nowUs();
    if (link.blocked) return this.#lose(datagram, link.blocked);
    const outUs = leaveUs(link, nowUs, bytes.length);
    if (drawDuplicate(link)) this.#copy(datagram, 1);
    if (touch) this.#copy(datagram, touch.copyCount);
    if (drawLoss(link)) return this.#lose(datagram, 'loss');
    if (touch?.isDropped) return this.#lose(datagram, 'fault');
    this.#schedule(datagram, outUs + drawLatencyUs(link) + (touch?.delayUs ?? 0), false);
  }

  #copy(datagram: Datagram, count: number): void {
    const { from, sendId, link } = datagram;
    const nowUs = this.#kernel.nowUs();
    for (let copy = 0; copy < count; copy++) {
      const node = from.name;
      this.#kernel.emit({ tUs: nowUs, kind: 'duplicate', node, cause: sendId, send: sendId });
      this.#schedule(datagram, nowUs + drawLatencyUs(link), true);
    }
  }

  #schedule(datagram: Datagram, tUs: number, isMatched: boolean): void {
    this.#kernel.schedule({
      ...stamped(datagram.from, tUs, rankOf(datagram.link), datagram.isForeground),
      kind: 'datagram',
      datagram,
      handedTo: null,
      ticket: 0,
      isMatched,
    });
  }

  /** Nobody has the port: it vanishes without a word. */
  #drop({ toName, sendId }: Datagram): void {
    const tUs = this.#kernel.nowUs();
    const reason = 'port';
    this.#kernel.emit({ tUs, kind: 'drop', node: toName, cause: sendId, send: sendId, reason });
  }
}

/** The process that has a port for datagrams, or else the first of the machine. */
export function targetOf(machine: Machine, port: number): Process {
  return machine.sockets.get(port) ?? machine.processes[0]!;
}

/** The input that a datagram will be. */
export function datagramInput({ from, fromPort, toPort, bytes }: Datagram, tUs: number) {
  const { node } = from.place;
  return { kind: 'datagram', tUs, port: toPort, from: node, fromPort, bytes } as const;
}
