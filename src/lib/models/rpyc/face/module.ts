// RPyC as TypeScript learners import it, made once per process. Python's names by one rule: options in
// camelCase, keyword arguments by `kw({…})`, what blocks is awaited; what Python says with an operator or
// a builtin on a netref is a function here (`len`, `getitem`, `setattr`). Types: rpyc.d.ts.

import { ConnectionError, type Connection } from '#lib/node/connection.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { type Body, run, SimPromise, wait } from '#lib/node/promise.ts';
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
import { AsyncResultFace, asyncOf, ClassicFace, ConnectionFace } from './connection.ts';
import { asked, followed, release } from './netref.ts';
import { opened, type Served, type ServerOptions, Service, ThreadedServer } from './server.ts';
import { Float, Keywords, Tuple } from './values.ts';

const DEFAULT_PORT = 18_812;
const SERVING_PAUSE_US = 100_000;
const STREAMS = ['stdin', 'stdout', 'stderr'] as const;

interface ConnectOptions {
  /** What this side offers. */
  service?: Served;
  config?: Partial<ProtocolConfig>;
}

class VoidService extends Service {}

/** What `import rpyc from 'rpyc'` gives a program of this process. */
export function createModule(process: NodeProcess): Record<string, unknown> {
  class OwnThreadedServer extends ThreadedServer {
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
    obtain: unavailable('obtain', 'pickle is Python’s'),
    redirectedStdio: (conn: ClassicFace, work: () => unknown) =>
      run(redirected(process, conn, work)),
  };
  const names = {
    connect,
    classic,
    Service,
    VoidService,
    ThreadedServer: OwnThreadedServer,
    ThreadPoolServer: OwnThreadedServer,
    OneShotServer,
    BgServingThread: bgServingThreadOf(process),
    AsyncResult: AsyncResultFace,
    async_: (netref: unknown) => asyncOf(netref),
    timed: (netref: unknown, timeout: number) => asyncOf(netref, timeout),
    ...operations(),
    release,
    tuple: (...items: unknown[]) => new Tuple(items),
    float: (value: number) => new Float(value),
    kw: (values: Readonly<Record<string, unknown>>) => new Keywords(values),
    AsyncResultTimeout,
    AttributeError,
    EOFError,
    RemoteError,
    StopIteration,
  };
  return { ...names, default: Object.freeze({ ...names }) };
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
    return yield* wait(process.waitFor(process.connect(host, port), options));
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

/** What is printed there is printed here, while `work` runs. */
function* redirected(process: NodeProcess, conn: ClassicFace, work: () => unknown): Body<unknown> {
  const { sys } = conn.modules as { sys: object };
  const theirs: unknown[] = [];
  for (const name of STREAMS) theirs.push(yield* asked(sys, HANDLE.getattr, name));
  try {
    for (const name of STREAMS) yield* asked(sys, HANDLE.setattr, name, streamOf(process, name));
    return yield* wait(SimPromise.resolve(work()));
  } finally {
    for (const [index, name] of STREAMS.entries())
      yield* asked(sys, HANDLE.setattr, name, theirs[index]);
  }
}

/** This process's stream as a file of Python's. */
function streamOf(process: NodeProcess, name: (typeof STREAMS)[number]): object {
  if (name === 'stdin') return { readline: () => '' };
  return { write: (text: string) => process.write(name, text), flush: () => null };
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

function unavailable(name: string, why: string): () => never {
  return () => {
    throw new AttributeError(`rpyc.classic.${name} is not part of the TypeScript face: ${why}`);
  };
}
