// TCP once a connection stands (NET2, NET5): delivery in order, retransmission, end of stream, reset.
// A process sees open, data, close and reset; this is its operating system and the wire. Modelled on
// RFC 9293 and Linux. Simplified: a message is one segment, whatever its size; round trips are not
// measured, the first retransmission comes after 200 ms; no congestion control and no selective
// ACKs; an ACK or news of room takes the base latency of the way back, draws no luck, and is lost
// only where that way is blocked (the next one carries the same news).

import type { Input, Op } from '#lib/protocol/packets.ts';
import { roleOf } from '#lib/protocol/wire.ts';
import { isWanted, type Connection, type End, type Segment } from './connection.ts';
import { RANK, stamped, type KernelEvent } from './event-queue.ts';
import { tellTouch, type Touch } from './faults.ts';
import { Flow } from './flow.ts';
import { drawLatencyUs, drawLoss, leaveUs, rankOf, type Link, type Links } from './links.ts';
import type { DistributiveOmit, KernelPort } from './port.ts';
import type { Machine, Process } from './process.ts';

/** First retransmission after this long, doubled each time (Linux: TCP_RTO_MIN), */
const RETRANSMIT_US = 200_000;
/** up to this (TCP_RTO_MAX). */
const RETRANSMIT_MAX_US = 120_000_000;

type SendOp = Extract<Op, { op: 'send' }>;

export interface TcpOptions {
  /** After so long without an answer a connection has failed, in microseconds. */
  giveUpUs: number;
  /** The same while it is being opened. */
  connectGiveUpUs: number;
  /** Some fault of this run blocks links, so that ACKs may be lost. */
  isBlockable: boolean;
  /** The answer to a connection request was lost. */
  onanswerlost: (connection: Connection) => void;
}

export class Tcp {
  readonly flow: Flow;
  readonly #kernel: KernelPort;
  readonly #links: Links;
  readonly #options: TcpOptions;
  /** Ends whose data was delivered while ACKs can be lost. */
  readonly #acked = new Set<End>();

  constructor(kernel: KernelPort, links: Links, options: TcpOptions) {
    this.#kernel = kernel;
    this.#links = links;
    this.#options = options;
    this.flow = new Flow(kernel, this, options.giveUpUs);
  }

  // What processes do.

  /** @param end open, and known to its peer */
  send(end: End, op: SendOp, touch: Touch | null): void {
    const { process } = end;
    const sendId = this.#kernel.emit({
      tUs: op.tUs,
      kind: 'send',
      node: process.name,
      cause: process.cause,
      conn: end.connection.id,
      to: end.peer!.process.name,
      proto: op.proto,
      msg: op.msg,
      bytes: op.bytes.length,
      preview: op.preview,
      line: op.line,
      mark: op.mark,
    });
    tellTouch(this.#kernel, touch, sendId);
    const isForeground = roleOf(op.proto, op.msg) !== 'background';
    const segment = this.#segment(end, 'data', sendId, op.proto, op.msg, op.bytes, isForeground);
    segment.touch = touch;
    this.flow.send(end, segment);
  }

  /** The server's answer to a connection request. */
  sendOpen(server: End, acceptId: number): void {
    this.transmit(this.#segment(server, 'open', acceptId, 'tcp', 'open', null, true));
  }

  /** The program will send no more, but still reads. */
  shut(end: End): void {
    if (!end.isOpen || !end.peer) return;
    end.isOpen = false;
    end.isShut = true;
    this.#finish(end, 'close', end.process.cause);
  }

  /** The program, or the operating system of a process that ended, closes its side. */
  close(end: End, kind: 'close' | 'reset'): void {
    const { isOpen, isShut, peer, process } = end;
    end.isOpen = false;
    process.ends.delete(end.localId);
    if (!peer || !(isOpen || isShut)) return this.#abandon(end);
    if (isOpen || kind === 'reset') return this.#finish(end, kind, process.cause);
    // Its end of stream was said before. Nobody makes room any more for what the other side sends.
    this.flow.noticeTrouble(peer);
  }

  /**
   * A process ended: end of stream where all was read, reset where data was unread or its program
   * had not accepted the connection (NODE4).
   */
  closeAll(process: Process): void {
    const unaccepted = new Set<End>();
    for (const listener of process.machine.listeners.values()) {
      if (listener.process === process) for (const end of listener.waiting) unaccepted.add(end);
    }
    for (const end of [...process.ends.values()]) {
      const isReset = end.unreadCount > 0 || end.hasUnread || unaccepted.has(end);
      this.close(end, isReset ? 'reset' : 'close');
    }
  }

  /** The machine of a process lost power: nobody is told, nothing is sent again (NODE4). */
  vanish(process: Process): void {
    for (const end of process.ends.values()) {
      end.isOpen = false;
      this.#abandon(end);
      if (end.peer) this.flow.peerVanished(end.peer);
    }
  }

  /** The last words of processes that had ended before are not sent again either. */
  powerOff(machine: Machine): void {
    for (const event of this.#kernel.pending()) {
      const isOurs =
        event.kind === 'arrive' || event.kind === 'retransmit' || event.kind === 'copy';
      if (!isOurs || event.isCancelled) continue;
      const { from } = event.segment;
      if (from.process.machine === machine && !from.isAbandoned) this.#abandon(from);
    }
  }

  // What happens on the way.

  /** Sends a segment, for the first time or, after room was made, at last. */
  transmit(segment: Segment): void {
    const nowUs = this.#kernel.nowUs();
    segment.firstSentUs = nowUs;
    segment.from.outgoing.push(segment);
    if (segment.bytes) segment.from.sentBytes += segment.bytes.length;
    this.#transmit(segment);
  }

  arrive(event: KernelEvent & { kind: 'arrive' }, touch: Touch | null): void {
    const { segment } = event;
    const { from } = segment;
    const receiver = from.peer!;
    segment.event = null;
    if (touch) {
      this.#announceCopies(segment, touch);
      this.#sendCopies(segment, this.linkFrom(from), this.#kernel.nowUs(), touch);
    }
    if (touch?.isDropped) return this.#lose(segment, 'fault');
    if (touch && touch.delayUs > 0) return this.#delay(segment, touch.delayUs);
    if (receiver.process.machine.isOff) return this.#lose(segment, 'off');
    if (event.isHanded || segment.kind === 'reset') {
      removeFirst(segment);
      return this.#deliver(segment, receiver, event.isHanded ? event.ticket : null);
    }
    this.#take(segment);
  }

  /** In its turn, a segment is handed over; what comes before its turn is held. */
  #take(segment: Segment): void {
    const { from } = segment;
    const { outgoing } = from;
    const receiver = from.peer!;
    segment.state = 'arrived';
    while (outgoing[0]?.state === 'arrived') this.#deliver(outgoing.shift()!, receiver, null);
    if (!isWanted(receiver)) this.#bounceAll(from, receiver);
    if (from.isDisordered) from.isDisordered = !isInOrder(from.outgoing);
    const isWaiting = segment.state === 'arrived' && segment.isForeground;
    if (isWaiting && !from.isAbandoned) this.#hold(segment, true);
  }

  /** A second copy of a segment is there: TCP discards it, unless it is the first to arrive. */
  copyArrives({ segment, isRetransmission }: KernelEvent & { kind: 'copy' }): void {
    const receiver = segment.from.peer!;
    if (receiver.process.machine.isOff) return this.#loseCopy(segment, isRetransmission, 'off');
    if (isRetransmission && !isWanted(receiver)) return this.#bounce(segment, receiver);
    if (segment.state === 'flying' || segment.state === 'waiting') return this.#replace(segment);
    this.#discard(segment);
    if (isRetransmission) this.#acknowledge(segment);
  }

  /** A copy took the place of what is late or lost; the late one will be the copy. */
  #replace(segment: Segment): void {
    const { event } = segment;
    if (event) this.#kernel.cancel(event);
    segment.event = null;
    segment.from.isDisordered = true;
    if (event?.kind === 'arrive') this.#scheduleCopy(segment, event.tUs, false);
    this.#take(segment);
  }

  #discard({ from, sendId }: Segment): void {
    const tUs = this.#kernel.nowUs();
    const node = from.peer!.process.name;
    const reason = 'duplicate';
    this.#kernel.emit({ tUs, kind: 'drop', node, cause: sendId, send: sendId, reason });
  }

  #loseCopy(segment: Segment, isRetransmission: boolean, reason: string): void {
    if (isRetransmission) this.#missAgain(segment, reason);
    else this.#emitLoss(segment, reason);
  }

  /** True when this arrival can be handed over before its commit: nothing but its time decides. */
  isCertain({ kind, from }: Segment): boolean {
    const receiver = from.peer!;
    return (
      kind !== 'open' &&
      !from.isDisordered &&
      receiver.isOpen &&
      receiver.process.isAlive &&
      receiver.process.incarnation === receiver.incarnation
    );
  }

  /** True when this retransmission would be one too many, so that the process hears of it. */
  isLastTry(segment: Segment, tUs: number): boolean {
    return tUs - segment.firstSentUs >= this.#giveUpUs(segment);
  }

  retransmit(segment: Segment): void {
    const { from } = segment;
    segment.event = null;
    const nowUs = this.#kernel.nowUs();
    if (this.isLastTry(segment, nowUs)) return this.giveUp(from, segment.sendId);
    this.#kernel.emit({
      tUs: nowUs,
      kind: 'retransmit',
      node: from.process.name,
      cause: segment.sendId,
      send: segment.sendId,
      attempt: segment.attempt,
    });
    if (segment.state === 'done') this.#transmitCopy(segment);
    else this.#transmit(segment);
  }

  /** An ACK is back: these need not be sent again. */
  acknowledged({ from, segments }: KernelEvent & { kind: 'ack' }): void {
    for (const segment of segments) {
      if (segment.event) this.#kernel.cancel(segment.event);
      segment.event = null;
    }
    from.unacked = from.unacked.filter((segment) => !segments.includes(segment));
  }

  /** A partition or a cut stands between: what is in flight across it is lost (NET4). */
  loseInFlight(event: KernelEvent): void {
    switch (event.kind) {
      case 'arrive': {
        const { blocked } = this.linkFrom(event.segment.from);
        if (blocked) this.#lose(event.segment, blocked);
        return;
      }
      case 'copy': {
        const { blocked } = this.linkFrom(event.segment.from);
        if (!blocked) return;
        this.#kernel.cancel(event);
        return this.#loseCopy(event.segment, event.isRetransmission, blocked);
      }
      case 'ack':
        if (this.linkFrom(event.from.peer!).blocked) this.#kernel.cancel(event);
        return;
      case 'room':
        return this.flow.loseInFlight(event);
    }
  }

  /** After links were blocked: ACKs in flight are lost too, and senders that wait for room ask. */
  loseAcksInFlight(): void {
    const nowUs = this.#kernel.nowUs();
    for (const end of this.#acked) {
      if (this.linkFrom(end.peer!).blocked) {
        for (const { segment, ackUs } of end.acking) if (ackUs > nowUs) this.#miss(segment);
        end.acking = [];
      }
      this.flow.noticeTrouble(end);
      if (end.peer) this.flow.noticeTrouble(end.peer);
    }
  }

  giveUp(end: End, cause: number): void {
    this.#abandon(end);
    end.isOpen = false;
    if (!isWanted(end)) return;
    const { process, localId, connection } = end;
    const nowUs = this.#kernel.nowUs();
    process.ends.delete(localId);
    const id = this.#kernel.emit({
      tUs: nowUs,
      kind: 'timeout',
      node: process.name,
      cause,
      conn: connection.id,
    });
    this.#kernel.hand(process, { kind: 'timeout', tUs: nowUs, conn: localId }, id, true, null);
  }

  /** What this end sends over. */
  linkFrom(end: End): Link {
    return (end.link ??= this.#links.between(end.process.place, end.peer!.process.place));
  }

  #giveUpUs({ kind }: Segment): number {
    return kind === 'open' ? this.#options.connectGiveUpUs : this.#options.giveUpUs;
  }

  #segment(
    from: End,
    kind: Segment['kind'],
    sendId: number,
    proto: string,
    msg: string,
    bytes: Uint8Array | null,
    isForeground: boolean,
  ): Segment {
    return {
      kind,
      from,
      sendId,
      proto,
      msg,
      bytes,
      isForeground,
      sentUs: 0,
      firstSentUs: 0,
      attempt: 0,
      state: 'flying',
      isHeld: false,
      isMatched: false,
      touch: null,
      event: null,
    };
  }

  /** Sends the last segment of a side. A reset forgets what was still to be sent. */
  #finish(end: End, kind: 'close' | 'reset', cause: number | undefined): void {
    const sendId = this.#kernel.emit({
      tUs: this.#kernel.nowUs(),
      kind,
      node: end.process.name,
      cause,
      conn: end.connection.id,
      to: end.peer!.process.name,
    });
    if (kind === 'reset') this.#abandon(end);
    const segment = this.#segment(end, kind, sendId, 'tcp', kind, null, true);
    if (kind === 'reset') this.transmit(segment);
    else this.flow.send(end, segment);
  }

  #transmit(segment: Segment): void {
    const { from, touch } = segment;
    const nowUs = this.#kernel.nowUs();
    segment.sentUs = nowUs;
    segment.state = 'flying';
    segment.touch = null;
    const link = this.linkFrom(from);
    if (link.blocked) return this.#lose(segment, link.blocked);
    const outUs = leaveUs(link, nowUs, segment.bytes?.length ?? 0);
    if (touch) this.#announceCopies(segment, touch);
    this.#fly(segment, link, outUs, touch);
    if (touch) this.#sendCopies(segment, link, outUs, touch);
  }

  #fly(segment: Segment, link: Link, outUs: number, touch: Touch | null): void {
    const { from } = segment;
    if (from.peer!.process.machine.isOff) return this.#lose(segment, 'off');
    if (drawLoss(link)) return this.#lose(segment, 'loss');
    if (touch?.isDropped) return this.#lose(segment, 'fault');
    const latencyUs = drawLatencyUs(link) + (touch?.delayUs ?? 0);
    const tUs = Math.max(outUs + latencyUs, from.lastArrivalUs);
    from.lastArrivalUs = tUs;
    this.#scheduleArrival(segment, tUs, link);
  }

  #scheduleArrival(segment: Segment, tUs: number, link: Link): void {
    segment.event = {
      ...stamped(segment.from.process, tUs, rankOf(link), segment.isForeground),
      kind: 'arrive',
      segment,
      isHanded: false,
      ticket: 0,
    };
    this.#kernel.schedule(segment.event);
  }

  /** On its last stretch it takes longer: what left after it waits behind it. */
  #delay(segment: Segment, delayUs: number): void {
    segment.from.isDisordered = true;
    this.#scheduleArrival(segment, this.#kernel.nowUs() + delayUs, this.linkFrom(segment.from));
  }

  /** A fault makes copies. */
  #announceCopies({ from, sendId }: Segment, { copyCount }: Touch): void {
    const tUs = this.#kernel.nowUs();
    const node = from.process.name;
    for (let copy = 0; copy < copyCount; copy++) {
      this.#kernel.emit({ tUs, kind: 'duplicate', node, cause: sendId, send: sendId });
    }
  }

  /** They come after what is under way already. */
  #sendCopies(segment: Segment, link: Link, outUs: number, { copyCount }: Touch): void {
    for (let copy = 0; copy < copyCount; copy++) {
      const tUs = Math.max(outUs + drawLatencyUs(link), segment.from.lastArrivalUs);
      this.#scheduleCopy(segment, tUs, false);
    }
  }

  #scheduleCopy(segment: Segment, tUs: number, isRetransmission: boolean): void {
    const { from, isForeground } = segment;
    this.#kernel.schedule({
      ...stamped(from.process, tUs, rankOf(this.linkFrom(from)), isForeground),
      kind: 'copy',
      segment,
      isRetransmission,
    });
  }

  /** It was delivered, but the sender does not know. */
  #transmitCopy(segment: Segment): void {
    const { from } = segment;
    const nowUs = this.#kernel.nowUs();
    segment.sentUs = nowUs;
    const link = this.linkFrom(from);
    if (link.blocked) return this.#missAgain(segment, link.blocked);
    const outUs = leaveUs(link, nowUs, segment.bytes?.length ?? 0);
    if (drawLoss(link)) return this.#missAgain(segment, 'loss');
    this.#scheduleCopy(segment, outUs + drawLatencyUs(link), true);
  }

  #lose(segment: Segment, reason: string): void {
    const { from } = segment;
    if (segment.event) this.#kernel.cancel(segment.event);
    segment.event = null;
    this.#emitLoss(segment, reason);
    if (segment.kind === 'reset') return removeFirst(segment);
    segment.state = 'waiting';
    from.isDisordered = true;
    if (from.isAbandoned) return;
    this.#scheduleRetransmission(segment);
    if (segment.kind === 'open') this.#options.onanswerlost(from.connection);
  }

  /** A copy of what was delivered is lost. */
  #missAgain(segment: Segment, reason: string): void {
    this.#emitLoss(segment, reason);
    if (!segment.from.isAbandoned) this.#scheduleRetransmission(segment);
  }

  #emitLoss({ from, sendId }: Segment, reason: string): void {
    const tUs = this.#kernel.nowUs();
    const node = from.process.name;
    this.#kernel.emit({ tUs, kind: 'lose', node, cause: sendId, send: sendId, reason });
  }

  #scheduleRetransmission(segment: Segment): void {
    const { from } = segment;
    const waitUs = Math.min(RETRANSMIT_US * 2 ** segment.attempt++, RETRANSMIT_MAX_US);
    const lastUs = segment.firstSentUs + this.#giveUpUs(segment);
    const dueUs = Math.max(Math.min(segment.sentUs + waitUs, lastUs), this.#kernel.nowUs() + 1);
    segment.event = {
      ...stamped(from.process, dueUs, RANK.network, segment.isForeground),
      kind: 'retransmit',
      segment,
    };
    this.#kernel.schedule(segment.event);
  }

  #deliver(segment: Segment, receiver: End, ticket: number | null): void {
    segment.state = 'done';
    this.#hold(segment, false);
    if (!isWanted(receiver)) return this.#bounce(segment, receiver);
    if (segment.kind === 'open') this.#deliverOpen(segment, receiver);
    else this.#deliverData(segment, receiver, ticket);
    if (segment.kind !== 'reset') this.#acknowledge(segment);
  }

  #deliverOpen({ sendId }: Segment, receiver: End): void {
    const { process, localId, connection } = receiver;
    const nowUs = this.#kernel.nowUs();
    receiver.isOpen = true;
    if (connection.deadline) this.#kernel.cancel(connection.deadline);
    const id = this.#kernel.emit({
      tUs: nowUs,
      kind: 'open',
      node: process.name,
      cause: sendId,
      send: sendId,
      conn: connection.id,
    });
    const input = {
      kind: 'open',
      tUs: nowUs,
      conn: localId,
      fromPort: connection.fromPort,
    } as const;
    this.#kernel.hand(process, input, id, true, null);
  }

  #deliverData(segment: Segment, receiver: End, ticket: number | null): void {
    const { process } = receiver;
    const nowUs = this.#kernel.nowUs();
    const id = this.#kernel.emit({
      tUs: nowUs,
      kind: 'deliver',
      node: process.name,
      cause: segment.sendId,
      send: segment.sendId,
      from: segment.from.process.name,
      conn: receiver.connection.id,
      proto: segment.proto,
      msg: segment.msg,
    });
    const end = segment.kind === 'data' ? receiver : null;
    if (end) end.unreadCount++;
    if (ticket === null) {
      this.#kernel.hand(process, inputOf(segment, receiver, nowUs), id, segment.isForeground, end);
    } else {
      this.#kernel.settle(process, ticket, id, segment.isForeground, end);
    }
    if (segment.kind === 'reset') this.#abandon(receiver);
    // Nobody there will ever read: what waits for room meets the reset that it would meet anyway.
    if (segment.kind === 'close' && !isWanted(segment.from)) this.flow.push(receiver);
  }

  /** The receiver acknowledges, as far as the way back is open. */
  #acknowledge(segment: Segment): void {
    if (!this.#options.isBlockable) return;
    const { from } = segment;
    const back = this.linkFrom(from.peer!);
    if (back.isLocal || from.isAbandoned) return;
    if (back.blocked) return this.#miss(segment);
    const ackUs = this.#kernel.nowUs() + back.spec.latencyUs;
    if (from.unacked.length > 0) return this.#scheduleAck(from, ackUs);
    const { acking } = from;
    while (acking.length > 0 && acking[0]!.ackUs <= this.#kernel.nowUs()) acking.shift();
    acking.push({ segment, ackUs });
    this.#acked.add(from);
  }

  /** The ACK of what was delivered is lost. */
  #miss(segment: Segment): void {
    const { from } = segment;
    if (from.isAbandoned || segment.event) return;
    if (!from.unacked.includes(segment)) from.unacked.push(segment);
    this.#acked.add(from);
    this.#scheduleRetransmission(segment);
  }

  /** This ACK stands for everything that was delivered before. */
  #scheduleAck(from: End, ackUs: number): void {
    const receiver = from.peer!;
    this.#kernel.schedule({
      ...stamped(receiver.process, ackUs, rankOf(this.linkFrom(receiver)), false),
      kind: 'ack',
      from,
      segments: [...from.unacked],
    });
  }

  /** What is held behind a lost packet keeps the run alive, even if the lost one does not (KT7). */
  #hold(segment: Segment, isHeld: boolean): void {
    if (segment.isHeld === isHeld) return;
    segment.isHeld = isHeld;
    this.#kernel.countForeground(isHeld ? 1 : -1);
  }

  /** Nobody wants it: a reset answers, unless nobody is there to hear it either. */
  #bounce(segment: Segment, receiver: End): void {
    const { kind, from, sendId } = segment;
    const tUs = this.#kernel.nowUs();
    const node = receiver.process.name;
    const reason = 'closed';
    this.#kernel.emit({ tUs, kind: 'drop', node, cause: sendId, send: sendId, reason });
    if (kind !== 'data' && kind !== 'open') return;
    if (isWanted(from)) this.#finish(receiver, 'reset', sendId);
    else if (from.queued.length > 0) this.#abandon(from);
  }

  /** What nobody wants need not wait for what is missing. */
  #bounceAll(from: End, receiver: End): void {
    const held = from.outgoing.filter(({ state }) => state === 'arrived');
    from.outgoing = from.outgoing.filter(({ state }) => state !== 'arrived');
    for (const segment of held) this.#deliver(segment, receiver, null);
  }

  /** Nothing of what this side still had to send will be sent again. */
  #abandon(end: End): void {
    end.isAbandoned = true;
    for (const segment of [...end.outgoing, ...end.unacked]) {
      this.#hold(segment, false);
      if (segment.state === 'flying' || !segment.event) continue;
      this.#kernel.cancel(segment.event);
      segment.event = null;
    }
    end.unacked = [];
    end.acking = [];
    for (const segment of end.queued.splice(0)) this.#emitLoss(segment, 'unsent');
    this.flow.abandon(end);
  }
}

/** The input that a certain arrival will be, for handing it over before its time. */
export function inputOf(
  segment: Segment,
  receiver: End,
  tUs: number,
): DistributiveOmit<Input, 'ticket'> {
  const conn = receiver.localId;
  switch (segment.kind) {
    case 'data':
      return { kind: 'data', tUs, conn, bytes: segment.bytes! };
    case 'close':
      return { kind: 'close', tUs, conn };
    case 'reset':
      return { kind: 'reset', tUs, conn };
    case 'open':
      return { kind: 'open', tUs, conn, fromPort: receiver.connection.fromPort };
    default:
      return segment.kind satisfies never;
  }
}

/** Everything is under way, and arrives in the order in which it is to be read. */
function isInOrder(outgoing: readonly Segment[]): boolean {
  let lastUs = 0;
  for (const { state, event } of outgoing) {
    if (state !== 'flying' || event!.tUs <= lastUs) return false;
    lastUs = event!.tUs;
  }
  return true;
}

function removeFirst(segment: Segment): void {
  const { outgoing } = segment.from;
  const index = outgoing[0] === segment ? 0 : outgoing.indexOf(segment);
  if (index === 0) outgoing.shift();
  else if (index > 0) outgoing.splice(index, 1);
}
