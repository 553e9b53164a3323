// RPyC as TypeScript learners import it, made once per process. Python's names by one rule: options in
// camelCase, keyword arguments by `kw({…})`, what blocks is awaited; what Python says with an operator or
// a builtin on a netref is a function here (`len`, `getitem`, `setattr`). Types: rpyc.d.ts.

import { ConnectionError, type Connection } from '#lib/node/connection.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { type Body, run, type SimPromise, wait } from '#lib/node/promise.ts';
import { CLASSIC_CONFIG, configOf, type ProtocolConfig } from '../config.ts';
import type { Root, RpycConnection } from '../connection.ts';
import { HANDLE } from '../consts.ts';
import {
  AsyncResultTimeout,
  AttributeError,
  EOFError,
  RemoteError,
  StopIteration,
} from '../errors.ts';
import { restricted } from '../restricted.ts';
import { sliceOf } from '../slicing.ts';
import { Buffiter, type BuffiterOptions } from './buffiter.ts';
import {
  CLASSIC_SERVER,
  delivered,
  obtained,
  redirected,
  TELEPORT,
  unavailable,
} from './classic.ts';
import { AsyncResultFace, asyncOf, ClassicFace, ConnectionFace } from './connection.ts';
import { asked, followed, release } from './netref.ts';
import {
  type ClientOptions,
  discovered,
  DiscoveryError,
  ForbiddenError,
  hostOf,
  type RegistryClient,
  type RegistryServerOptions,
  TcpRegistryClient,
  TcpRegistryServer,
  UdpRegistryClient,
  UdpRegistryServer,
} from './registry.ts';
import {
  opened,
  type Served,
  type ServerOptions,
  Service,
  ThreadedServer,
  ThreadPoolServer,
} from './server.ts';
import { Float, Keywords, Tuple } from './values.ts';

const DEFAULT_PORT = 18_812;
const SERVING_PAUSE_US = 100_000;

interface ConnectOptions {
  /** What this side offers. */
  service?: Served;
  config?: Partial<ProtocolConfig>;
}

interface FindOptions {
  /** Servers of this host only. */
  host?: string;
  registrar?: RegistryClient;
  /** Seconds that a registry is waited for. Default 2. */
  timeout?: number;
}

class VoidService extends Service {}

/** What `import rpyc from 'rpyc'` gives a program of this process. */
export function createModule(process: NodeProcess): Record<string, unknown> {
  class OwnThreadedServer extends ThreadedServer {
    constructor(served: Served, options?: ServerOptions) {
      super(process, served, options);
    }
  }
  class OwnThreadPoolServer extends ThreadPoolServer {
    constructor(served: Served, options?: ServerOptions) {
      super(process, served, options);
    }
  }
  class OneShotServer extends OwnThreadedServer {
    protected override readonly isOneShot = true;
  }
  const connect = (host: string, port: number, options?: ConnectOptions): SimPromise<unknown> =>
    run(connected(process, host, port, options));
  const classic = {
    connect: (host: string, port = DEFAULT_PORT) => run(classicConnected(process, host, port)),
    obtain: (netref: unknown) => run(obtained(netref)),
    deliver: (conn: ClassicFace, value: unknown) => run(delivered(conn, value)),
    teleportFunction: unavailable('classic.teleportFunction', TELEPORT),
    redirectedStdio: (conn: ClassicFace, work: () => unknown) =>
      run(redirected(process, conn, work)),
  };
  const names = {
    connect,
    classic,
    Service,
    VoidService,
    ThreadedServer: OwnThreadedServer,
    ThreadPoolServer: OwnThreadPoolServer,
    OneShotServer,
    SlaveService: unavailable('SlaveService', CLASSIC_SERVER),
    ClassicService: unavailable('ClassicService', CLASSIC_SERVER),
    ...registriesOf(process),
    BgServingThread: bgServingThreadOf(process),
    AsyncResult: AsyncResultFace,
    async_: (netref: unknown) => asyncOf(netref),
    timed: (netref: unknown, timeout: number) => asyncOf(netref, timeout),
    ...operations(),
    buffiter: (netref: unknown, options?: BuffiterOptions) => new Buffiter(netref, options),
    restricted,
    release,
    slice: sliceOf,
    tuple: (...items: unknown[]) => new Tuple(items),
    float: (value: number) => new Float(value),
    kw: (values: Readonly<Record<string, unknown>>) => new Keywords(values),
    AsyncResultTimeout,
    AttributeError,
    DiscoveryError,
    EOFError,
    ForbiddenError,
    RemoteError,
    StopIteration,
  };
  return { ...names, default: Object.freeze({ ...names }) };
}

/** Who serves what: registries, and those who ask them. */
function registriesOf(process: NodeProcess): Record<string, unknown> {
  class UDPRegistryClient extends UdpRegistryClient {
    constructor(options?: ClientOptions) {
      super(process, options);
    }
  }
  class TCPRegistryClient extends TcpRegistryClient {
    constructor(options?: ClientOptions) {
      super(process, options);
    }
  }
  class UDPRegistryServer extends UdpRegistryServer {
    constructor(options?: RegistryServerOptions) {
      super(process, options);
    }
  }
  class TCPRegistryServer extends TcpRegistryServer {
    constructor(options?: RegistryServerOptions) {
      super(process, options);
    }
  }
  const registrarOf = ({ registrar, timeout }: FindOptions): RegistryClient =>
    registrar ?? new UdpRegistryClient(process, timeout === undefined ? {} : { timeout });
  return {
    UDPRegistryClient,
    TCPRegistryClient,
    UDPRegistryServer,
    TCPRegistryServer,
    discover: (name: string, options: FindOptions = {}) =>
      run(discovered(process, name, registrarOf(options), options.host)),
    listServices: (options: FindOptions & { filterHost?: string } = {}) =>
      run(listed(registrarOf(options), options.filterHost)),
    connectByService: (name: string, options: FindOptions & ConnectOptions = {}) =>
      run(connectedByService(process, name, registrarOf(options), options)),
  };
}

function* listed(registrar: RegistryClient, host?: string): Body<unknown> {
  const names = yield* wait(registrar.list(host ?? null));
  if (names === null) throw new ForbiddenError("Registry doesn't allow listing");
  return names;
}

/** The first of the servers found that answers. */
function* connectedByService(
  process: NodeProcess,
  name: string,
  registrar: RegistryClient,
  { host, service, config }: FindOptions & ConnectOptions,
): Body<ConnectionFace> {
  const options = { ...(service && { service }), ...(config && { config }) };
  for (const place of yield* discovered(process, name, registrar, host)) {
    try {
      return yield* connected(process, String(place.at(0)), Number(place.at(1)), options);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
    }
  }
  throw new DiscoveryError(`All services are down: ${name}`);
}

/** What Python does to an object without a method's name. */
function operations(): Record<string, (...args: never[]) => unknown> {
  const none = new Tuple([]);
  const special = (object: unknown, name: string, ...args: unknown[]): SimPromise<unknown> =>
    run(
      (function* (): Body<unknown> {
        const given: unknown[] = [];
        for (const arg of args) given.push(yield* followed(arg));
        return yield* asked(object, HANDLE.callattr, name, new Tuple(given), none);
      })(),
    );
  return {
    len: (object: unknown) => special(object, '__len__'),
    getitem: (object: unknown, key: unknown) => special(object, '__getitem__', key),
    setitem: (object: unknown, key: unknown, value: unknown) =>
      special(object, '__setitem__', key, value),
    delitem: (object: unknown, key: unknown) => special(object, '__delitem__', key),
    contains: (object: unknown, value: unknown) => special(object, '__contains__', value),
    str: (object: unknown) => run(asked(object, HANDLE.str)),
    repr: (object: unknown) => run(asked(object, HANDLE.repr)),
    dir: (object: unknown) => run(asked(object, HANDLE.dir)),
    getattr: (object: unknown, name: string) => run(asked(object, HANDLE.getattr, name)),
    setattr: (object: unknown, name: string, value: unknown) =>
      run(asked(object, HANDLE.setattr, name, value)),
    delattr: (object: unknown, name: string) => run(asked(object, HANDLE.delattr, name)),
    isEqual: (object: unknown, other: unknown) => run(asked(object, HANDLE.cmp, other, '__eq__')),
  };
}

function* open(process: NodeProcess, host: string, port: number): Body<Connection> {
  const options = { what: `a connection to ${host}:${port}`, by: [host] };
  try {
    const opening = process.connect(hostOf(process, host), port);
    return yield* wait(process.waitFor(opening, options));
  } catch (error) {
    if (!(error instanceof ConnectionError) || error.code !== 'ECONNREFUSED') throw error;
    throw new ConnectionError('ECONNREFUSED', '[Errno 111] Connection refused');
  }
}

function* connected(
  process: NodeProcess,
  host: string,
  port: number,
  { service = VoidService, config }: ConnectOptions = {},
): Body<ConnectionFace> {
  const stream = yield* open(process, host, port);
  const create = (it: RpycConnection): ConnectionFace => new ConnectionFace(it);
  return (yield* opened(process, stream, service, configOf(config), create)).face;
}

function* classicConnected(process: NodeProcess, host: string, port: number): Body<ClassicFace> {
  const stream = yield* open(process, host, port);
  const create = (it: RpycConnection): ClassicFace => new ClassicFace(it);
  const root = new VoidService() as Root;
  const { face } = yield* opened(process, stream, root, configOf(CLASSIC_CONFIG), create);
  yield* (face as ClassicFace).install();
  return face as ClassicFace;
}

/** Serves a connection beside the program, every 100 ms. */
function bgServingThreadOf(process: NodeProcess): new (conn: unknown) => { stop(): void } {
  return class BgServingThread {
    #isActive = true;

    constructor(conn: unknown) {
      run(this.#serve(ConnectionFace.engineOf(conn)));
    }

    stop(): void {
      this.#isActive = false;
    }

    *#serve(connection: RpycConnection): Body<void> {
      try {
        while (this.#isActive && !connection.isClosed) {
          if (yield* connection.serve(process.nowUs())) continue;
          yield* wait(process.sleepUs(SERVING_PAUSE_US, { label: 'serves in the background' }));
        }
      } catch (error) {
        if (!(error instanceof EOFError)) throw error;
      }
    }
  };
}
