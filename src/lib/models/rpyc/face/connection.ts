// Connections, answers and background serving as TypeScript learners see them.

import type { NodeProcess } from '#lib/node/process.ts';
import { type Body, run, type SimPromise, wait } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { type Pending, RpycConnection } from '../connection.ts';
import { HANDLE } from '../consts.ts';
import {
  AsyncResultTimeout,
  AttributeError,
  RemoteError,
  RpycError,
  typeError,
} from '../errors.ts';
import { TELEPORT, unavailable } from './classic.ts';
import { keepOf } from './keep.ts';
import { followed, pathOf, referenceOf } from './netref.ts';
import { Tuple } from './values.ts';

/** A look that finds nothing ends the turn and takes this long, so that polling sees its answer (KT5). */
const LOOK_US = 100;

/** Seconds as a moment in virtual time; undefined and null mean never. */
function dueOf(process: NodeProcess, seconds: number | null | undefined): number | null {
  return seconds === null || seconds === undefined
    ? null
    : process.nowUs() + usFromSeconds(seconds);
}

export class ConnectionFace {
  readonly #connection: RpycConnection;
  readonly #root: object;

  constructor(connection: RpycConnection) {
    this.#connection = connection;
    let root: unknown = null;
    this.#root = pathOf({
      *get() {
        root ??= keepOf(yield* connection.request(HANDLE.getroot));
        return { value: root, isTemporary: false };
      },
    });
  }

  static engineOf(face: unknown): RpycConnection {
    if (typeof face === 'object' && face !== null && #connection in face) return face.#connection;
    throw typeError('not a connection of rpyc');
  }

  /** The service of the other side; got with the first name that is asked of it. */
  get root(): object {
    return this.#root;
  }

  get closed(): boolean {
    return this.#connection.isClosed;
  }

  close(): SimPromise<void> {
    return run(this.#close());
  }

  *#close(): Body<void> {
    yield* [];
    this.#connection.close();
  }

  ping(data = 'abcdefghijklmnopqrstuvwxyz'.repeat(20)): SimPromise<void> {
    return run(this.#ping(data));
  }

  *#ping(data: string): Body<void> {
    const back = yield* this.#connection.request(HANDLE.ping, data);
    if (back !== data) throw new RpycError('echo mismatches sent data');
  }

  /** Handles one message, if one comes in so many seconds (default 1; null waits for ever). */
  serve(timeout: number | null = 1): SimPromise<boolean> {
    return run(this.#serve(timeout));
  }

  *#serve(timeout: number | null): Body<boolean> {
    const { process } = this.#connection;
    const hasServed = yield* this.#connection.serve(dueOf(process, timeout));
    if (!hasServed && timeout === 0) yield* wait(process.sleepUs(LOOK_US, { label: 'a look' }));
    return hasServed;
  }

  poll(timeout = 0): SimPromise<boolean> {
    return this.serve(timeout);
  }

  serveAll(): SimPromise<void> {
    return run(this.#connection.serveAll());
  }
}

/** What is not here yet. */
export class AsyncResultFace {
  readonly #connection: RpycConnection;
  readonly #pending: Pending;

  constructor(connection: RpycConnection, pending: Pending) {
    this.#connection = connection;
    this.#pending = pending;
  }

  get expired(): boolean {
    return this.#connection.isOverdue(this.#pending);
  }

  /** Looks whether the answer has come. */
  get ready(): SimPromise<boolean> {
    return run(this.#ready());
  }

  get error(): SimPromise<boolean> {
    return run(this.#ready()).then((isReady) => isReady && this.#pending.isError);
  }

  /** The result, waited for; what the other side raised is thrown. */
  get value(): SimPromise<unknown> {
    return run(this.#value());
  }

  wait(): SimPromise<void> {
    return run(this.#wait());
  }

  setExpiry(seconds: number | null): void {
    this.#pending.dueUs = dueOf(this.#connection.process, seconds);
  }

  addCallback(callback: (result: AsyncResultFace) => void): void {
    if (this.#pending.isReady) callback(this);
    else this.#pending.callbacks.push(() => callback(this));
  }

  *#ready(): Body<boolean> {
    const { process } = this.#connection;
    while (!this.#pending.isReady && !this.expired) {
      if (yield* this.#connection.serve(process.nowUs())) continue;
      yield* wait(process.sleepUs(LOOK_US, { label: 'a look' }));
      break;
    }
    return this.#pending.isReady;
  }

  *#wait(): Body<void> {
    while (!this.#pending.isReady) {
      if (this.expired) throw new AsyncResultTimeout('result expired');
      yield* this.#connection.serve(this.#pending.dueUs);
    }
  }

  *#value(): Body<unknown> {
    return keepOf(yield* this.#connection.result(this.#pending));
  }
}

/** A caller of a remote function that does not wait. */
export function asyncOf(netref: unknown, timeout: number | null = null): SimPromise<unknown> {
  return run(asyncCaller(netref, timeout));
}

function* asyncCaller(netref: unknown, timeout: number | null): Body<unknown> {
  const target = yield* followed(netref);
  const { connection } = referenceOf(target, "'proxy' must be a netref");
  return (...args: unknown[]) => {
    const { positional, keywords } = RpycConnection.callArguments(args);
    const pairs = new Tuple(keywords.map((pair) => new Tuple(pair)));
    const given = [target, new Tuple(positional), pairs];
    return new AsyncResultFace(connection, connection.send(HANDLE.call, given, timeout));
  };
}

/** A connection in classic mode. */
export class ClassicFace extends ConnectionFace {
  readonly modules: object;
  builtins: unknown = null;
  builtin: unknown = null;
  eval: unknown = null;
  execute: unknown = null;
  namespace: unknown = null;
  readonly teleport = unavailable('ClassicConnection.teleport', TELEPORT);
  readonly #found = new Map<string, unknown>();
  #getmodule: unknown = null;

  constructor(connection: RpycConnection) {
    super(connection);
    const module = (name: string): Body<unknown> => this.#module(name);
    this.modules = modulesOf(module);
  }

  /** As Python does when it connects: six messages and their answers. */
  *install(): Body<void> {
    const connection = ConnectionFace.engineOf(this);
    const root = yield* followed(this.root);
    const get = function* (name: string): Body<unknown> {
      return keepOf(yield* connection.request(HANDLE.getattr, root, name));
    };
    this.#getmodule = yield* get('getmodule');
    this.builtins = this.builtin = yield* this.#module('builtins');
    this.eval = yield* get('eval');
    this.execute = yield* get('execute');
    this.namespace = yield* get('namespace');
  }

  *#module(name: string): Body<unknown> {
    const found = this.#found.get(name);
    if (found !== undefined) return found;
    const connection = ConnectionFace.engineOf(this);
    const args = [this.#getmodule, new Tuple([name]), new Tuple([])];
    try {
      const module = keepOf(yield* connection.request(HANDLE.call, ...args));
      this.#found.set(name, module);
      return module;
    } catch (error) {
      const isAbsent =
        error instanceof RemoteError && /^(ModuleNotFound|Import)Error$/.test(error.name);
      throw isAbsent ? new AttributeError(name) : error;
    }
  }
}

/** `conn.modules.os`, `conn.modules['os.path']`. */
function modulesOf(module: (name: string) => Body<unknown>): object {
  return new Proxy(Object.create(null) as object, {
    get(_target, name) {
      if (typeof name !== 'string' || name === 'then') return undefined;
      return pathOf({
        *get() {
          return { value: yield* module(name), isTemporary: false };
        },
      });
    },
  });
}
