// Registries as TypeScript learners have them: who serves what, by datagrams or short connections.

import { Addresses } from '#lib/node/addresses.ts';
import { ConnectionError, type Connection } from '#lib/node/connection.ts';
import type { DatagramSocket } from '#lib/node/datagrams.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { type Body, run, SimPromise, wait } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { type Brine, dump, load } from '../brine.ts';
import { REGISTRY_MAGIC, REGISTRY_PORT } from '../consts.ts';
import { RpycError, typeError } from '../errors.ts';
import { Registry, type RegistryOptions } from '../registry.ts';
import { REGISTRY_WIRE } from '../registry-wire.ts';
import { Tuple } from './values.ts';

const EVERYBODY = '255.255.255.255';
const TIMEOUT_S = 2;

export interface ClientOptions {
  /** Name or address of the registry's machine; by default every machine is asked (UDP only). */
  ip?: string;
  port?: number;
  /** Seconds that an answer is waited for. Default 2. */
  timeout?: number;
}

/** No server offers it. */
export class DiscoveryError extends RpycError {
  override name = 'DiscoveryError';
}

/** The registry does not say. */
export class ForbiddenError extends RpycError {
  override name = 'ForbiddenError';
}

/** What asks a registry. */
export abstract class RegistryClient {
  /** Seconds between two times that a server says it is there. */
  static readonly REREGISTER_INTERVAL = 60;
  protected readonly process: NodeProcess;
  readonly ip: string;
  readonly port: number;
  readonly timeout: number;

  constructor(process: NodeProcess, { ip, port, timeout }: ClientOptions = {}) {
    this.process = process;
    this.ip = ip ?? EVERYBODY;
    this.port = port ?? REGISTRY_PORT;
    this.timeout = timeout ?? TIMEOUT_S;
  }

  /** (host, port) of each server that offers it. */
  discover(name: string): SimPromise<Tuple> {
    return run(this.#listed('QUERY', name)) as SimPromise<Tuple>;
  }

  /** Names of the services; null when the registry does not say. */
  list(filterHost: string | null = null): SimPromise<Tuple | null> {
    return run(this.#listed('LIST', [filterHost]));
  }

  /** Whether a registry has heard it. */
  register(aliases: Iterable<string>, port: number): SimPromise<boolean> {
    return run(this.#registered([...aliases], port));
  }

  unregister(port: number): SimPromise<void> {
    return run(this.#told('UNREGISTER', port));
  }

  *#told(command: string, ...args: Brine[]): Body<void> {
    yield* this.ask([REGISTRY_MAGIC, command, args], false);
  }

  *#registered(aliases: string[], port: number): Body<boolean> {
    return (yield* this.ask([REGISTRY_MAGIC, 'REGISTER', [aliases, port]], true)) === 'OK';
  }

  *#listed(command: string, given: Brine): Body<Tuple | null> {
    const found = yield* this.ask([REGISTRY_MAGIC, command, [given]], true);
    return found === null ? null : tupleOf(found ?? []);
  }

  /** The answer, or undefined when none came in time or none is waited for. */
  protected abstract ask(question: Brine, isWaiting: boolean): Body<Brine | undefined>;

  /** What comes in time, or null. */
  protected *inTime<T>(promise: SimPromise<T>): Body<T | null> {
    const { process } = this;
    const first = new SimPromise<T | null>((resolve, reject) => {
      const timer = process.setTimer(usFromSeconds(this.timeout), () => resolve(null));
      promise.then((value) => {
        process.clearTimer(timer);
        resolve(value);
      }, reject);
    });
    const by = this.ip === EVERYBODY ? [] : [this.ip];
    return yield* wait(process.waitFor(first, { what: 'a registry', by }));
  }
}

export class UdpRegistryClient extends RegistryClient {
  protected override *ask(question: Brine, isWaiting: boolean): Body<Brine | undefined> {
    const { process, port } = this;
    const socket = yield* wait(process.claimDatagramSocket(0));
    if (!socket) return undefined;
    try {
      for (const machine of machinesOf(process, this.ip)) send(socket, machine, port, question);
      const answer = isWaiting ? yield* this.inTime(socket.receive()) : null;
      return answer ? readable(answer.bytes) : undefined;
    } finally {
      socket.close();
    }
  }
}

export class TcpRegistryClient extends RegistryClient {
  protected override *ask(question: Brine, isWaiting: boolean): Body<Brine | undefined> {
    const { process, ip, port } = this;
    if (ip === EVERYBODY) throw typeError("a registry over TCP is at one host: { ip: 'registry' }");
    let connection: Connection | null = null;
    try {
      connection = yield* wait(process.connect(hostOf(process, ip), port));
      const bytes = dump(question);
      connection.send(bytes, REGISTRY_WIRE.create()(bytes)!);
      const answer = isWaiting ? yield* this.inTime(connection.receive()) : null;
      return answer ? readable(answer) : undefined;
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      return undefined;
    } finally {
      connection?.close();
    }
  }
}

export interface RegistryServerOptions extends RegistryOptions {
  port?: number;
}

/** What both kinds of registry do. */
export abstract class RegistryServer {
  protected readonly process: NodeProcess;
  protected readonly addresses: Addresses;
  readonly port: number;
  readonly #registry: Registry;
  protected isActive = false;

  constructor(process: NodeProcess, options: RegistryServerOptions = {}) {
    this.process = process;
    this.addresses = new Addresses(process);
    this.port = options.port ?? REGISTRY_PORT;
    this.#registry = new Registry(options);
  }

  /** Answers until `close`. */
  start(): SimPromise<void> {
    if (this.isActive) throw typeError('server is already running');
    this.isActive = true;
    return run(this.serve());
  }

  close(): void {
    this.isActive = false;
    this.stop();
  }

  protected abstract serve(): Body<void>;
  protected abstract stop(): void;

  /** The bytes of the answer to these from there, or null. */
  protected answer(bytes: Uint8Array, from: string): Uint8Array | null {
    const question = readable(bytes);
    if (question === undefined) return null;
    const host = this.addresses.ofPeer(from);
    const answer = this.#registry.answer(question, host, this.process.nowUs());
    return answer === undefined ? null : dump(answer);
  }
}

export class UdpRegistryServer extends RegistryServer {
  #socket: DatagramSocket | null = null;

  protected override *serve(): Body<void> {
    const socket = yield* wait(this.process.claimDatagramSocket(this.port));
    if (!socket) throw new RpycError('[Errno 98] Address already in use');
    this.#socket = socket;
    for (;;) {
      const what = `a datagram on port ${this.port}`;
      const asked = yield* wait(this.process.waitFor(socket.receive(), { what }));
      if (!asked) return;
      const answer = this.answer(asked.bytes, asked.from);
      if (answer) socket.send(asked.from, asked.port, answer, labelOf(answer));
    }
  }

  protected override stop(): void {
    this.#socket?.close();
  }
}

export class TcpRegistryServer extends RegistryServer {
  protected override *serve(): Body<void> {
    const listener = this.process.listen(this.port);
    this.stop = () => listener.close();
    while (this.isActive) {
      const what = `a connection on port ${this.port}`;
      const asking = yield* wait(this.process.waitFor(listener.accept(), { what }));
      run(this.#serveOne(asking));
    }
  }

  *#serveOne(asking: Connection): Body<void> {
    try {
      const bytes = yield* wait(asking.receive());
      const answer = bytes && this.answer(bytes, asking.peer);
      if (answer) asking.send(answer, labelOf(answer));
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
    } finally {
      asking.close();
    }
  }

  protected override stop(): void {
    // Nothing to stop before it serves.
  }
}

/** Which servers a registry knows to offer a service; those on one host only, if it is named. */
export function* discovered(
  process: NodeProcess,
  name: string,
  registrar: RegistryClient,
  host?: string,
): Body<Tuple<Tuple>> {
  const found = [...(yield* wait(registrar.discover(name)))] as Tuple[];
  if (found.length === 0) {
    throw new DiscoveryError(`no servers exposing '${name}' were found`);
  }
  if (host === undefined) return new Tuple(found);
  const address = new Addresses(process).of(host);
  const there = found.filter((place) => place.at(0) === address);
  if (there.length > 0) return new Tuple(there);
  throw new DiscoveryError(`no servers exposing ${name} were found on ${host}`);
}

/** The machine of an address such as a registry gives; any other name is itself. */
export function hostOf(process: NodeProcess, host: string): string {
  return new Addresses(process).machineAt(host) || host;
}

function machinesOf(process: NodeProcess, ip: string): Iterable<string> {
  if (ip !== EVERYBODY) return [hostOf(process, ip)];
  return new Set(Object.values(process.spec.hosts));
}

function send(socket: DatagramSocket, host: string, port: number, message: Brine): void {
  const bytes = dump(message);
  socket.send(host, port, bytes, labelOf(bytes));
}

function labelOf(bytes: Uint8Array): { proto: string; msg: string; preview: string } {
  return REGISTRY_WIRE.datagram!(bytes, REGISTRY_PORT)!;
}

/** undefined for what is no message. */
function readable(bytes: Uint8Array): Brine | undefined {
  try {
    return load(bytes);
  } catch {
    return undefined;
  }
}

function tupleOf(value: Brine): Tuple {
  const items = Array.isArray(value) ? (value as readonly Brine[]) : [];
  return new Tuple(items.map((it) => (Array.isArray(it) ? tupleOf(it as Brine) : it)));
}
