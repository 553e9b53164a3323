// The learner's module `node`: the plain process API, without any model (types in node.d.ts).

import { usFromSeconds } from '#lib/protocol/time.ts';
import { bytesOf, exitCodeOf, functionOf, nameOf, portOf, secondsOf, sizeOf } from './arguments.ts';
import type { Connection, Listener } from './connection.ts';
import type { DatagramSocket, Received } from './datagrams.ts';
import { datagramLabel, dissectorOf, type Dissector } from './dissect.ts';
import { printed } from './print.ts';
import type { NodeProcess } from './process.ts';
import type { SimPromise } from './promise.ts';

/** An effect's value is cut here, in characters. */
const EFFECT_LENGTH_MAX = 2_000;
/** So much of a host's name stands in what a program waits for. */
const HOST_SHOWN_MAX = 100;

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
    this.#dissect = dissectorOf(port, process.spoken);
  }

  /** Name of the node at the other end. */
  get peer(): string {
    return this.#connection.peer;
  }

  /** Its port on this machine, and at the other end. */
  get port(): number {
    return this.#connection.ports.local;
  }

  get peerPort(): number {
    return this.#connection.ports.peer;
  }

  /** Sends text or bytes. `kind` names the message in the diagram; else the port's protocol does. */
  send(data: string | Uint8Array, kind?: string): SimPromise<void> {
    const bytes = bytesOf(data);
    const preview = typeof data === 'string' ? data : `${bytes.length} bytes`;
    const named = kind === undefined ? this.#dissect?.(bytes) : null;
    const label = named ?? { proto: 'node', msg: kindOf(kind), preview };
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
    const data = this.#connection.receive(sizeOf(max)).then((bytes) => {
      if (bytes) this.#dissect?.heard?.(bytes);
      return ownCopyOf(bytes);
    });
    return this.#process.waitFor(data, { what, by: [this.peer] });
  }

  /** The next bytes as text, or null at the end of the stream. */
  receiveText(max?: number): SimPromise<string | null> {
    return this.receive(max).then((bytes) => (bytes === null ? null : decoder.decode(bytes)));
  }

  /** Sends no more; still receives. */
  shutdown(): void {
    this.#connection.shutdown();
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
  const at = (path: unknown): string => nameOf('a path', path);
  return Object.freeze({
    readText: (path: string) => decoder.decode(disk.read(at(path))),
    readBytes: (path: string) => disk.read(at(path)).slice(),
    writeText: (path: string, text: string) => disk.write(at(path), encoder.encode(text)),
    writeBytes: (path: string, bytes: Uint8Array) => disk.write(at(path), bytesOf(bytes)),
    appendText: (path: string, text: string) => disk.append(at(path), encoder.encode(text)),
    appendBytes: (path: string, bytes: Uint8Array) => disk.append(at(path), bytesOf(bytes)),
    truncate: (path: string, size = 0) => disk.truncate(at(path), size === 0 ? 0 : sizeOf(size)!),
    sync: (path: string) => disk.sync(at(path)),
    exists: (path: string) => disk.sizeOf(at(path)) !== null,
    list: (folder = '.') => disk.list(at(folder)),
    remove: (path: string) => disk.remove(at(path)),
    rename: (path: string, to: string) => disk.rename(at(path), at(to)),
  });
}

/** A datagram as learners see it. */
class Datagram {
  readonly data: Uint8Array;
  readonly from: string;
  readonly port: number;

  constructor({ bytes, from, port }: Received) {
    this.data = bytes.slice();
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

  send(host: string, port: number, data: string | Uint8Array, kind?: string): void {
    const bytes = bytesOf(data);
    const preview = typeof data === 'string' ? data : `${bytes.length} bytes`;
    const named = kind === undefined ? datagramLabel(bytes, this.port, this.#process.spoken) : null;
    const label = named ?? { proto: 'node', msg: kindOf(kind), preview };
    this.#socket.send(nameOf('a host', host), portOf(port), bytes, label);
  }

  receive(): SimPromise<Datagram | null> {
    const what = `a datagram on port ${this.port}`;
    return this.#process
      .waitFor(this.#socket.receive(), { what })
      .then((received) => received && new Datagram(received));
  }

  onMessage(handler: (datagram: Datagram) => void): void {
    functionOf('a handler', handler);
    this.#socket.onMessage((received) => handler(new Datagram(received)));
  }

  close(): void {
    this.#socket.close();
  }
}

function connect(process: NodeProcess, host: string, port: number): SimPromise<Socket> {
  const options = { what: `a connection to ${host.slice(0, HOST_SHOWN_MAX)}:${port}`, by: [host] };
  return process
    .waitFor(process.connect(host, port), options)
    .then((connection) => new Socket(process, connection, port));
}

/** What arrives may be the very bytes that lie in a sender's buffer, or in a copy still under way. */
function ownCopyOf(bytes: Uint8Array | null): Uint8Array | null {
  return bytes && bytes.slice();
}

/** The name of a message in the diagram. */
function kindOf(kind: string | undefined): string {
  return kind === undefined ? 'data' : nameOf('a kind', kind);
}

function effectValueOf(value: unknown): string | undefined {
  return value === undefined ? undefined : printed(value).slice(0, EFFECT_LENGTH_MAX);
}

/** What `import … from 'node'` gives a program. */
export function createNodeModule(process: NodeProcess): Record<string, unknown> {
  const { name, machine, env } = process.spec;
  return {
    name,
    machine,
    env: Object.freeze({ ...env }),
    args: Object.freeze([...process.args]),
    sleep: (seconds: number) => process.sleepUs(usFromSeconds(secondsOf(seconds))),
    connect: (host: string, port: number) => connect(process, nameOf('a host', host), portOf(port)),
    listen: (port: number) => new Server(process, process.listen(portOf(port))),
    datagram: (port: number) => new Datagrams(process, process.datagramSocket(portOf(port))),
    readLine: (prompt = '') => process.readLine(nameOf('a prompt', prompt)),
    onSignal: (signal: string, handler: () => void) =>
      process.onSignal(nameOf('a signal', signal), functionOf('a handler', handler)),
    effect: (effect: string, value?: unknown) =>
      process.effect(nameOf('an effect', effect), effectValueOf(value)),
    exit: (code = 0) => process.exit(exitCodeOf(code)),
    disk: createDiskModule(process),
  };
}
