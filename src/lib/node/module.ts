// The learner's module `node`: the plain process API, without any model (types in node.d.ts).

import { usFromSeconds } from '#lib/protocol/time.ts';
import type { Connection, Listener } from './connection.ts';
import type { DatagramSocket, Received } from './datagrams.ts';
import { dissectorOf, type Dissector } from './dissect.ts';
import { printed } from './print.ts';
import type { NodeProcess } from './process.ts';
import type { SimPromise } from './promise.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A connection as learners see it. */
class Socket {
  readonly #process: NodeProcess;
  readonly #connection: Connection;
  readonly #dissect: Dissector | null;

  constructor(process: NodeProcess, connection: Connection, port: number) {
    this.#process = process;
    this.#connection = connection;
    this.#dissect = dissectorOf(port);
  }

  /** Name of the node at the other end. */
  get peer(): string {
    return this.#connection.peer;
  }

  /** Sends text or bytes. `kind` names the message in the diagram; else the port's protocol does. */
  send(data: string | Uint8Array, kind?: string): SimPromise<void> {
    const bytes = typeof data === 'string' ? encoder.encode(data) : data;
    const preview = typeof data === 'string' ? data : `${bytes.length} bytes`;
    const isNamed = kind !== undefined || !this.#dissect;
    const label = isNamed ? { proto: 'node', msg: kind ?? 'data', preview } : this.#dissect!(bytes);
    const sent = this.#connection.send(bytes, label);
    if (!this.#connection.isBlocked) return sent;
    const what = `room at ${this.peer}`;
    const waiting = this.#process.waitFor(sent, { what, by: [this.peer] });
    // Whoever does not wait for it learns of a failure at the next call.
    waiting.catch(() => undefined);
    return waiting;
  }

  /** The next bytes, or null at the end of the stream. */
  receive(max?: number): SimPromise<Uint8Array | null> {
    const what = `data from ${this.peer}`;
    return this.#process.waitFor(this.#connection.receive(max), { what, by: [this.peer] });
  }

  /** The next bytes as text, or null at the end of the stream. */
  receiveText(max?: number): SimPromise<string | null> {
    return this.receive(max).then((bytes) => (bytes === null ? null : decoder.decode(bytes)));
  }

  close(): void {
    this.#connection.close();
  }
}

class Server {
  readonly #process: NodeProcess;
  readonly #listener: Listener;

  constructor(process: NodeProcess, listener: Listener) {
    this.#process = process;
    this.#listener = listener;
  }

  accept(): SimPromise<Socket> {
    return this.#listener
      .accept()
      .then((connection) => new Socket(this.#process, connection, this.#listener.port));
  }
}

/** The machine's files as learners see them. */
function createDiskModule({ disk }: NodeProcess): Record<string, unknown> {
  return Object.freeze({
    readText: (path: string) => decoder.decode(disk.read(path)),
    readBytes: (path: string) => disk.read(path).slice(),
    writeText: (path: string, text: string) => disk.write(path, encoder.encode(text)),
    writeBytes: (path: string, bytes: Uint8Array) => disk.write(path, bytes),
    appendText: (path: string, text: string) => disk.append(path, encoder.encode(text)),
    appendBytes: (path: string, bytes: Uint8Array) => disk.append(path, bytes),
    truncate: (path: string, size = 0) => disk.truncate(path, size),
    sync: (path: string) => disk.sync(path),
    exists: (path: string) => disk.sizeOf(path) !== null,
    list: (folder = '.') => disk.list(folder),
    remove: (path: string) => disk.remove(path),
    rename: (path: string, to: string) => disk.rename(path, to),
  });
}

/** A datagram as learners see it. */
class Datagram {
  readonly data: Uint8Array;
  readonly from: string;
  readonly port: number;

  constructor({ bytes, from, port }: Received) {
    this.data = bytes;
    this.from = from;
    this.port = port;
  }

  get text(): string {
    return decoder.decode(this.data);
  }
}

/** A socket for datagrams as learners see it. */
class Datagrams {
  readonly #process: NodeProcess;
  readonly #socket: DatagramSocket;

  constructor(process: NodeProcess, socket: DatagramSocket) {
    this.#process = process;
    this.#socket = socket;
  }

  get port(): number {
    return this.#socket.port;
  }

  send(host: string, port: number, data: string | Uint8Array, kind = 'data'): void {
    const bytes = typeof data === 'string' ? encoder.encode(data) : data;
    const preview = typeof data === 'string' ? data : `${bytes.length} bytes`;
    this.#socket.send(host, port, bytes, { proto: 'node', msg: kind, preview });
  }

  receive(): SimPromise<Datagram | null> {
    const what = `a datagram on port ${this.port}`;
    return this.#process
      .waitFor(this.#socket.receive(), { what })
      .then((received) => received && new Datagram(received));
  }

  onMessage(handler: (datagram: Datagram) => void): void {
    this.#socket.onMessage((received) => handler(new Datagram(received)));
  }

  close(): void {
    this.#socket.close();
  }
}

/** What `import … from 'node'` gives a program. */
export function createNodeModule(process: NodeProcess): Record<string, unknown> {
  const { name, machine, env, argv } = process.spec;
  return {
    name,
    machine,
    env: Object.freeze({ ...env }),
    args: Object.freeze(argv.slice(1)),
    sleep: (seconds: number) => process.sleepUs(usFromSeconds(seconds)),
    connect: (host: string, port: number) =>
      process
        .waitFor(process.connect(host, port), {
          what: `a connection to ${host}:${port}`,
          by: [host],
        })
        .then((connection) => new Socket(process, connection, port)),
    listen: (port: number) => new Server(process, process.listen(port)),
    datagram: (port: number) => new Datagrams(process, process.datagramSocket(port)),
    readLine: (prompt = '') => process.readLine(prompt),
    onSignal: (signal: string, handler: () => void) => process.onSignal(signal, handler),
    effect: (effect: string, value?: unknown) =>
      process.effect(effect, value === undefined ? undefined : printed(value)),
    exit: (code = 0) => process.exit(code),
    disk: createDiskModule(process),
  };
}
