// The messages under way, as the trace tells them. A message leaves with `send`, `close`, `reset`,
// `connect` or `accept` (which carries the news that a connection is open), and is settled by the
// event that names it: `deliver`, `accept`, `open`, `refuse`, `drop`.

import { RECEIVE_BUFFER_BYTES, WINDOW_STEP_BYTES } from '#lib/protocol/tcp.ts';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import type { Paths } from './paths.ts';

export interface Message {
  id: number;
  kind: 'send' | 'close' | 'reset' | 'connect' | 'accept';
  from: string;
  /** A process; of a connection request the host as the program named it. */
  to: string;
  /** Absent: a datagram. */
  conn: number | undefined;
  proto: string;
  msg: string;
  /** When the first of what is under way left, */
  sentUs: number;
  /** and how long it takes at least. */
  baseUs: number;
  /** Copies that may still arrive: one, and one for each duplicate. */
  copies: number;
  /** Lost, all copies of it, and not sent again since. */
  isLost: boolean;
  /** A copy of it was lost since it was last sent: TCP may send it again. */
  isMissed: boolean;
  /** Arrived; what is still under way are copies. */
  hasArrived: boolean;
}

/** What names a message in its field `send` because it arrived, or arrived where nobody wanted it. */
export function arrivalOf(event: TraceEvent): number | undefined {
  switch (event.kind) {
    case 'deliver':
    case 'accept':
    case 'open':
    case 'refuse':
    case 'drop':
      return event.send;
    default:
      return undefined;
  }
}

/** Which kinds of message each kind of arrival settles. */
export const SETTLES: Readonly<Record<string, readonly Message['kind'][]>> = {
  deliver: ['send', 'close', 'reset'],
  accept: ['connect'],
  open: ['accept'],
  refuse: ['connect'],
  drop: ['send', 'close', 'reset', 'accept', 'connect'],
};

export class Messages {
  readonly #open = new Map<number, Message>();
  /** Delivered, and sent again because the sender does not know: its ACK met a partition. */
  readonly #again = new Set<number>();
  /** Bytes by direction, `conn process`. */
  readonly #sentBytes = new Map<string, number>();
  /** Requests under way: connection -> message. */
  readonly #requests = new Map<number, Message>();
  readonly #paths: Paths;

  constructor(paths: Paths) {
    this.#paths = paths;
  }

  get(id: number): Message | undefined {
    return this.#open.get(id);
  }

  /** True for a message that was delivered and of which another copy is under way. */
  isAgain(id: number): boolean {
    return this.#again.has(id);
  }

  /** So much was sent before it that the receiver's buffer may have no room for it (NET2). */
  isPerhapsUnread({ conn, from }: Message): boolean {
    const sentBytes = this.#sentBytes.get(`${conn} ${from}`) ?? 0;
    return sentBytes > RECEIVE_BUFFER_BYTES - WINDOW_STEP_BYTES;
  }

  underWay(): Iterable<Message> {
    return this.#open.values();
  }

  follow(event: TraceEvent, id: number): void {
    switch (event.kind) {
      case 'send':
        this.#count(event.conn, event.node, event.bytes);
        return this.#leave(event, id, event.to, event.proto, event.msg);
      case 'close':
      case 'reset':
      case 'connect':
        return this.#leave(event, id, event.to, 'tcp', event.kind);
      case 'accept':
        this.#arrive(event.send);
        return this.#leave(event, id, event.to, 'tcp', 'open');
      case 'deliver':
      case 'open':
      case 'refuse':
      case 'drop':
        return this.#arrive(event.send);
      case 'lose':
        return this.#lose(event.send);
      case 'retransmit':
        return this.#leaveAgain(event.send, event.tUs);
      case 'duplicate': {
        const message = this.#open.get(event.send);
        if (message) message.copies++;
        return;
      }
      case 'timeout': {
        const request = this.#requests.get(event.conn);
        if (request) this.#settle(request);
        return;
      }
      default:
        return;
    }
  }

  #leave(
    event: TraceEvent & { kind: Message['kind'] },
    id: number,
    to: string,
    proto: string,
    msg: string,
  ): void {
    const { kind, node: from, conn, tUs: sentUs } = event;
    const named = { id, kind, from, to, conn, proto, msg };
    const fresh = { copies: 1, isLost: false, isMissed: false, hasArrived: false };
    const message = { ...named, sentUs, baseUs: 0, ...fresh };
    message.baseUs = this.#baseUs(message);
    this.#open.set(id, message);
    if (kind === 'connect') this.#requests.set(conn!, message);
  }

  #count(conn: number | undefined, from: string, byteCount: number): void {
    if (conn === undefined) return;
    const key = `${conn} ${from}`;
    this.#sentBytes.set(key, (this.#sentBytes.get(key) ?? 0) + byteCount);
  }

  #arrive(id: number): void {
    this.#again.delete(id);
    const message = this.#open.get(id);
    if (!message) return;
    message.hasArrived = true;
    if (--message.copies === 0) this.#settle(message);
  }

  /** What is lost on a connection is sent again; a datagram is gone. */
  #lose(id: number): void {
    this.#again.delete(id);
    const message = this.#open.get(id);
    if (!message) return;
    if (message.conn === undefined) return this.#arrive(id);
    message.isMissed = true;
    if (message.copies > 1) message.copies--;
    else message.isLost = true;
  }

  #leaveAgain(id: number, tUs: number): void {
    const message = this.#open.get(id);
    if (!message) {
      this.#again.add(id);
      return;
    }
    const baseUs = this.#baseUs(message);
    if (message.isLost) {
      message.sentUs = tUs;
      message.baseUs = baseUs;
    } else {
      // What arrives next may be the copy that left before.
      message.copies++;
      message.baseUs = Math.min(message.baseUs, baseUs);
    }
    message.isLost = message.isMissed = false;
  }

  #baseUs({ kind, from, to }: Message): number {
    return kind === 'connect' ? this.#paths.requestBaseUs(from, to) : this.#paths.baseUs(from, to);
  }

  #settle(message: Message): void {
    this.#open.delete(message.id);
    if (message.kind === 'connect') this.#requests.delete(message.conn!);
  }
}
