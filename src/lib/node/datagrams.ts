// A process's socket for datagrams (NET3): sends without ever learning what becomes of it, and keeps
// what arrived until the program asks.

import type { MessageLabel } from './connection.ts';
import type { NodeProcess } from './process.ts';
import { Deferred, SimPromise } from './promise.ts';

/** What fits into one datagram over IPv4, in bytes: 65 535 less the headers of IP and UDP. */
export const DATAGRAM_LENGTH_MAX = 65_507;
/** Unread datagrams fill a buffer of so many bytes (Linux: net.core.rmem_default); then more are lost. */
export const BUFFER_BYTES_MAX = 212_992;
/** What a send costs the CPU: a system call and a copy, as for connections. */
const SEND_NS = 5_000;

/** A call on a socket failed. `code` is errno's name. */
export class SocketError extends Error {
  override name = 'SocketError';
  readonly code: 'EMSGSIZE' | 'EADDRINUSE' | 'EBADF' | 'ENOTFOUND';
  constructor(code: SocketError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** A datagram as it arrived. */
export interface Received {
  bytes: Uint8Array;
  /** Name of the node that sent it, and its port: where an answer goes. */
  from: string;
  port: number;
}

export class DatagramSocket {
  readonly port: number;
  readonly #process: NodeProcess;
  readonly #unread: Received[] = [];
  #unreadBytes = 0;
  #reader: Deferred<Received | null> | null = null;
  #handler: ((datagram: Received) => void) | null = null;
  #isClosed = false;
  /** Why it hears nothing. */
  #error: SocketError | null = null;

  constructor(process: NodeProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  /** Somebody waits for what arrives. */
  get isAwaited(): boolean {
    return this.#reader !== null || this.#handler !== null;
  }

  /**
   * Sends one datagram; never waits and never learns.
   *
   * @throws SocketError EMSGSIZE above 65 507 bytes, ENOTFOUND for an unknown name, EBADF after
   *   `close`, EADDRINUSE when another process is known to have the port
   */
  send(host: string, port: number, bytes: Uint8Array, label: MessageLabel): void {
    const process = this.#process;
    if (this.#isClosed) throw new SocketError('EBADF', 'Bad file descriptor');
    if (this.#error) throw this.#error;
    if (bytes.length > DATAGRAM_LENGTH_MAX) {
      throw new SocketError('EMSGSIZE', `Message too long: ${bytes.length} bytes`);
    }
    if (process.machineOf(host) === undefined) {
      throw new SocketError('ENOTFOUND', `Name or service not known: ${host}`);
    }
    process.spendNs(SEND_NS);
    if (process.isLocal(host)) process.stayNear();
    process.push({
      op: 'datagram',
      tUs: process.nowUs(),
      port: this.port,
      host,
      toPort: port,
      bytes,
      proto: label.proto,
      msg: label.msg,
      preview: label.preview.slice(0, 200),
      line: process.line(),
    });
  }

  /**
   * The next datagram, or null once the socket is closed. One reader at a time.
   *
   * @throws (rejects with) SocketError EADDRINUSE when another process has the port
   */
  receive(): SimPromise<Received | null> {
    if (this.#error) return SimPromise.reject(this.#error);
    const datagram = this.#unread.shift();
    if (datagram) {
      this.#unreadBytes -= datagram.bytes.length;
      return SimPromise.resolve<Received | null>(datagram);
    }
    if (this.#isClosed) return SimPromise.resolve<Received | null>(null);
    this.#reader = new Deferred<Received | null>();
    return this.#reader.promise;
  }

  /**
   * Calls `handler` for each datagram, those that wait already first.
   *
   * @throws SocketError EADDRINUSE when another process is known to have the port
   */
  onMessage(handler: (datagram: Received) => void): void {
    if (this.#error) throw this.#error;
    this.#handler = handler;
    this.#unreadBytes = 0;
    for (const datagram of this.#unread.splice(0)) handler(datagram);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#handler = null;
    if (!this.#error) this.#process.forgetSocket(this.port);
    this.#take(null);
  }

  // What the network does.

  fail(error: SocketError): void {
    this.#error = error;
    // A handler cannot be told: nobody listens to this one, which ends the process.
    if (this.#handler) void SimPromise.reject(error);
    this.#handler = null;
    this.#reader?.reject(error);
    this.#reader = null;
  }

  arrive(datagram: Received): void {
    if (this.#handler) return this.#handler(datagram);
    if (this.#reader) return this.#take(datagram);
    if (this.#unreadBytes + datagram.bytes.length > BUFFER_BYTES_MAX) return;
    this.#unreadBytes += datagram.bytes.length;
    this.#unread.push(datagram);
  }

  #take(datagram: Received | null): void {
    const reader = this.#reader;
    this.#reader = null;
    reader?.resolve(datagram);
  }
}
