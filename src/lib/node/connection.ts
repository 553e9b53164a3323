// A process's end of a connection: what has arrived and not been read, and who waits for it.

import { SimPromise } from './promise.ts';
import type { NodeProcess } from './process.ts';

/** How a message is called in the trace (NET5). */
export interface MessageLabel {
  /** Protocol, a key of `WIRE`. */
  proto: string;
  /** Word of that protocol's vocabulary. */
  msg: string;
  /** At most 200 bytes of what is in it. */
  preview: string;
  /** `redelivered`: the receiver may have seen it before. */
  mark?: string;
}

/** A connection failed: refused, reset or timed out. `code` is errno's name. */
export class ConnectionError extends Error {
  override name = 'ConnectionError';
  readonly code: 'ECONNREFUSED' | 'ECONNRESET' | 'ETIMEDOUT' | 'EPIPE' | 'ENOTFOUND';
  constructor(code: ConnectionError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

interface Reader {
  resolve: (value: Uint8Array | null) => void;
  reject: (error: unknown) => void;
}

export class Connection {
  readonly #process: NodeProcess;
  /** The process's own id of it. */
  readonly id: number;
  /** Name of the node at the other end. */
  readonly peer: string;
  /** A connection that only waits for others (a client library's) does not keep its process alive. */
  keepsAlive: boolean;

  readonly #isLocal: boolean;
  readonly #chunks: Uint8Array[] = [];
  #reader: Reader | null = null;
  #error: ConnectionError | null = null;
  #hasEnded = false;
  #isClosed = false;

  constructor(process: NodeProcess, id: number, peer: string, keepsAlive: boolean) {
    this.#process = process;
    this.id = id;
    this.peer = peer;
    this.keepsAlive = keepsAlive;
    this.#isLocal = process.isLocal(peer);
  }

  /** True until either side closed it or it failed. */
  get isOpen(): boolean {
    return !this.#isClosed && !this.#hasEnded && this.#error === null;
  }

  get isAwaited(): boolean {
    return this.#reader !== null && this.keepsAlive;
  }

  /**
   * Sends bytes; never waits.
   *
   * @throws ConnectionError EPIPE when this side is closed, ECONNRESET after a reset
   */
  send(bytes: Uint8Array, label: MessageLabel): void {
    if (this.#error) throw this.#error;
    if (this.#isClosed) throw new ConnectionError('EPIPE', 'Broken pipe');
    this.#process.spendNs(SEND_NS);
    if (this.#isLocal) this.#process.stayNear();
    this.#process.push({
      op: 'send',
      tUs: this.#process.nowUs(),
      conn: this.id,
      bytes,
      proto: label.proto,
      msg: label.msg,
      preview: label.preview.slice(0, 200),
      line: this.#process.line(),
      mark: label.mark,
    });
  }

  /**
   * The next bytes that arrived, or null at the end of the stream.
   *
   * @throws (rejects with) ConnectionError after a reset or a time-out
   */
  receive(): SimPromise<Uint8Array | null> {
    const chunk = this.#chunks.shift();
    if (chunk) return SimPromise.resolve<Uint8Array | null>(chunk);
    if (this.#error) return SimPromise.reject(this.#error);
    if (this.#hasEnded || this.#isClosed) return SimPromise.resolve<Uint8Array | null>(null);
    return new SimPromise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  /** Sends end of stream. What arrives later is lost. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#process.forgetConnection(this.id);
    if (this.#isLocal) this.#process.stayNear();
    if (!this.#error) {
      this.#process.push({ op: 'close', tUs: this.#process.nowUs(), conn: this.id });
    }
    this.#wake(null);
  }

  // What the network does.

  arrive(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    if (this.#reader) this.#wake(bytes);
    else this.#chunks.push(bytes);
  }

  end(): void {
    this.#hasEnded = true;
    if (this.#chunks.length === 0) this.#wake(null);
  }

  fail(error: ConnectionError): void {
    this.#error = error;
    this.#process.forgetConnection(this.id);
    const reader = this.#reader;
    this.#reader = null;
    reader?.reject(error);
  }

  #wake(value: Uint8Array | null): void {
    const reader = this.#reader;
    this.#reader = null;
    reader?.resolve(value);
  }
}

/** What a send costs the CPU: a system call and a copy, about 5 µs on the machines we measured. */
const SEND_NS = 5_000;

/** Accepts connections on a port. */
export class Listener {
  readonly port: number;
  readonly #waiting: Connection[] = [];
  #taker: ((connection: Connection) => void) | null = null;

  constructor(port: number) {
    this.port = port;
  }

  /** The next connection. */
  accept(): SimPromise<Connection> {
    const connection = this.#waiting.shift();
    if (connection) return SimPromise.resolve(connection);
    return new SimPromise<Connection>((resolve) => {
      this.#taker = resolve;
    });
  }

  arrive(connection: Connection): void {
    const taker = this.#taker;
    this.#taker = null;
    if (taker) taker(connection);
    else this.#waiting.push(connection);
  }
}
