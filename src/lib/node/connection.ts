// A process's end of a connection: what has arrived and not been read, and who waits for it.

import { RECEIVE_BUFFER_BYTES, WINDOW_STEP_BYTES } from '#lib/protocol/tcp.ts';
import type { SocketError } from './datagrams.ts';
import { Deferred, SimPromise } from './promise.ts';
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

interface Blocked {
  byteCount: number;
  accepted: Deferred<void>;
}

interface Reader {
  max: number | undefined;
  resolve: (value: Uint8Array | null) => void;
  reject: (error: unknown) => void;
}

export class Connection {
  readonly #process: NodeProcess;
  /** The process's own id of it. */
  readonly id: number;
  /** Name of the node at the other end. */
  readonly peer: string;
  /** Its port here and at the other end; 0 for a pipe. */
  readonly ports: Readonly<{ local: number; peer: number }>;
  /** A connection that only waits for others (a client library's) does not keep its process alive. */
  keepsAlive: boolean;

  readonly #isLocal: boolean;
  readonly #chunks: Uint8Array[] = [];
  #reader: Reader | null = null;
  /** Read, and the machine not told of it yet. */
  #untoldBytes = 0;
  /** Bytes that left, how many of them the other program has read, and what waits for room (NET2). */
  #sentBytes = 0;
  #readBytes = 0;
  readonly #blocked: Blocked[] = [];
  #accepted: SimPromise<void> | null = null;
  #error: ConnectionError | null = null;
  #hasEnded = false;
  #isShut = false;
  #isClosed = false;
  /** Its machine is to know whether something lies here unread, for a kill (NODE4). */
  tellsUnread = false;
  #toldUnread = false;
  /** Told of whatever happens to this end: for programs that look before they read (Python's). */
  onchange: (() => void) | null = null;

  constructor(
    process: NodeProcess,
    id: number,
    peer: string,
    keepsAlive: boolean,
    ports = { local: 0, peer: 0 },
  ) {
    this.#process = process;
    this.id = id;
    this.peer = peer;
    this.ports = ports;
    this.keepsAlive = keepsAlive;
    this.#isLocal = process.isLocal(peer);
  }

  /** True until either side closed it or it failed. */
  get isOpen(): boolean {
    return !this.#isClosed && !this.#hasEnded && this.#error === null;
  }

  /** True while bytes that were sent wait for room at the other machine (NET2). */
  get isBlocked(): boolean {
    return this.#blocked.length > 0;
  }

  /** True while something that arrived has not been read. */
  get hasUnread(): boolean {
    return this.#chunks.length > 0;
  }

  /** True once the other side has said that it sends no more, */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** or this side has. */
  get isShut(): boolean {
    return this.#isShut || this.#isClosed;
  }

  /** Why it failed, as errno's name, or ''. */
  get failure(): ConnectionError['code'] | '' {
    return this.#error?.code ?? '';
  }

  /** True once both sides have said that they send no more, or it failed. */
  get isOver(): boolean {
    return this.#isClosed || this.#error !== null || (this.#isShut && this.#hasEnded);
  }

  get isAwaited(): boolean {
    return this.#reader !== null && this.keepsAlive;
  }

  /**
   * Sends bytes. Nobody has to wait for the promise: what finds no room in the receiver's buffer
   * (256 KiB unread) waits in this side's, in its order.
   *
   * @returns resolves when the receiver has room for them, rejects if the connection fails before
   * @throws ConnectionError EPIPE when this side is closed or shut, ECONNRESET after a reset
   */
  send(bytes: Uint8Array, label: MessageLabel): SimPromise<void> {
    if (this.#error) throw this.#error;
    if (this.#isClosed || this.#isShut) throw new ConnectionError('EPIPE', 'Broken pipe');
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
    if (this.#blocked.length === 0 && this.#hasRoom(bytes.length)) {
      this.#sentBytes += bytes.length;
      return (this.#accepted ??= SimPromise.resolve());
    }
    const accepted = new Deferred<void>();
    this.#blocked.push({ byteCount: bytes.length, accepted });
    return accepted.promise;
  }

  /**
   * The next bytes that arrived, or null at the end of the stream: one message as it was sent, or
   * with `max` at most so many bytes of the stream, across messages, as `recv` gives them.
   *
   * @throws (rejects with) ConnectionError after a reset or a time-out
   */
  receive(max?: number): SimPromise<Uint8Array | null> {
    if (this.#chunks.length > 0) {
      const bytes = max === undefined ? this.#chunks.shift()! : take(this.#chunks, max);
      this.#noteRead(bytes.length);
      return SimPromise.resolve<Uint8Array | null>(bytes);
    }
    if (this.#error) return SimPromise.reject(this.#error);
    if (this.#hasEnded || this.#isClosed) return SimPromise.resolve<Uint8Array | null>(null);
    return new SimPromise((resolve, reject) => {
      this.#reader = { resolve, reject, max };
    });
  }

  /** What `receive` would find now: data, the end of the stream, the failure, or '' for nothing yet. */
  look(): 'data' | 'end' | ConnectionError['code'] | '' {
    if (this.#chunks.length > 0) return 'data';
    if (this.#hasEnded || this.#isClosed) return 'end';
    return this.#error?.code ?? '';
  }

  /** At most `max` bytes of what has arrived, across messages; `isPeek` leaves them there. */
  takeNow(max: number, isPeek = false): Uint8Array {
    const bytes = take(isPeek ? [...this.#chunks] : this.#chunks, max);
    if (this.tellsUnread) this.#process.noteUnread(this);
    if (!isPeek) this.#noteRead(bytes.length);
    return bytes;
  }

  /** Sends end of stream, once; what arrives can still be read (`shutdown(SHUT_WR)`). */
  shutdown(): void {
    if (this.isOver || this.#isShut) return;
    this.#isShut = true;
    if (this.#isLocal) this.#process.stayNear();
    this.#process.push({ op: 'shut', tUs: this.#process.nowUs(), conn: this.id });
  }

  /** Sends end of stream. What arrives later is lost. */
  close(): void {
    this.#close('close');
  }

  /** Closes without a good-bye: whoever reads or writes at the other end learns of a reset. */
  reset(): void {
    this.#close('reset');
  }

  #close(op: 'close' | 'reset'): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#process.forgetConnection(this.id);
    if (this.#isLocal) this.#process.stayNear();
    if (!this.#error) this.#process.push({ op, tUs: this.#process.nowUs(), conn: this.id });
    this.#wake(null);
  }

  /** At the end of a turn: says whether something lies here unread, if that is new. */
  tellUnread(): void {
    if (this.#toldUnread === this.hasUnread || this.isOver) return;
    this.#toldUnread = this.hasUnread;
    const tUs = this.#process.nowUs();
    this.#process.push({ op: 'unread', tUs, conn: this.id, flag: this.hasUnread });
  }

  // What the network does.

  arrive(bytes: Uint8Array): void {
    if (this.#isClosed) return;
    const reader = this.#reader;
    if (!reader) {
      this.#chunks.push(bytes);
      if (this.tellsUnread) this.#process.noteUnread(this);
      this.onchange?.();
      return;
    }
    let read = bytes;
    if (reader.max !== undefined && bytes.length > reader.max) {
      this.#chunks.push(bytes);
      read = take(this.#chunks, reader.max);
    }
    this.#noteRead(read.length);
    this.#wake(read);
  }

  /** The other program has read so many bytes in all: what waited may have room now. */
  makeRoom(readBytes: number): void {
    this.#readBytes = readBytes;
    while (this.#blocked.length > 0 && this.#hasRoom(this.#blocked[0]!.byteCount)) {
      const { byteCount, accepted } = this.#blocked.shift()!;
      this.#sentBytes += byteCount;
      accepted.resolve();
    }
    this.onchange?.();
  }

  end(): void {
    this.#hasEnded = true;
    if (this.#chunks.length === 0) this.#wake(null);
    this.onchange?.();
  }

  fail(error: ConnectionError): void {
    this.#error = error;
    this.#process.forgetConnection(this.id);
    const reader = this.#reader;
    this.#reader = null;
    reader?.reject(error);
    for (const { accepted } of this.#blocked.splice(0)) {
      // Whoever did not wait for it learns of the failure at the next call.
      accepted.promise.catch(() => undefined);
      accepted.reject(error);
    }
    this.onchange?.();
  }

  #hasRoom(byteCount: number): boolean {
    const unread = this.#sentBytes - this.#readBytes;
    return unread + Math.min(byteCount, WINDOW_STEP_BYTES) <= RECEIVE_BUFFER_BYTES;
  }

  #noteRead(byteCount: number): void {
    this.#untoldBytes += byteCount;
    if (this.#untoldBytes < WINDOW_STEP_BYTES || this.#isClosed) return;
    if (this.#isLocal) this.#process.stayNear();
    const tUs = this.#process.nowUs();
    this.#process.push({ op: 'read', tUs, conn: this.id, count: this.#untoldBytes });
    this.#untoldBytes = 0;
  }

  #wake(value: Uint8Array | null): void {
    const reader = this.#reader;
    this.#reader = null;
    reader?.resolve(value);
  }
}

/** Takes at most so many bytes off the front. */
function take(chunks: Uint8Array[], max: number): Uint8Array {
  const parts: Uint8Array[] = [];
  let room = Math.max(1, max);
  while (chunks.length > 0 && room > 0) {
    const [first] = chunks as [Uint8Array];
    if (first.length > room) chunks[0] = first.subarray(room);
    else chunks.shift();
    parts.push(first.subarray(0, room));
    room -= Math.min(room, first.length);
  }
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** What a send costs the CPU: a system call and a copy, about 5 µs on the machines we measured. */
const SEND_NS = 5_000;

/** Accepts connections on a port. */
export class Listener {
  readonly port: number;
  readonly #process: NodeProcess;
  readonly #waiting: Connection[] = [];
  #taker: Deferred<Connection> | null = null;
  /** Why it takes none: another process has the port. */
  error: SocketError | null = null;
  #isClosed = false;
  /** Told when a connection waits: see Connection. */
  onchange: (() => void) | null = null;

  constructor(process: NodeProcess, port: number) {
    this.#process = process;
    this.port = port;
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** The next connection, if one waits. */
  takeNow(): Connection | undefined {
    const connection = this.#waiting.shift();
    if (connection) this.#tell();
    return connection;
  }

  /**
   * The next connection.
   *
   * @throws (rejects with) SocketError EADDRINUSE when another process has the port
   */
  accept(): SimPromise<Connection> {
    if (this.error) return SimPromise.reject(this.error);
    const connection = this.takeNow();
    if (connection) return SimPromise.resolve(connection);
    this.#taker = new Deferred<Connection>();
    return this.#taker.promise;
  }

  /** Gives the port back. Whoever connected and was not accepted is reset by the machine. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#process.stayNear();
    for (const { id } of this.#waiting.splice(0)) this.#process.forgetConnection(id);
    if (!this.error) this.#process.forgetListener(this.port);
  }

  // What the network does.

  fail(error: SocketError): void {
    this.error = error;
    this.#taker?.reject(error);
    this.onchange?.();
  }

  arrive(connection: Connection): void {
    const taker = this.#taker;
    this.#taker = null;
    if (!taker) {
      this.#waiting.push(connection);
      this.onchange?.();
      return;
    }
    this.#tell();
    taker.resolve(connection);
  }

  /** One less waits to be accepted: the machine keeps 128 (NET2). */
  #tell(): void {
    this.#process.push({ op: 'accepted', tUs: this.#process.nowUs(), port: this.port });
  }
}
