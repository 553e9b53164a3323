// Services and servers in TypeScript: the same rules as in Python, `exposed_` included, so that clients of
// both languages find the same names.

import type { NodeProcess } from '#lib/node/process.ts';
import { ConnectionError, type Connection, type Listener } from '#lib/node/connection.ts';
import { type Body, run, SimPromise, wait } from '#lib/node/promise.ts';
import { configOf, type ProtocolConfig } from '../config.ts';
import { type Root, RpycConnection } from '../connection.ts';
import { typeError } from '../errors.ts';
import { unchangeable } from '../local-objects.ts';
import { Tuple } from './values.ts';
import { ConnectionFace } from './connection.ts';

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
}

const SERVER_OPTIONS = new Set(['hostname', 'port', 'protocolConfig']);

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
  /** One connection, and no more. */
  protected readonly isOneShot: boolean = false;

  constructor(process: NodeProcess, served: Served, options: ServerOptions = {}) {
    for (const name of Object.keys(options)) {
      if (SERVER_OPTIONS.has(name)) continue;
      throw typeError(
        `unknown option of a server: ${name} (options: ${[...SERVER_OPTIONS].join(', ')})`,
      );
    }
    this.#process = process;
    this.#served = served;
    this.#hostname = options.hostname ?? '';
    this.#port = options.port ?? 0;
    this.#config = configOf(options.protocolConfig);
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
    this.#isClosed = true;
    this.#listener?.close();
    for (const connection of this.#open) connection.close();
  }

  *#start(): Body<void> {
    const process = this.#process;
    if (this.#port === 0) this.#port = yield* wait(process.claimPort(0));
    const isLoopback = this.#hostname === 'localhost' || this.#hostname === '127.0.0.1';
    const listener = (this.#listener = process.listen(this.#port, isLoopback));
    while (!this.#isClosed) {
      const what = `a connection on port ${this.#port}`;
      const stream = yield* wait(process.waitFor(listener.accept(), { what }));
      const serving = run(this.#serve(stream));
      if (!this.isOneShot) continue;
      yield* wait(serving);
      this.close();
    }
  }

  *#serve(stream: Connection): Body<void> {
    try {
      const config = { ...this.#config };
      const create = (connection: RpycConnection): ConnectionFace => new ConnectionFace(connection);
      const { connection } = yield* opened(this.#process, stream, this.#served, config, create);
      this.#open.add(connection);
      yield* connection.serveAll();
      this.#open.delete(connection);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
    }
  }
}
