// The sockets of one interpreter: what has arrived and not been read (runtime/sockets.py is their
// other half). Python looks, parks if it finds nothing, and looks again when woken: descriptors.ts.

import { ConnectionError, type Connection, type Listener } from '#lib/node/connection.ts';
import { dissectorOf, type Dissector } from '#lib/node/dissect.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { POLL, type Descriptor, type Descriptors } from './descriptors.ts';
import { PairEnd } from './pair.ts';

/** An error's name as errno has it, '' for none. */
type ErrorName = string;

interface Socket extends Descriptor {
  connection: Connection | PairEnd | null;
  isConnecting: boolean;
  /** Names what is sent, where the port has a protocol. */
  dissect: Dissector | null;
  listener: Listener | null;
  port: number;
  /** The reset has been told: from now on there is nothing to read and nobody to write to. */
  isReset: boolean;
  /** Why connecting failed. */
  error: ErrorName;
}

/** Ports that the operating system gives away. */
const FIRST_FREE_PORT = 32_768;
const PREVIEW_LENGTH = 200;

const decoder = new TextDecoder('utf-8', { fatal: true });

export class Sockets {
  readonly #process: NodeProcess;
  readonly #files: Descriptors;
  readonly #sockets = new Set<Socket>();
  #nextPort = FIRST_FREE_PORT;

  constructor(process: NodeProcess, files: Descriptors) {
    this.#process = process;
    this.#files = files;
  }

  open(): number {
    const socket: Socket = {
      connection: null,
      isConnecting: false,
      dissect: null,
      listener: null,
      port: 0,
      isReset: false,
      error: '',
      waiters: [],
      ready: () => readyOf(socket),
      release: () => {
        this.#sockets.delete(socket);
        socket.connection?.close();
      },
    };
    this.#sockets.add(socket);
    return this.#files.open(socket);
  }

  /** Numbers of two sockets, connected to each other. */
  pair(): number[] {
    return PairEnd.pair(this.#process).map((end) => {
      const number = this.open();
      this.#attach(this.#get(number), end, 0);
      return number;
    });
  }

  // Servers.

  freePort(): number {
    while (this.isPortTaken(this.#nextPort)) this.#nextPort++;
    return this.#nextPort++;
  }

  isPortTaken(port: number): boolean {
    for (const socket of this.#sockets) {
      if (socket.listener && socket.port === port) return true;
    }
    return false;
  }

  listen(number: number, port: number, isLoopback: boolean): ErrorName {
    const socket = this.#get(number);
    if (socket.listener) return '';
    if (this.isPortTaken(port)) return 'EADDRINUSE';
    socket.port = port;
    socket.listener = this.#process.listen(port, isLoopback);
    socket.listener.onchange = () => this.#files.changed(socket);
    return '';
  }

  isListening(number: number): boolean {
    return this.#get(number).listener !== null;
  }

  /** The number of a socket for the next connection, 0 when there is none. */
  accept(number: number): number {
    const connection = this.#get(number).listener?.takeNow();
    if (!connection) return 0;
    const accepted = this.open();
    this.#attach(this.#get(accepted), connection, this.#get(number).port);
    return accepted;
  }

  // Clients.

  connect(number: number, host: string, port: number): ErrorName {
    const socket = this.#get(number);
    if (socket.connection) return 'EISCONN';
    if (socket.isConnecting) return 'EALREADY';
    socket.isConnecting = true;
    socket.error = '';
    this.#process.connect(host, port).then(
      (connection) => {
        socket.isConnecting = false;
        if (this.#sockets.has(socket)) this.#attach(socket, connection, port);
        else connection.close();
        this.#files.changed(socket);
      },
      (error: unknown) => {
        if (!(error instanceof ConnectionError)) throw error;
        socket.isConnecting = false;
        socket.error = error.code;
        this.#files.changed(socket);
      },
    );
    return '';
  }

  /** `open`, the name of an error, or '' while connecting. */
  connected(number: number): string {
    const socket = this.#get(number);
    return socket.connection ? 'open' : socket.error;
  }

  // Data.

  /** `data`, `end`, the name of an error, or '' when there is nothing yet. */
  readable(number: number): string {
    const socket = this.#get(number);
    if (!socket.connection || socket.isReset) return 'end';
    const found = socket.connection.look();
    // Told once, as Linux does.
    if (found === 'ECONNRESET') socket.isReset = true;
    return found;
  }

  /** At most `size` bytes of what has arrived, across messages. */
  take(number: number, size: number, isPeek: boolean): Uint8Array {
    return this.#get(number).connection!.takeNow(size, isPeek);
  }

  /** Sends, or gives the name of the error. What finds no room waits: see `writable`. */
  send(number: number, bytes: Uint8Array): ErrorName {
    const socket = this.#get(number);
    const { connection } = socket;
    if (!connection) return socket.error || 'ENOTCONN';
    if (socket.isReset) return 'EPIPE';
    if (bytes.length === 0) return '';
    const hasEnded = connection.look() === 'end';
    try {
      const label = socket.dissect?.(bytes);
      connection.send(bytes, label ?? { proto: 'node', msg: 'data', preview: previewOf(bytes) });
      return '';
    } catch (failure) {
      if (!(failure instanceof ConnectionError)) throw failure;
      socket.isReset = true;
      // Whoever has seen the end of the stream writes into a broken pipe.
      return failure.code === 'ECONNRESET' && hasEnded ? 'EPIPE' : failure.code;
    }
  }

  /** `room`, the name of an error, or '' while what was sent waits for room. */
  writable(number: number): string {
    const { connection } = this.#get(number);
    if (!connection) return 'ENOTCONN';
    if (!connection.isBlocked) return 'room';
    const found = connection.look();
    return found === 'data' || found === 'end' ? '' : found;
  }

  /** Sends end of stream, and reads no more. */
  shut(number: number): void {
    this.#get(number).connection?.close();
  }

  errorOf(number: number): ErrorName {
    return this.#get(number).error;
  }

  /** Name of the node at the other end, '' when not connected. */
  peerName(number: number): string {
    return this.#get(number).connection?.peer ?? '';
  }

  /** A number for each connection. The simulated network does not number the far end. */
  portOf(number: number): number {
    const { connection } = this.#get(number);
    return connection ? FIRST_FREE_PORT + connection.id : 0;
  }

  #get(number: number): Socket {
    const socket = this.#files.get(number) as Socket;
    if (!this.#sockets.has(socket)) throw new RangeError(`no such socket: ${number}`);
    return socket;
  }

  #attach(socket: Socket, connection: Connection | PairEnd, port: number): void {
    socket.connection = connection;
    socket.dissect = dissectorOf(port);
    connection.onchange = () => this.#files.changed(socket);
  }
}

/** As Linux's tcp_poll has it. */
function readyOf({ connection, listener, isConnecting, isReset, error }: Socket): number {
  if (listener) return listener.hasWaiting ? POLL.in : 0;
  if (isConnecting) return 0;
  if (error) return POLL.in | POLL.out | POLL.err | POLL.hup;
  if (!connection || isReset) return POLL.out | POLL.hup;
  const found = connection.look();
  if (found === '') return connection.isBlocked ? 0 : POLL.out;
  const mask = connection.isBlocked ? POLL.in : POLL.in | POLL.out;
  if (found === 'data') return mask;
  return found === 'end' ? mask | POLL.rdhup : mask | POLL.out | POLL.err | POLL.hup;
}

/** Text as it is, else how much it was. */
function previewOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes).slice(0, PREVIEW_LENGTH);
  } catch {
    return `${bytes.length} bytes`;
  }
}
