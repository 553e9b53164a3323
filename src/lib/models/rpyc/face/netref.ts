// Netrefs as TypeScript learners hold them. `await conn.modules.os.getcwd()`: a path is nothing but names
// until it is called or awaited; then it costs what it costs in Python, a message for each name and one
// for the call, and the netrefs in between are dropped as Python drops them.

import { repr } from '#lib/node/print.ts';
import { type Body, run, type SimPromise } from '#lib/node/promise.ts';
import { RpycConnection } from '../connection.ts';
import { HANDLE } from '../consts.ts';
import { StopIteration, typeError } from '../errors.ts';
import { netrefOf, packOf, type Reference, setNetrefFactory } from '../reference.ts';
import { keepOf } from './keep.ts';
import { Tuple } from './values.ts';

/** Captured: learners have no Proxy. */
const NativeProxy = Proxy;

/** What a path starts from, and how it is got. */
interface Source {
  /** Gives the object, and whether it was got for this expression only. */
  get(): Body<Got>;
}

interface Got {
  value: unknown;
  isTemporary: boolean;
}

const sources = new WeakMap<object, Source>();
/** Names that make a thenable of a path. */
const THENABLE = new Set(['then', 'catch', 'finally']);

setNetrefFactory(createNetref);

function createNetref(reference: Reference): object {
  const source: Source = { get: () => got({ value: netrefOf(reference), isTemporary: false }) };
  const handler = handlerOf(source, () => `<netref ${reference.pack[0]}>`);
  const { get } = handler;
  handler.get = (target, name, receiver) => {
    // An object that is here needs no waiting: `await` gives it back.
    if (typeof name === 'string' && THENABLE.has(name)) return undefined;
    return get!(target, name, receiver) as unknown;
  };
  return new NativeProxy(function netref(): void {}, handler);
}

/** A path: names and calls that nobody has waited for yet. */
export function pathOf(source: Source): object {
  const path = new NativeProxy(
    function path(): void {},
    handlerOf(source, () => '<path of a netref: await it>'),
  );
  sources.set(path, source);
  return path;
}

function handlerOf(source: Source, text: () => string): ProxyHandler<object> {
  return {
    get(_target, name) {
      if (name === repr) return text;
      if (name === Symbol.asyncIterator) return () => iterate(source);
      if (typeof name !== 'string') return undefined;
      if (THENABLE.has(name)) return promiseMethod(source, name);
      return pathOf(attributeOf(source, name));
    },
    has: (_target, name) => name === repr,
    apply: (_target, _self, args: unknown[]) => run(called(source, args)),
    set(_target, name) {
      throw typeError(
        `a netref is set with a message: await rpyc.setattr(object, '${String(name)}', value)`,
      );
    },
    deleteProperty(_target, name) {
      throw typeError(`await rpyc.delattr(object, '${String(name)}')`);
    },
    getPrototypeOf: () => null,
    ownKeys: () => [],
    getOwnPropertyDescriptor: () => undefined,
  };
}

function promiseMethod(source: Source, name: string): (...args: never[]) => unknown {
  const promise = (): SimPromise<unknown> => run(kept(source));
  return (...args) => {
    const waiting = promise() as unknown as Record<string, (...args: never[]) => unknown>;
    return waiting[name]!(...args);
  };
}

function attributeOf(source: Source, name: string): Source & { name: string; of: Source } {
  return {
    name,
    of: source,
    *get() {
      const { value, isTemporary } = yield* source.get();
      const { connection } = referenceOf(value, name);
      const found = yield* connection.request(HANDLE.getattr, value, name);
      if (isTemporary) release(value);
      return { value: found, isTemporary: isNew(found) };
    },
  };
}

/** Calls what a path leads to. Special methods are called as Python's interpreter does: by name. */
function* called(source: Source, args: readonly unknown[]): Body<unknown> {
  const { positional, keywords } = RpycConnection.callArguments(args);
  const given = [yield* tupleOf(positional), yield* pairsOf(keywords)];
  const { name, of } = source as Partial<ReturnType<typeof attributeOf>>;
  if (name !== undefined && /^__\w+__$/.test(name)) {
    const { value, isTemporary } = yield* of!.get();
    const { connection } = referenceOf(value, name);
    const result = yield* connection.request(HANDLE.callattr, value, name, ...given);
    if (isTemporary) release(value);
    return keepOf(result);
  }
  const { value, isTemporary } = yield* source.get();
  const { connection } = referenceOf(value, 'call');
  try {
    return keepOf(yield* connection.request(HANDLE.call, value, ...given));
  } finally {
    if (isTemporary) release(value);
  }
}

/** What a path leads to, for a program that holds it. */
function* kept(source: Source): Body<unknown> {
  const { value } = yield* source.get();
  return keepOf(value);
}

/** Arguments that are paths are followed first, in their order. */
function* tupleOf(args: readonly unknown[]): Body<Tuple> {
  const given: unknown[] = [];
  for (const arg of args) given.push(yield* followed(arg));
  return new Tuple(given);
}

function* pairsOf(keywords: readonly (readonly [string, unknown])[]): Body<Tuple> {
  const pairs: Tuple[] = [];
  for (const [name, value] of keywords) pairs.push(new Tuple([name, yield* followed(value)]));
  return new Tuple(pairs);
}

/** The value of a path; anything else is itself. */
export function* followed(value: unknown): Body<unknown> {
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
  const source = isObject ? sources.get(value) : undefined;
  return source ? yield* kept(source) : value;
}

/** A request about an object, for the functions of the module. */
export function* asked(object: unknown, handler: number, ...args: unknown[]): Body<unknown> {
  const target = yield* followed(object);
  const { connection } = referenceOf(target, 'this');
  const given: unknown[] = [];
  for (const arg of args) given.push(yield* followed(arg));
  return keepOf(yield* connection.request(handler, target, ...given));
}

/** `for await (const item of netref)`: one message for each item, as in Python. */
function iterate(source: Source): object {
  let iterator: unknown = null;
  const step = function* (): Body<{ done: boolean; value: unknown }> {
    if (iterator === null) {
      const target = yield* kept(source);
      iterator = yield* asked(target, HANDLE.callattr, '__iter__', new Tuple([]), new Tuple([]));
    }
    try {
      const value = yield* asked(
        iterator,
        HANDLE.callattr,
        '__next__',
        new Tuple([]),
        new Tuple([]),
      );
      return { done: false, value };
    } catch (error) {
      if (!(error instanceof StopIteration)) throw error;
      release(iterator);
      return { done: true, value: undefined };
    }
  };
  return {
    next: () => run(step()),
    return: () => run(over(() => release(iterator))),
  };
}

function* over(work: () => void): Body<{ done: boolean; value: undefined }> {
  yield* [];
  work();
  return { done: true, value: undefined };
}

function isNew(value: unknown): boolean {
  const reference = packOf(value);
  return reference !== undefined && !reference.isKept;
}

/** Tells the owner of an object that this side needs it no more. */
export function release(value: unknown): void {
  const reference = packOf(value);
  reference?.connection.values.forget(reference);
  reference?.connection.tellCount();
}

/** @throws TypeError for what is no netref */
export function referenceOf(value: unknown, what: string): Reference {
  const reference = packOf(value);
  if (reference) return reference;
  throw typeError(`not a netref: ${what === 'this' ? typeof value : what} (it came by value)`);
}

function* got(given: Got): Body<Got> {
  yield* [];
  return given;
}
