// What one side may ask of the other: the handlers of requests.

import { type Body, SimPromise, wait } from '#lib/node/promise.ts';
import type { ProtocolConfig } from './config.ts';
import { HANDLE } from './consts.ts';
import { AttributeError, StopIteration, typeError } from './errors.ts';
import { Tuple } from './face/values.ts';
import {
  deleteAttribute,
  getAttribute,
  Iteration,
  namesOf,
  setAttribute,
  textOf,
} from './local-objects.ts';
import { writePickle } from './pickle.ts';
import { sliceOf } from './slicing.ts';
import type { Pack, Values } from './values.ts';

/** The connection, as handlers see it. */
export interface Requests {
  readonly config: ProtocolConfig;
  readonly values: Values;
  readonly root: object;
}

/** Requests whose first argument is no object of this side. */
const WITHOUT_OBJECT: ReadonlySet<number> = new Set([HANDLE.ping, HANDLE.getroot, HANDLE.inspect]);

function isObject(value: unknown): boolean {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** The answer to a request. What learner code throws is the caller's to tell. */
export function* answer(to: Requests, handler: number, args: readonly unknown[]): Body<unknown> {
  const [object, second, third, fourth] = args as [object, ...unknown[]];
  const { config } = to;
  if (!WITHOUT_OBJECT.has(handler) && !isObject(object))
    throw typeError('a request about no object');
  switch (handler) {
    case HANDLE.ping:
      return object;
    case HANDLE.getroot:
      return to.root;
    case HANDLE.getattr:
      return getAttribute(object, String(second), config);
    case HANDLE.setattr:
      return setAttribute(object, String(second), third, config);
    case HANDLE.delattr:
      return deleteAttribute(object, String(second), config);
    case HANDLE.call:
      return yield* call(object, second, third);
    case HANDLE.callattr:
      return yield* call(attribute(object, String(second), config), third, fourth);
    case HANDLE.repr:
    case HANDLE.str:
      return textOf(object);
    case HANDLE.cmp:
      return compare(String(third), object, second);
    case HANDLE.hash:
      return namesOf(object).length;
    case HANDLE.dir:
      return new Tuple(namesOf(object));
    case HANDLE.del:
      return to.values.drop(object, Number(second ?? 1));
    case HANDLE.inspect:
      if (!(args[0] instanceof Tuple)) throw typeError('a request about no object');
      return methodsOf(to.values.heldBy([...args[0]] as unknown as Pack).object);
    case HANDLE.buffiter:
      return take(object, Number(second));
    case HANDLE.instancecheck:
      return false;
    case HANDLE.pickle:
      if (!config.allowPickle) throw valueError('pickling is disabled');
      return writePickle(object);
    case HANDLE.slice:
      return yield* sliced(object, args, config);
    default:
      throw typeError(`request ${handler} is not part of this build`);
  }
}

/** Calls what the other side has called; a promise is waited for. */
function* call(work: unknown, positional: unknown, keywords: unknown): Body<unknown> {
  if (typeof work !== 'function') throw typeError(`'${typeof work}' object is not callable`);
  const given = positional instanceof Tuple ? [...positional] : [];
  const pairs = keywords instanceof Tuple ? [...keywords] : [];
  const named = pairs.flatMap((pair) => (pair instanceof Tuple ? [[...pair]] : []));
  // Options travel as one trailing object.
  if (named.length > 0) given.push(Object.fromEntries(named as [string, unknown][]));
  const made: unknown = (work as (...args: unknown[]) => unknown)(...given);
  return yield* wait(SimPromise.resolve(made));
}

function attribute(object: object, name: string, config: ProtocolConfig): unknown {
  if (name === '__call__' && typeof object === 'function') return object;
  return getAttribute(object, name, config);
}

/** An attempt with a slice; Python 2's way of slicing, which comes after it, no object here has. */
function* sliced(object: object, args: readonly unknown[], config: ProtocolConfig): Body<unknown> {
  const [, attempt, , start, stop, more] = args;
  const given = more instanceof Tuple ? [...more] : [];
  const part = sliceOf(start as number | null, stop as number | null);
  return yield* call(attribute(object, String(attempt), config), new Tuple([part, ...given]), null);
}

function compare(operator: string, one: unknown, other: unknown): boolean {
  if (operator === '__eq__') return one === other;
  if (operator === '__ne__') return one !== other;
  throw typeError(`'${operator}' not supported between objects of TypeScript`);
}

/** (name, docstring) of what can be called. */
function methodsOf(object: object): Tuple {
  const names = namesOf(object).filter((name) => {
    const found = Object.getOwnPropertyDescriptor(object, name) ?? descriptorAbove(object, name);
    return typeof found?.value === 'function';
  });
  return new Tuple(names.map((name) => new Tuple([name, null])));
}

function descriptorAbove(object: object, name: string): PropertyDescriptor | undefined {
  for (let it = object; it; it = Object.getPrototypeOf(it) as object) {
    const found = Object.getOwnPropertyDescriptor(it, name);
    if (found) return found;
  }
  return undefined;
}

function take(object: object, count: number): Tuple {
  if (!(object instanceof Iteration)) throw typeError('not an iterator');
  const items: unknown[] = [];
  try {
    while (items.length < count) items.push(object.next());
  } catch (error) {
    if (!(error instanceof StopIteration)) throw error;
  }
  return new Tuple(items);
}

function valueError(text: string): Error {
  const error = new AttributeError(text);
  error.name = 'ValueError';
  return error;
}
