// TCP's machinery (NET2, NET5): connecting, in-order delivery, retransmission, end of stream,
// reset. A process sees open, data, close and reset; this is its operating system and the wire.
// Modelled on RFC 9293 and Linux defaults; windows, congestion and selective ACKs are left out:
// an ACK costs nothing and is lost only where the way back is blocked.

import { InvariantError } from '#lib/protocol/errors.ts';
import { linkChange, verbOf, type FaultAction } from '#lib/protocol/faults.ts';
import type { Input, Op } from '#lib/protocol/packets.ts';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import { roleOf } from '#lib/protocol/wire.ts';
import type { Connection, End, Segment } from './connection.ts';
import { RANK, stamped, type KernelEvent } from './event-queue.ts';
import { Datagrams } from './datagrams.ts';
import { tellTouch, type Touch } from './faults.ts';
import {
  drawLatencyUs,
  drawLoss,
  leaveUs,
  rankOf,
  type Blocked,
  type Link,
  type Links,
} from './links.ts';
import type { Machine, Process } from './process.ts';

/** First retransmission after this long, doubled each time (Linux: TCP_RTO_MIN). */
const RETRANSMIT_US = 200_000;
/** Linux gives an established connection up after about this long (tcp_retries2 = 15). */
const GIVE_UP_US = 924_000_000;
/** First retry of a connection request, doubled each time (RFC 6298). */
const SYN_RETRY_US = 1_000_000;
/** Linux gives connecting up after this long (tcp_syn_retries = 6). */
const CONNECT_GIVE_UP_US = 127_000_000;

/** What the network asks of the kernel. */
export interface KernelPort {
  nowUs(): number;
  emit(event: TraceEvent): number;
  schedule(event: KernelEvent): void;
  cancel(event: KernelEvent): void;
  /** Something foreground is pending, or no longer, that no event in the queue stands for. */
  countForeground(delta: 1 | -1): void;
  /** Puts an input into a process's inbox. `eventId` becomes the cause of what it does with it. */
  hand(
    process: Process,
    input: DistributiveOmit<Input, 'ticket'>,
    eventId: number,
    isForeground: boolean,
    end: End | null,
  ): void;
  /** Commits an input that went into an inbox before its time. */
  settle(
    process: Process,
    ticket: number,
    eventId: number,
    isForeground: boolean,
    end: End | null,
  ): void;
  machine(name: string): Machine | undefined;
  /** Everything under way, in order. */
  pending(): KernelEvent[];
}

export type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

type SendOp = Extract<Op, { op: 'send' }>;
type ConnectOp = Extract<Op, { op: 'connect' }>;

export class Network {
  readonly #kernel: KernelPort;
  readonly #links: Links;
  readonly datagrams: Datagrams;
  #connectionCount = 0;

  constructor(kernel: KernelPort, links: Links) {
    this.#kernel = kernel;
    this.#links = links;
    this.datagrams = new Datagrams(kernel, links);
  }

  // What processes do.

  connect(process: Process, op: ConnectOp, targetMachine: string): void {
    const connectId = this.#kernel.emit({
      tUs: op.tUs,
      kind: 'connect',
      node: process.name,
      cause: process.cause,
      conn: this.#connectionCount,
      to: op.host,
      port: op.port,
      line: op.line,
    });
    const client = this.#end(process, op.conn);
    const connection: Connection = {
      id: this.#connectionCount++,
      client,
      server: null,
      connectId,
      port: op.port,
      targetMachine,
      firstSynUs: op.tUs,
      synAttempt: 0,
    };
    client.connection = connection;
    process.ends.set(op.conn, client);
    this.#sendSyn(connection);
  }

  /** A pipe between a process and the one it spawned: open at both ends, read from `readableUs` on. */
  pipe(
    parent: Process,
    parentConn: number,
    child: Process,
    childConn: number,
    readableUs: number,
  ): void {
    const client = this.#end(parent, parentConn);
    const server = this.#end(child, childConn);
    const connection: Connection = {
      id: this.#connectionCount++,
      client,
      server,
      connectId: -1,
      port: 0,
      targetMachine: parent.machine.spec.name,
      firstSynUs: 0,
      synAttempt: 0,
    };
    for (const [end, peer] of [
      [client, server],
      [server, client],
    ] as const) {
      end.connection = connection;
      end.peer = peer;
      end.isOpen = true;
      end.process.ends.set(end.localId, end);
    }
    client.lastArrivalUs = readableUs;
  }

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
    this.#transmitNew(end, 'data', sendId, op.proto, op.msg, op.bytes, isForeground, touch);
  }

  /** The program, or the operating system of a process that ended, closes its side. */
  close(end: End, kind: 'close' | 'reset'): void {
    const wasOpen = end.isOpen;
    end.isOpen = false;
    end.process.ends.delete(end.localId);
    if (!wasOpen || !end.peer) return this.#abandon(end);
    this.#finish(end, kind, end.process.cause);
  }

  /** A process ended: end of stream where all was read, reset where data was unread (NODE4). */
  closeAll(process: Process): void {
    for (const end of [...process.ends.values()]) {
      this.close(end, end.unreadCount > 0 ? 'reset' : 'close');
    }
  }

  /** The machine vanished: nobody is told, nothing is sent again (NODE4). */
  vanish(process: Process): void {
    for (const end of process.ends.values()) {
      end.isOpen = false;
      this.#abandon(end);
    }
  }

  // What happens on the way.

  arrive(event: KernelEvent & { kind: 'arrive' }, touch: Touch | null): void {
    const { segment } = event;
    segment.event = null;
    if (touch?.isDropped) return this.#lose(segment, 'fault');
    if (touch) this.#copy(segment, touch.copyCount);
    if (touch && touch.delayUs > 0) return this.#delay(segment, touch.delayUs);
    segment.state = 'arrived';
    const receiver = segment.from.peer!;
    if (receiver.process.machine.isOff) return this.#lose(segment, 'off');
    if (event.isHanded) {
      removeFirst(segment);
      this.#deliver(segment, receiver, event.ticket);
      return;
    }
    const { outgoing } = segment.from;
    while (outgoing[0]?.state === 'arrived') this.#deliver(outgoing.shift()!, receiver, null);
    if (segment.from.isDisordered) segment.from.isDisordered = !isInOrder(outgoing);
    if (segment.state === 'arrived' && segment.isForeground) this.#hold(segment, true);
  }

  /** True for what only the network itself will know of: nobody need wait for it. */
  isSilent(event: KernelEvent): boolean {
    if (event.kind === 'copy') return true;
    return event.kind === 'retransmit' && !this.#isLastTry(event.segment, event.tUs);
  }

  #isLastTry(segment: Segment, tUs: number): boolean {
    return tUs - segment.firstSentUs > GIVE_UP_US;
  }

  /** On its last stretch it takes longer: what left after it waits behind it. */
  #delay(segment: Segment, delayUs: number): void {
    segment.from.isDisordered = true;
    this.#scheduleArrival(segment, this.#kernel.nowUs() + delayUs);
  }

  /** A second copy of a segment is at its end: TCP knows its number and discards it. */
  copyArrives({ from, sendId }: Segment): void {
    const receiver = from.peer!.process;
    if (receiver.machine.isOff) return;
    this.#kernel.emit({
      tUs: this.#kernel.nowUs(),
      kind: 'drop',
      node: receiver.name,
      cause: sendId,
      send: sendId,
      reason: 'duplicate',
    });
  }

  /** True when this arrival can be handed over before its commit: nothing but its time decides. */
  isCertain(segment: Segment): boolean {
    const receiver = segment.from.peer;
    return (
      segment.kind !== 'open' &&
      !segment.from.isDisordered &&
      receiver !== null &&
      receiver.isOpen &&
      receiver.process.isAlive &&
      receiver.process.incarnation === receiver.incarnation
    );
  }

  retransmit(segment: Segment): void {
    const { from } = segment;
    segment.event = null;
    if (from.process.machine.isOff) return;
    if (this.#isLastTry(segment, this.#kernel.nowUs())) return this.#giveUp(from);
    this.#kernel.emit({
      tUs: this.#kernel.nowUs(),
      kind: 'retransmit',
      node: from.process.name,
      cause: segment.sendId,
      send: segment.sendId,
      attempt: segment.attempt,
    });
    this.#transmit(segment);
  }

  synArrives(connection: Connection): void {
    const { client, port } = connection;
    const machine = this.#kernel.machine(connection.targetMachine);
    const nowUs = this.#kernel.nowUs();
    if (!machine || machine.isOff) return this.#retrySyn(connection);
    const listener = machine.listeners.get(port);
    const isLocal = machine === client.process.machine;
    if (!listener || (listener.isLoopback && !isLocal)) {
      return this.#refuse(connection, machine);
    }
    const { process } = listener;
    const server = this.#end(process, process.nextAcceptedConn);
    process.nextAcceptedConn += 2;
    server.connection = connection;
    server.peer = client;
    server.isOpen = true;
    client.peer = server;
    connection.server = server;
    process.ends.set(server.localId, server);
    const acceptId = this.#kernel.emit({
      tUs: nowUs,
      kind: 'accept',
      node: process.name,
      cause: connection.connectId,
      send: connection.connectId,
      conn: connection.id,
      from: client.process.name,
      to: client.process.name,
    });
    const input = {
      kind: 'accept',
      tUs: nowUs,
      conn: server.localId,
      port,
      from: client.process.identity.node.name,
    } as const;
    this.#kernel.hand(process, input, acceptId, true, null);
    this.#transmitNew(server, 'open', acceptId, 'tcp', 'open', null, true);
  }

  synRetry(connection: Connection): void {
    const { client } = connection;
    if (client.process.incarnation !== client.incarnation || !client.process.isAlive) return;
    if (!client.process.ends.has(client.localId)) return;
    if (this.#kernel.nowUs() - connection.firstSynUs >= CONNECT_GIVE_UP_US) {
      return this.#giveUp(client);
    }
    this.#kernel.emit({
      tUs: this.#kernel.nowUs(),
      kind: 'retransmit',
      node: client.process.name,
      cause: connection.connectId,
      send: connection.connectId,
      attempt: connection.synAttempt,
    });
    this.#sendSyn(connection);
  }

  refused(event: KernelEvent & { kind: 'refused' }): void {
    const { client } = event.connection;
    if (!this.#isCurrent(client)) return;
    const nowUs = this.#kernel.nowUs();
    client.process.ends.delete(client.localId);
    const id = this.#kernel.emit({
      tUs: nowUs,
      kind: 'refuse',
      node: client.process.name,
      cause: event.connectId,
      send: event.connectId,
      conn: event.connection.id,
      from: event.byName,
    });
    this.#kernel.hand(
      client.process,
      { kind: 'refuse', tUs: nowUs, conn: client.localId },
      id,
      true,
      null,
    );
  }

  /** A fault of the network as a whole. */
  strike(action: FaultAction): void {
    if ('partition' in action) this.#links.partition(action.partition, action.oneWay ?? false);
    else if ('cut' in action) this.#links.cut(action.cut);
    else if ('heal' in action) return this.#links.heal();
    else if ('mend' in action) return this.#links.mend(action.mend);
    else if ('link' in action) return this.#links.change(action.link, linkChange(action.set));
    else throw new InvariantError(`invariant broken: a fault of the network: ${verbOf(action)}`);
    this.#loseInFlight();
  }

  /** Partition or cut: what is in flight across it is lost (NET4). */
  #loseInFlight(): void {
    for (const event of this.#kernel.pending()) {
      if (event.isCancelled) continue;
      if (event.kind === 'arrive') {
        const { blocked } = this.#linkFrom(event.segment.from);
        if (blocked) this.#lose(event.segment, blocked);
      } else if (event.kind === 'datagram' && event.datagram.link.blocked) {
        this.#kernel.cancel(event);
        this.datagrams.lose(event.datagram, event.datagram.link.blocked);
      }
    }
  }

  #end(process: Process, localId: number): End {
    return {
      connection: null as unknown as Connection,
      process,
      incarnation: process.incarnation,
      localId,
      peer: null,
      isOpen: false,
      outgoing: [],
      isDisordered: false,
      lastArrivalUs: 0,
      unreadCount: 0,
      link: null,
    };
  }

  #isCurrent(end: End): boolean {
    return end.process.isAlive && end.process.incarnation === end.incarnation;
  }

  #linkFrom(end: End): Link {
    return (end.link ??= this.#links.between(end.process.place, end.peer!.process.place));
  }

  #sendSyn(connection: Connection): void {
    const { process } = connection.client;
    const machine = this.#kernel.machine(connection.targetMachine)!;
    const target = machine.listeners.get(connection.port)?.process ?? machine.processes[0]!;
    const link = this.#links.between(process.place, target.place);
    if (link.blocked || drawLoss(link)) return this.#retrySyn(connection);
    this.#kernel.schedule({
      kind: 'syn',
      ...stamped(process, this.#kernel.nowUs() + drawLatencyUs(link), rankOf(link)),
      connection,
    });
  }

  #retrySyn(connection: Connection): void {
    const { process } = connection.client;
    const waitUs = SYN_RETRY_US * 2 ** connection.synAttempt++;
    const dueUs = Math.min(
      this.#kernel.nowUs() + waitUs,
      connection.firstSynUs + CONNECT_GIVE_UP_US,
    );
    this.#kernel.schedule({
      kind: 'synRetry',
      ...stamped(process, dueUs, RANK.network),
      connection,
    });
  }

  #refuse(connection: Connection, machine: Machine): void {
    const { client } = connection;
    const by = machine.processes[0]!;
    const byName = by.name;
    const link = this.#links.between(client.process.place, by.place);
    this.#kernel.schedule({
      kind: 'refused',
      ...stamped(client.process, this.#kernel.nowUs() + drawLatencyUs(link), rankOf(link)),
      connection,
      byName,
      connectId: connection.connectId,
    });
  }

  /** Sends the last segment of a side. */
  #finish(end: End, kind: 'close' | 'reset', cause: number | undefined): void {
    const sendId = this.#kernel.emit({
      tUs: this.#kernel.nowUs(),
      kind,
      node: end.process.name,
      cause,
      conn: end.connection.id,
      to: end.peer!.process.name,
    });
    this.#transmitNew(end, kind, sendId, 'tcp', kind, null, true);
  }

  #transmitNew(
    from: End,
    kind: Segment['kind'],
    sendId: number,
    proto: string,
    msg: string,
    bytes: Uint8Array | null,
    isForeground: boolean,
    touch: Touch | null = null,
  ): void {
    const nowUs = this.#kernel.nowUs();
    const segment: Segment = {
      kind,
      from,
      sendId,
      proto,
      msg,
      bytes,
      isForeground,
      sentUs: nowUs,
      firstSentUs: nowUs,
      attempt: 0,
      state: 'flying',
      isHeld: false,
      isMatched: false,
      event: null,
    };
    from.outgoing.push(segment);
    this.#transmit(segment, touch);
  }

  #transmit(segment: Segment, touch: Touch | null = null): void {
    const { from } = segment;
    const nowUs = this.#kernel.nowUs();
    segment.sentUs = nowUs;
    segment.state = 'flying';
    const link = this.#linkFrom(from);
    if (link.blocked) return this.#lose(segment, link.blocked);
    const outUs = leaveUs(link, nowUs, segment.bytes?.length ?? 0);
    if (touch) this.#copy(segment, touch.copyCount);
    if (from.peer!.process.machine.isOff) return this.#lose(segment, 'off');
    if (drawLoss(link)) return this.#lose(segment, 'loss');
    if (touch?.isDropped) return this.#lose(segment, 'fault');
    const latencyUs = drawLatencyUs(link) + (touch?.delayUs ?? 0);
    const tUs = Math.max(outUs + latencyUs, from.lastArrivalUs);
    from.lastArrivalUs = tUs;
    this.#scheduleArrival(segment, tUs);
  }

  #scheduleArrival(segment: Segment, tUs: number): void {
    segment.event = {
      kind: 'arrive',
      ...stamped(
        segment.from.process,
        tUs,
        rankOf(this.#linkFrom(segment.from)),
        segment.isForeground,
      ),
      segment,
      isHanded: false,
      ticket: 0,
    };
    this.#kernel.schedule(segment.event);
  }

  #copy(segment: Segment, count: number): void {
    const { from, sendId } = segment;
    const nowUs = this.#kernel.nowUs();
    for (let copy = 0; copy < count; copy++) {
      const node = from.process.name;
      this.#kernel.emit({ tUs: nowUs, kind: 'duplicate', node, cause: sendId, send: sendId });
      const tUs = nowUs + drawLatencyUs(this.#linkFrom(from));
      this.#kernel.schedule({
        kind: 'copy',
        ...stamped(from.process, tUs, RANK.network, false),
        segment,
      });
    }
  }

  #lose(segment: Segment, reason: Exclude<Blocked, ''> | 'off' | 'loss' | 'fault'): void {
    const { from } = segment;
    const nowUs = this.#kernel.nowUs();
    if (segment.event) this.#kernel.cancel(segment.event);
    segment.event = null;
    this.#kernel.emit({
      tUs: nowUs,
      kind: 'lose',
      node: from.process.name,
      cause: segment.sendId,
      send: segment.sendId,
      reason,
    });
    if (segment.kind === 'reset') {
      removeFirst(segment);
      return;
    }
    segment.state = 'waiting';
    from.isDisordered = true;
    const waitUs = RETRANSMIT_US * 2 ** Math.min(segment.attempt++, 9);
    const dueUs = Math.max(segment.sentUs + waitUs, nowUs + 1);
    segment.event = {
      kind: 'retransmit',
      ...stamped(from.process, dueUs, RANK.network, segment.isForeground),
      segment,
    };
    this.#kernel.schedule(segment.event);
  }

  #deliver(segment: Segment, receiver: End, ticket: number | null): void {
    segment.state = 'done';
    this.#hold(segment, false);
    const { process } = receiver;
    const nowUs = this.#kernel.nowUs();
    const isWanted = this.#isCurrent(receiver) && process.ends.get(receiver.localId) === receiver;
    if (!isWanted) return this.#bounce(segment, receiver);
    if (segment.kind === 'open') {
      receiver.isOpen = true;
      const id = this.#kernel.emit({
        tUs: nowUs,
        kind: 'open',
        node: process.name,
        cause: segment.sendId,
        send: segment.sendId,
        conn: receiver.connection.id,
      });
      this.#kernel.hand(
        process,
        { kind: 'open', tUs: nowUs, conn: receiver.localId },
        id,
        true,
        null,
      );
      return;
    }
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
  }

  /** What is held behind a lost packet keeps the run alive, even if the lost one does not (KT7). */
  #hold(segment: Segment, isHeld: boolean): void {
    if (segment.isHeld === isHeld) return;
    segment.isHeld = isHeld;
    this.#kernel.countForeground(isHeld ? 1 : -1);
  }

  /** Nobody wants it: data is answered by a reset, TCP's own packets are not. */
  #bounce(segment: Segment, receiver: End): void {
    this.#kernel.emit({
      tUs: this.#kernel.nowUs(),
      kind: 'drop',
      node: receiver.process.name,
      cause: segment.sendId,
      send: segment.sendId,
      reason: 'closed',
    });
    if (segment.kind !== 'data' || !segment.from.isOpen) return;
    this.#finish(receiver, 'reset', segment.sendId);
  }

  #giveUp(end: End): void {
    this.#abandon(end);
    if (!this.#isCurrent(end)) return;
    const nowUs = this.#kernel.nowUs();
    end.isOpen = false;
    end.process.ends.delete(end.localId);
    const id = this.#kernel.emit({
      tUs: nowUs,
      kind: 'timeout',
      node: end.process.name,
      cause: end.connection.connectId >= 0 ? end.connection.connectId : undefined,
      conn: end.connection.id,
    });
    this.#kernel.hand(
      end.process,
      { kind: 'timeout', tUs: nowUs, conn: end.localId },
      id,
      true,
      null,
    );
  }

  /** Nothing of what this side still had to send will be sent again. */
  #abandon(end: End): void {
    for (const segment of end.outgoing) {
      if (segment.state === 'arrived') this.#hold(segment, false);
      if (segment.state !== 'waiting' || !segment.event) continue;
      this.#kernel.cancel(segment.event);
      segment.event = null;
    }
    end.outgoing = end.outgoing.filter((segment) => segment.state === 'flying');
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
      return { kind: 'open', tUs, conn };
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
