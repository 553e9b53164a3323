// Services and servers in TypeScript: the same rules as in Python, `exposed_` included, so that clients of
// both languages find the same names.

import type { NodeProcess } from '#lib/node/process.ts';
import { ConnectionError, type Connection, type Listener } from '#lib/node/connection.ts';
import { type Body, run, SimPromise, wait } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { configOf, type ProtocolConfig } from '../config.ts';
import { type Root, RpycConnection } from '../connection.ts';
import { typeError } from '../errors.ts';
import { unchangeable } from '../local-objects.ts';
import { Tuple } from './values.ts';
import { ConnectionFace } from './connection.ts';
import { WorkerPool } from './pool.ts';
import { RegistryClient, UdpRegistryClient } from './registry.ts';

/** Offers what of its subclass is called `exposed_…`. */
export class Service {
  /** Names in place of that of the class. */
  static aliases: readonly string[] = [];
  readonly [unchangeable] = true;

  /** The connection is open. */
  onConnect(_connection: unknown): unknown {
    return undefined;
  }

  /** The connection is closed. */
  onDisconnect(_connection: unknown): unknown {
    return undefined;
  }

  static getServiceAliases(): string[] {
    const names = this.aliases.length > 0 ? this.aliases : [this.name.replace(/service$/i, '')];
    return names.map((name) => name.toUpperCase());
  }

  exposed_get_service_name(): string {
    return (this.constructor as typeof Service).getServiceAliases()[0]!;
  }

  exposed_get_service_aliases(): Tuple<string> {
    return new Tuple((this.constructor as typeof Service).getServiceAliases());
  }
}

/** A class, of which each connection gets an object, or an object that all share. */
export type Served = Root | (new () => Root);

export interface ServerOptions {
  /** Default: every address of the machine. */
  hostname?: string;
  /** 0 for any. */
  port?: number;
  protocolConfig?: Partial<ProtocolConfig>;
  /** Whom the server tells that it is there; by default whoever answers a broadcast. */
  registrar?: RegistryClient;
  /** Whether it tells a registry. Default: when there is a registrar. */
  autoRegister?: boolean;
  /** Of a ThreadPoolServer: how many requests are served at a time. Default 20. */
  nbThreads?: number;
  /** Of a ThreadPoolServer: requests that a worker takes of one connection. Default 10. */
  requestBatchSize?: number;
}

const SERVER_OPTIONS = new Set(['hostname', 'port', 'protocolConfig', 'registrar', 'autoRegister']);
const POOL_OPTIONS = new Set([...SERVER_OPTIONS, 'nbThreads', 'requestBatchSize']);
/** Seconds until a server tries again to be heard by a registry. */
const RETRY_S = 1;

/** Tells the service of a new connection. */
export function* opened(
  process: NodeProcess,
  stream: Connection,
  served: Served,
  config: ProtocolConfig,
  create: (connection: RpycConnection) => ConnectionFace,
): Body<{ connection: RpycConnection; face: ConnectionFace }> {
  const root = typeof served === 'function' ? new (served as new () => Root)() : served;
  const connection = new RpycConnection(process, stream, root, config);
  const face = create(connection);
  connection.face = face;
  connection.tellCount();
  if (root.onConnect) yield* wait(SimPromise.resolve(root.onConnect(face)));
  return { connection, face };
}

export class ThreadedServer {
  readonly #process: NodeProcess;
  readonly #served: Served;
  readonly #hostname: string;
  readonly #config: ProtocolConfig;
  readonly #open = new Set<RpycConnection>();
  #port: number;
  #listener: Listener | null = null;
  #isClosed = false;
  readonly #registrar: RegistryClient | null;
  /** One connection, and no more. */
  protected readonly isOneShot: boolean = false;

  constructor(process: NodeProcess, served: Served, options: ServerOptions = {}) {
    checkNames(options, this.optionNames);
    const isTold = options.autoRegister ?? options.registrar !== undefined;
    this.#registrar = isTold ? (options.registrar ?? new UdpRegistryClient(process)) : null;
    this.#process = process;
    this.#served = served;
    this.#hostname = options.hostname ?? '';
    this.#port = options.port ?? 0;
    this.#config = configOf(options.protocolConfig);
  }

  protected get optionNames(): ReadonlySet<string> {
    return SERVER_OPTIONS;
  }

  get port(): number {
    return this.#port;
  }

  /** Serves until `close`. */
  start(): SimPromise<void> {
    return run(this.#start());
  }

  /** Ends the server and its connections. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    void this.#registrar?.unregister(this.#port);
    this.#listener?.close();
    for (const connection of this.#open) connection.close();
  }

  *#start(): Body<void> {
    const process = this.#process;
    if (this.#port === 0) this.#port = yield* wait(process.claimPort(0));
    const isLoopback = this.#hostname === 'localhost' || this.#hostname === '127.0.0.1';
    const listener = (this.#listener = process.listen(this.#port, isLoopback));
    if (this.#registrar) run(this.#stayKnown(this.#registrar));
    while (!this.#isClosed) {
      const what = `a connection on port ${this.#port}`;
      const stream = yield* wait(process.waitFor(listener.accept(), { what }));
      const serving = run(this.#serve(stream));
      if (!this.isOneShot) continue;
      yield* wait(serving);
      this.close();
    }
  }

  /** Tells the registry again and again, because it forgets. */
  *#stayKnown(registrar: RegistryClient): Body<void> {
    const process = this.#process;
    const names = aliasesOf(this.#served);
    while (!this.#isClosed) {
      const isKnown = yield* wait(registrar.register(names, this.#port));
      const pause = isKnown ? RegistryClient.REREGISTER_INTERVAL : RETRY_S;
      yield* wait(process.sleepUs(usFromSeconds(pause), { label: 'registers again' }));
    }
  }

  protected serveConnection(connection: RpycConnection): Body<void> {
    return connection.serveAll();
  }

  *#serve(stream: Connection): Body<void> {
    try {
      const config = { ...this.#config };
      const create = (connection: RpycConnection): ConnectionFace => new ConnectionFace(connection);
      const { connection } = yield* opened(this.#process, stream, this.#served, config, create);
      this.#open.add(connection);
      yield* this.serveConnection(connection);
      this.#open.delete(connection);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
    }
  }
}

/** A number of workers for all connections. */
export class ThreadPoolServer extends ThreadedServer {
  readonly #pool: WorkerPool;

  constructor(process: NodeProcess, served: Served, options: ServerOptions = {}) {
    super(process, served, options);
    const { nbThreads = 20, requestBatchSize = 10 } = options;
    this.#pool = new WorkerPool(nbThreads, requestBatchSize);
  }

  protected override get optionNames(): ReadonlySet<string> {
    return POOL_OPTIONS;
  }

  protected override serveConnection(connection: RpycConnection): Body<void> {
    return this.#pool.serve(connection);
  }
}

function checkNames(options: ServerOptions, known: ReadonlySet<string>): void {
  for (const name of Object.keys(options)) {
    if (known.has(name)) continue;
    throw typeError(`unknown option of a server: ${name} (options: ${[...known].join(', ')})`);
  }
}

/** Under which names a registry has a service. */
function aliasesOf(served: Served): string[] {
  const kind = typeof served === 'function' ? served : served.constructor;
  const { getServiceAliases } = kind as unknown as Partial<typeof Service>;
  return getServiceAliases ? getServiceAliases.call(kind as never) : [kind.name.toUpperCase()];
}
