// TCP's machinery (NET2, NET5): connecting, in-order delivery, retransmission, end of stream,
// reset. A process sees open, data, close and reset; this is its operating system and the wire.
// Modelled on RFC 9293 and Linux defaults; windows, congestion and selective ACKs are left out:
// an ACK costs nothing and is lost only where the way back is blocked.

import type { Input, Op } from '#lib/protocol/packets.ts';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import { roleOf } from '#lib/protocol/wire.ts';
import type { Connection, End, Segment } from './connection.ts';
import { RANK, stamped, type KernelEvent } from './event-queue.ts';
import { drawLatencyUs, drawLoss, type Link, type Links } from './links.ts';
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
}

export type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

type SendOp = Extract<Op, { op: 'send' }>;
type ConnectOp = Extract<Op, { op: 'connect' }>;

export class Network {
  readonly #kernel: KernelPort;
  readonly #links: Links;
  readonly #connections: Connection[] = [];
  #connectionCount = 0;

  constructor(kernel: KernelPort, links: Links) {
    this.#kernel = kernel;
    this.#links = links;
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
    this.#connections.push(connection);
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
    this.#connections.push(connection);
  }

  send(process: Process, op: SendOp): number {
    const end = process.ends.get(op.conn);
    if (!end?.peer || !end.isOpen) return -1;
    const sendId = this.#kernel.emit({
      tUs: op.tUs,
      kind: 'send',
      node: process.name,
      cause: process.cause,
      conn: end.connection.id,
      to: end.peer.process.name,
      proto: op.proto,
      msg: op.msg,
      bytes: op.bytes.length,
      preview: op.preview,
      line: op.line,
      mark: op.mark,
    });
    const isForeground = roleOf(op.proto, op.msg) !== 'background';
    this.#transmitNew(end, 'data', sendId, op.proto, op.msg, op.bytes, isForeground);
    return sendId;
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

  arrive(event: KernelEvent & { kind: 'arrive' }): void {
    const { segment } = event;
    segment.event = null;
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
    if (segment.state === 'arrived' && segment.isForeground) this.#hold(segment, true);
  }

  /** True when this arrival can be handed over before its commit: nothing but its time decides. */
  isCertain(segment: Segment): boolean {
    const receiver = segment.from.peer;
    return (
      segment.kind !== 'open' &&
      segment.from.lostCount === 0 &&
      receiver !== null &&
      receiver.isOpen &&
      receiver.process.isAlive &&
      receiver.process.incarnation === receiver.incarnation
    );
  }

  retransmit(segment: Segment): void {
    const { from } = segment;
    segment.event = null;
    from.lostCount--;
    if (from.process.machine.isOff) return;
    if (this.#kernel.nowUs() - segment.firstSentUs > GIVE_UP_US) return this.#giveUp(from);
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

  /** Partition, or power-off: what is in flight across it is lost (NET4). */
  loseInFlight(reason: string): void {
    for (const connection of this.#connections) {
      for (const end of [connection.client, connection.server]) {
        if (!end?.peer) continue;
        if (!this.#linkFrom(end).isBlocked) continue;
        for (const segment of [...end.outgoing]) {
          if (segment.state === 'flying') this.#lose(segment, reason);
        }
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
      lostCount: 0,
      lastArrivalUs: 0,
      unreadCount: 0,
    };
  }

  #isCurrent(end: End): boolean {
    return end.process.isAlive && end.process.incarnation === end.incarnation;
  }

  #linkFrom(end: End): Link {
    const peer = end.peer!.process;
    return this.#links.between(end.process, {
      node: peer.identity.node.name,
      machine: peer.machine.spec.name,
    });
  }

  #sendSyn(connection: Connection): void {
    const { process } = connection.client;
    const target = { node: '', machine: connection.targetMachine };
    const listener = this.#kernel.machine(connection.targetMachine)?.listeners.get(connection.port);
    if (listener) target.node = listener.process.identity.node.name;
    const link = this.#links.between(process, target);
    if (link.isBlocked || drawLoss(link)) return this.#retrySyn(connection);
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
    const byName = machine.processes[0]?.name ?? machine.spec.name;
    const link = this.#links.between(client.process, {
      node: '',
      machine: machine.spec.name,
    });
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
      event: null,
    };
    from.outgoing.push(segment);
    this.#transmit(segment);
  }

  #transmit(segment: Segment): void {
    const { from } = segment;
    const { process } = from;
    const nowUs = this.#kernel.nowUs();
    segment.sentUs = nowUs;
    segment.state = 'flying';
    const link = this.#linkFrom(from);
    if (link.isBlocked) return this.#lose(segment, 'partition');
    if (from.peer!.process.machine.isOff) return this.#lose(segment, 'off');
    if (drawLoss(link)) return this.#lose(segment, 'loss');
    const tUs = Math.max(nowUs + drawLatencyUs(link), from.lastArrivalUs);
    from.lastArrivalUs = tUs;
    segment.event = {
      kind: 'arrive',
      ...stamped(process, tUs, rankOf(link), segment.isForeground),
      segment,
      isHanded: false,
      ticket: 0,
    };
    this.#kernel.schedule(segment.event);
  }

  #lose(segment: Segment, reason: string): void {
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
    from.lostCount++;
    const dueUs =
      Math.max(nowUs, segment.sentUs) + RETRANSMIT_US * 2 ** Math.min(segment.attempt++, 9);
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
      end.lostCount--;
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

function rankOf({ isLocal }: Link): number {
  return isLocal ? RANK.loopback : RANK.network;
}

function removeFirst(segment: Segment): void {
  const { outgoing } = segment.from;
  const index = outgoing[0] === segment ? 0 : outgoing.indexOf(segment);
  if (index === 0) outgoing.shift();
  else if (index > 0) outgoing.splice(index, 1);
}
