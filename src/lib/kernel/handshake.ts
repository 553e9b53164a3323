// How connections begin (NET2, NODE9): request, acceptance, refusal, silence. Modelled on Linux: a
// request is sent again after 1 s, doubled each time, and given up after 127 s; a listener keeps 128
// connections that its program has not accepted. The answer to a request is the first segment of
// the server's side (tcp.ts).

import type { Op } from '#lib/protocol/packets.ts';
import { BACKLOG_MAX } from '#lib/protocol/tcp.ts';
import { isCurrent, newEnd, type Connection, type End } from './connection.ts';
import { RANK, stamped, type KernelEvent } from './event-queue.ts';
import { drawLatencyUs, drawLoss, rankOf, type Links } from './links.ts';
import type { KernelPort } from './port.ts';
import type { Machine, Process } from './process.ts';
import type { Tcp } from './tcp.ts';

/** First retry of a connection request, doubled each time (RFC 6298). */
const SYN_RETRY_US = 1_000_000;

type ConnectOp = Extract<Op, { op: 'connect' }>;

export class Handshake {
  readonly #kernel: KernelPort;
  readonly #links: Links;
  readonly #tcp: Tcp;
  readonly #giveUpUs: number;
  #connectionCount = 0;

  constructor(kernel: KernelPort, links: Links, tcp: Tcp, giveUpUs: number) {
    this.#kernel = kernel;
    this.#links = links;
    this.#tcp = tcp;
    this.#giveUpUs = giveUpUs;
  }

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
    const client = newEnd(process, op.conn);
    const { port, tUs } = op;
    const connection = this.#connection(client, null, connectId, port, targetMachine, tUs);
    connection.fromPort = op.fromPort || process.machine.freePort();
    process.ends.set(op.conn, client);
    this.#sendRequest(connection);
  }

  /** A pipe between a process and the one it spawned: open at both ends, read from `readableUs` on. */
  pipe(
    parent: Process,
    parentConn: number,
    child: Process,
    childConn: number,
    readableUs: number,
  ): void {
    const client = newEnd(parent, parentConn);
    const server = newEnd(child, childConn);
    this.#connection(client, server, -1, 0, parent.machine.spec.name, 0);
    for (const end of [client, server]) {
      end.isOpen = true;
      end.process.ends.set(end.localId, end);
    }
    client.lastArrivalUs = readableUs;
  }

  requestArrives(connection: Connection): void {
    const { client, port } = connection;
    const machine = this.#targetOf(connection);
    if (machine.isOff) return this.#loseRequest(connection, 'off');
    const listener = machine.listeners.get(port);
    const isLocal = machine === client.process.machine;
    if (!listener || (listener.isLoopback && !isLocal)) return this.#refuse(connection, machine);
    // Another node of this machine may have taken the port meanwhile.
    const { blocked } = this.#links.between(client.process.place, listener.process.place);
    if (blocked) return this.#loseRequest(connection, blocked);
    if (listener.waiting.length >= BACKLOG_MAX) return this.#loseRequest(connection, 'backlog');
    listener.waiting.push(this.#accept(connection, listener.process));
  }

  retry(connection: Connection): void {
    const { client, connectId } = connection;
    if (!this.#isWaiting(client)) return;
    const nowUs = this.#kernel.nowUs();
    if (nowUs - connection.firstSynUs >= this.#giveUpUs) {
      return this.#tcp.giveUp(client, connectId);
    }
    this.#kernel.emit({
      tUs: nowUs,
      kind: 'retransmit',
      node: client.process.name,
      cause: connectId,
      send: connectId,
      attempt: connection.synAttempt,
    });
    this.#sendRequest(connection);
  }

  refused({ connection, byName, connectId }: KernelEvent & { kind: 'refused' }): void {
    const { client } = connection;
    if (!isCurrent(client)) return;
    const { process, localId } = client;
    const nowUs = this.#kernel.nowUs();
    process.ends.delete(localId);
    const id = this.#kernel.emit({
      tUs: nowUs,
      kind: 'refuse',
      node: process.name,
      cause: connectId,
      send: connectId,
      conn: connection.id,
      from: byName,
    });
    this.#kernel.hand(process, { kind: 'refuse', tUs: nowUs, conn: localId }, id, true, null);
  }

  /** The answer to a request was lost: from now on the requester may run out of patience. */
  answerLost(connection: Connection): void {
    const { client, firstSynUs } = connection;
    if (connection.deadline || client.isOpen || connection.connectId < 0) return;
    const dueUs = Math.max(firstSynUs + this.#giveUpUs, this.#kernel.nowUs() + 1);
    connection.deadline = {
      ...stamped(client.process, dueUs, RANK.network),
      kind: 'deadline',
      connection,
    };
    this.#kernel.schedule(connection.deadline);
  }

  deadlinePasses(connection: Connection): void {
    connection.deadline = null;
    if (this.#isWaiting(connection.client)) {
      this.#tcp.giveUp(connection.client, connection.connectId);
    }
  }

  /** A partition or a cut stands between: a request or a refusal in flight is lost (NET4). */
  loseInFlight(event: KernelEvent & { kind: 'request' | 'refused' }): void {
    const { blocked } = event.link;
    if (!blocked) return;
    this.#kernel.cancel(event);
    this.#loseRequest(event.connection, blocked);
  }

  #connection(
    client: End,
    server: End | null,
    connectId: number,
    port: number,
    targetMachine: string,
    tUs: number,
  ): Connection {
    const connection: Connection = {
      ...{ id: this.#connectionCount++, client, server, connectId, port, targetMachine },
      ...{ fromPort: 0, firstSynUs: tUs, synSentUs: tUs, synAttempt: 0, deadline: null },
    };
    client.connection = connection;
    if (server) this.#join(connection, server);
    return connection;
  }

  #join(connection: Connection, server: End): void {
    connection.server = server;
    server.connection = connection;
    server.peer = connection.client;
    connection.client.peer = server;
  }

  #accept(connection: Connection, process: Process): End {
    const { client, connectId, id: conn, port, fromPort } = connection;
    const nowUs = this.#kernel.nowUs();
    const server = newEnd(process, process.nextAcceptedConn);
    process.nextAcceptedConn += 2;
    this.#join(connection, server);
    server.isOpen = true;
    process.ends.set(server.localId, server);
    const { name } = client.process;
    const acceptId = this.#kernel.emit({
      tUs: nowUs,
      kind: 'accept',
      node: process.name,
      cause: connectId,
      send: connectId,
      conn,
      from: name,
      to: name,
    });
    const from = client.process.place.node;
    const { localId } = server;
    const input = { kind: 'accept', tUs: nowUs, conn: localId, port, from, fromPort } as const;
    this.#kernel.hand(process, input, acceptId, true, null);
    this.#tcp.sendOpen(server, acceptId);
    return server;
  }

  #isWaiting(client: End): boolean {
    return isCurrent(client) && !client.isOpen && client.process.ends.has(client.localId);
  }

  #targetOf({ targetMachine }: Connection): Machine {
    return this.#kernel.machine(targetMachine)!;
  }

  #sendRequest(connection: Connection): void {
    const { process } = connection.client;
    const nowUs = this.#kernel.nowUs();
    connection.synSentUs = nowUs;
    const machine = this.#targetOf(connection);
    const target = machine.listeners.get(connection.port)?.process ?? machine.processes[0]!;
    const link = this.#links.between(process.place, target.place);
    if (link.blocked) return this.#loseRequest(connection, link.blocked);
    if (drawLoss(link)) return this.#loseRequest(connection, 'loss');
    this.#kernel.schedule({
      ...stamped(process, nowUs + drawLatencyUs(link), rankOf(link)),
      kind: 'request',
      connection,
      link,
    });
  }

  /** It, or the refusal that came back, is gone: the request is sent again when its time is over. */
  #loseRequest(connection: Connection, reason: string): void {
    const { client, connectId } = connection;
    const { process } = client;
    const tUs = this.#kernel.nowUs();
    const node = process.name;
    this.#kernel.emit({ tUs, kind: 'lose', node, cause: connectId, send: connectId, reason });
    if (!this.#isWaiting(client)) return;
    const waitUs = SYN_RETRY_US * 2 ** connection.synAttempt++;
    const lastUs = connection.firstSynUs + this.#giveUpUs;
    const dueUs = Math.max(tUs + 1, Math.min(connection.synSentUs + waitUs, lastUs));
    this.#kernel.schedule({
      ...stamped(process, dueUs, RANK.network),
      kind: 'requestRetry',
      connection,
    });
  }

  #refuse(connection: Connection, machine: Machine): void {
    const { client, connectId } = connection;
    const by = machine.processes[0]!;
    const link = this.#links.between(by.place, client.process.place);
    if (link.blocked) return this.#loseRequest(connection, link.blocked);
    if (drawLoss(link)) return this.#loseRequest(connection, 'loss');
    this.#kernel.schedule({
      ...stamped(client.process, this.#kernel.nowUs() + drawLatencyUs(link), rankOf(link)),
      kind: 'refused',
      connection,
      byName: by.name,
      connectId,
      link,
    });
  }
}
