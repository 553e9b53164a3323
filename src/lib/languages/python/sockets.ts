// The sockets of one interpreter: what state each is in, and what has arrived and not been read
// (runtime/sockets.py is their other half). Python looks, parks if it finds nothing, and looks again
// when woken: descriptors.ts. Modelled on Linux (net/ipv4/tcp.c, af_inet.c).

import { ConnectionError, type Connection, type Listener } from '#lib/node/connection.ts';
import { dissectorOf, type Dissector } from '#lib/node/dissect.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import type { SimPromise } from '#lib/node/promise.ts';
import type { Descriptor, Descriptors } from './descriptors.ts';
import { PairEnd } from './pair.ts';
import { previewOf } from './preview.ts';
import { readyOf } from './readiness.ts';

/** An error's name as errno has it, '' for none. */
type ErrorName = string;

export interface Socket extends Descriptor {
  connection: Connection | PairEnd | null;
  /** While it connects. */
  opening: SimPromise<Connection> | null;
  /** A connection that nobody waited for is open: the next `connect` says so, once. */
  hasJustOpened: boolean;
  /** Names what is sent, where the port has a protocol. */
  dissect: Dissector | null;
  listener: Listener | null;
  /** The port that it was bound to: 0 for none, -1 while the machine is being asked. */
  port: number;
  /** Nothing more will be read (`SHUT_RD`), or accepted. */
  isReadShut: boolean;
  /** Its failure has been told: from now on there is nothing to read and nobody to write to. */
  isDead: boolean;
  /** What went wrong, until it is told. */
  error: ErrorName;
  /** Closing resets the connection (`SO_LINGER` of 0). */
  isAbrupt: boolean;
}

/**
 * Bytes that a socket takes from a program that would not wait, if there is any room at all. Linux
 * adapts this between 16 KiB and 4 MiB.
 */
const SEND_BUFFER_BYTES = 262_144;

const SHUT_RD = 0;
const SHUT_WR = 1;

export class Sockets {
  readonly #process: NodeProcess;
  readonly #files: Descriptors;
  readonly #sockets = new Set<Socket>();

  constructor(process: NodeProcess, files: Descriptors) {
    this.#process = process;
    this.#files = files;
  }

  open(): number {
    const socket: Socket = {
      connection: null,
      opening: null,
      hasJustOpened: false,
      dissect: null,
      listener: null,
      port: 0,
      isReadShut: false,
      isDead: false,
      error: '',
      isAbrupt: false,
      waiters: [],
      ready: () => readyOf(socket),
      release: () => this.#release(socket),
    };
    this.#sockets.add(socket);
    return this.#files.open(socket);
  }

  /** Another number for the same socket. */
  dup(number: number): number {
    return this.#files.open(this.#files.get(number)!);
  }

  /** Numbers of two sockets, connected to each other. */
  pair(): number[] {
    return PairEnd.pair(this.#process).map((end) => {
      const number = this.open();
      this.#attach(this.#get(number), end, 0);
      return number;
    });
  }

  isSocket(number: number): boolean {
    return this.#sockets.has(this.#files.get(number) as Socket);
  }

  // Servers.

  /** Asks the machine for a port, 0 for any; `bound` says what came of it. */
  bind(number: number, port: number): void {
    const socket = this.#get(number);
    socket.port = -1;
    this.#process.claimPort(port).then((given) => {
      const isOpen = this.#sockets.has(socket);
      if (given && !isOpen) this.#process.unclaimPort(given);
      socket.port = given;
      if (!given) socket.error = 'EADDRINUSE';
      this.#files.changed(socket);
    });
  }

  /** `bound`, the name of an error, or '' while the machine is being asked. */
  bound(number: number): string {
    const socket = this.#get(number);
    return socket.port > 0 ? 'bound' : told(socket);
  }

  /** Of a socket that is bound. */
  listen(number: number, isLoopback: boolean): void {
    const socket = this.#get(number);
    if (socket.listener) return;
    socket.listener = this.#process.listen(socket.port, isLoopback);
    socket.listener.onchange = () => this.#files.changed(socket);
  }

  /** The number of a socket for the next connection, the name of an error, or '' when there is none. */
  accept(number: number): number | ErrorName {
    const { listener, isReadShut, port } = this.#get(number);
    if (!listener || isReadShut) return 'EINVAL';
    const connection = listener.takeNow();
    if (!connection) return '';
    const accepted = this.open();
    this.#attach(this.#get(accepted), connection, port);
    return accepted;
  }

  // Clients.

  /** Begins to connect: `EINPROGRESS`, '' for a socket that has done so, or the name of an error. */
  connect(number: number, host: string, port: number): ErrorName {
    const socket = this.#get(number);
    if (socket.opening) return 'EALREADY';
    if (socket.error) return told(socket);
    if (socket.connection || socket.listener) {
      const { hasJustOpened } = socket;
      socket.hasJustOpened = false;
      return hasJustOpened ? '' : 'EISCONN';
    }
    if (socket.isDead) {
      socket.isDead = false;
      return 'ECONNABORTED';
    }
    socket.opening = this.#process.connect(host, port, true, socket.port);
    socket.opening.then(
      (connection) => this.#opened(socket, connection, port),
      (error: unknown) => {
        if (!(error instanceof ConnectionError)) throw error;
        socket.opening = null;
        socket.error = error.code;
        this.#files.changed(socket);
      },
    );
    return 'EINPROGRESS';
  }

  /** `open`, the name of an error, which is told with that, or '' while connecting. */
  connected(number: number): string {
    const socket = this.#get(number);
    if (!socket.connection) return told(socket);
    socket.hasJustOpened = false;
    return 'open';
  }

  // Data.

  /** `data`, `end`, the name of an error, which is told with that, or '' for nothing yet. */
  readable(number: number): string {
    const socket = this.#get(number);
    const { connection, opening, isReadShut, isDead } = socket;
    if (opening) return '';
    if (!connection) return this.takeError(number) || (isDead ? 'end' : 'ENOTCONN');
    const found = connection.look();
    if (found === 'data' || found === 'end') return found;
    if (isReadShut || isDead) return 'end';
    return this.takeError(number);
  }

  /** At most `size` bytes of what has arrived, across messages. */
  take(number: number, size: number, isPeek: boolean): Uint8Array {
    const { connection, dissect } = this.#get(number);
    const bytes = connection!.takeNow(size, isPeek);
    if (!isPeek) dissect?.heard?.(bytes);
    return bytes;
  }

  /**
   * Sends: how many bytes, the name of an error, or '' when there is no room.
   *
   * @param isWhole the program waits until all of it has found room
   */
  send(number: number, bytes: Uint8Array, isWhole: boolean): number | ErrorName {
    const { connection, dissect, opening, isDead } = this.#get(number);
    if (opening) return '';
    if (!connection) return this.takeError(number) || 'EPIPE';
    if (isDead || connection.isShut) return 'EPIPE';
    if (connection.failure) return this.takeError(number);
    if (connection.isBlocked) return '';
    if (bytes.length === 0) return 0;
    const taken = isWhole ? bytes : bytes.subarray(0, SEND_BUFFER_BYTES);
    const label = dissect?.(taken) ?? { proto: 'node', msg: 'data', preview: previewOf(taken) };
    try {
      connection.send(taken, label);
    } catch (failure) {
      if (!(failure instanceof ConnectionError)) throw failure;
      return failure.code;
    }
    return taken.length;
  }

  /** `room`, the name of an error, or '' while what was sent waits for room. */
  writable(number: number): string {
    const { connection } = this.#get(number);
    if (!connection || connection.failure) return this.takeError(number) || 'EPIPE';
    return connection.isBlocked ? '' : 'room';
  }

  /** Ends one direction, or both. Gives the name of an error. */
  shutdown(number: number, how: number): ErrorName {
    const socket = this.#get(number);
    const { connection, listener } = socket;
    if (listener) {
      if (how !== SHUT_WR) socket.isReadShut = true;
      if (how !== SHUT_WR) listener.close();
    } else {
      const isOver =
        !connection || connection.failure || (connection.isShut && connection.hasEnded);
      if (isOver) return 'ENOTCONN';
      if (how !== SHUT_WR) socket.isReadShut = true;
      if (how === SHUT_WR) connection.shutdown();
      // Both at once: what still arrives is answered by a reset.
      else if (how !== SHUT_RD) connection.close();
    }
    this.#files.changed(socket);
    return '';
  }

  setAbrupt(number: number, isAbrupt: boolean): void {
    this.#get(number).isAbrupt = isAbrupt;
  }

  /** What went wrong and has not been told; it is told with that (`SO_ERROR`). */
  takeError(number: number): ErrorName {
    const socket = this.#get(number);
    const { connection, isDead } = socket;
    const error = told(socket);
    if (error || (connection?.failure && !isDead)) socket.isDead = true;
    if (error || isDead || !connection) return error;
    // Whoever has seen the end of the stream writes into a broken pipe.
    return connection.failure && (connection.hasEnded ? 'EPIPE' : connection.failure);
  }

  // Addresses.

  isListening(number: number): boolean {
    return this.#get(number).listener !== null;
  }

  /** Name of the node at the other end, '' when not connected, no longer, or of another kind of file. */
  peerName(number: number): string {
    const socket = this.#files.get(number) as Socket;
    const connection = this.#sockets.has(socket) ? socket.connection : null;
    if (!connection || connection.failure || (connection.isShut && connection.hasEnded)) return '';
    return connection.peer;
  }

  /** As `peerName`, and afterwards too. */
  farEnd(number: number): string {
    return this.#get(number).connection?.peer ?? '';
  }

  peerPort(number: number): number {
    return this.#get(number).connection?.ports.peer ?? 0;
  }

  localPort(number: number): number {
    const { connection, port } = this.#get(number);
    return connection?.ports.local ?? Math.max(0, port);
  }

  #get(number: number): Socket {
    const socket = this.#files.get(number) as Socket;
    if (!this.#sockets.has(socket)) throw new RangeError(`no such socket: ${number}`);
    return socket;
  }

  #opened(socket: Socket, connection: Connection, port: number): void {
    socket.opening = null;
    // Another thread closed it in the same moment.
    if (!this.#sockets.has(socket)) return connection.reset();
    socket.hasJustOpened = true;
    this.#attach(socket, connection, port);
    this.#files.changed(socket);
  }

  #attach(socket: Socket, connection: Connection | PairEnd, port: number): void {
    socket.connection = connection;
    socket.dissect = dissectorOf(port, this.#process.spoken);
    connection.onchange = () => this.#files.changed(socket);
    if (!(connection instanceof PairEnd)) connection.tellsUnread = true;
  }

  #release(socket: Socket): void {
    this.#sockets.delete(socket);
    const { connection, opening, listener, port, isAbrupt } = socket;
    if (listener) return listener.close();
    if (port > 0) this.#process.unclaimPort(port);
    if (opening) this.#process.cancelConnect(opening);
    // What was not read will never be: Linux tells the other side so (RFC 2525, 2.17).
    if (connection?.hasUnread || isAbrupt) connection?.reset();
    else connection?.close();
  }
}

/** What went wrong; who tried to connect may try again. */
function told(socket: Socket): ErrorName {
  const { error } = socket;
  socket.error = '';
  return error;
}
