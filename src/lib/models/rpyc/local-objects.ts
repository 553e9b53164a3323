// What the other side may do with an object of this one. A JavaScript value answers as the Python value
// that it is nearest to would: an array as a list, a Map or a plain object as a dict, a function as a
// function. Rules of access as in Python (README, "Services").

import { repr, printed } from '#lib/node/print.ts';
import { Slice } from './brine.ts';
import type { ProtocolConfig } from './config.ts';
import { AttributeError, StopIteration, typeError } from './errors.ts';
import { Float, Tuple } from './face/values.ts';
import { readFrom, viewOf, writeTo } from './restricted.ts';
import { indicesOf } from './slicing.ts';

/** Special methods that anybody may use. */
const SAFE = new Set(
  (
    '__len__ __iter__ __next__ __getitem__ __setitem__ __delitem__ __contains__ __bool__ __eq__ __ne__ ' +
    '__str__ __repr__ __hash__ __doc__ __enter__ __exit__'
  ).split(' '),
);
/** They lead out of the object. */
const NEVER = new Set(['constructor', '__proto__', 'prototype', 'caller', 'callee', 'arguments']);

/** On an object: nobody else may change it. */
export const unchangeable: unique symbol = Symbol('unchangeable') as never;

type Anything = Record<string, unknown>;
type Work = (...args: never[]) => unknown;

/** The name of the Python class that a value passes for. */
export function classNameOf(value: object): string {
  if (Array.isArray(value)) return 'builtins.list';
  if (typeof value === 'function') return 'builtins.function';
  if (value instanceof Iteration) return 'builtins.list_iterator';
  if (value instanceof Set) return 'builtins.set';
  if (value instanceof Map || isPlain(value)) return 'builtins.dict';
  return `typescript.${(value.constructor as { name?: string } | undefined)?.name || 'object'}`;
}

/** Gets an attribute; methods know their object. */
export function getAttribute(object: object, name: string, config: ProtocolConfig): unknown {
  const view = viewOf(object);
  if (view) return readFrom(view, name);
  const special = SAFE.has(name) || isBuiltin(object) ? pythonMethod(object, name) : undefined;
  if (special && isAllowedMethod(name, config)) return special;
  const allowed = allowedName(object, name, config, config.allowGetattr);
  const value = (object as Anything)[allowed];
  if (value === undefined && !(allowed in object)) throw missing(object, name);
  return typeof value === 'function' ? (value as Work).bind(object as never) : value;
}

export function setAttribute(
  object: object,
  name: string,
  value: unknown,
  config: ProtocolConfig,
): void {
  const view = viewOf(object);
  if (view) return writeTo(view, name, value);
  if (unchangeable in object) throw new AttributeError('access denied');
  const allowed = allowedName(object, name, config, config.allowSetattr);
  (object as Anything)[allowed] = value;
}

export function deleteAttribute(object: object, name: string, config: ProtocolConfig): void {
  if (unchangeable in object) throw new AttributeError('access denied');
  const allowed = allowedName(object, name, config, config.allowDelattr);
  if (!(allowed in object)) throw missing(object, name);
  delete (object as Anything)[allowed];
}

/** Names of attributes, methods included. */
export function namesOf(object: object): string[] {
  const names = new Set<string>();
  for (let it: unknown = object; isOwnKind(it); it = Object.getPrototypeOf(it)) {
    for (const name of Object.getOwnPropertyNames(it)) if (!NEVER.has(name)) names.add(name);
  }
  return [...names].sort();
}

export function textOf(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'function') return `<function ${value.name || '<lambda>'}>`;
  return printed(value);
}

function isOwnKind(value: unknown): value is object {
  return typeof value === 'object' && value !== null && value !== Object.prototype;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function isBuiltin(object: object): boolean {
  return Array.isArray(object) || object instanceof Map || object instanceof Set;
}

function isAllowedMethod(name: string, config: ProtocolConfig): boolean {
  if (config.allowAllAttrs) return true;
  if (SAFE.has(name)) return config.allowSafeAttrs;
  return config.allowPublicAttrs && !name.startsWith('_');
}

function allowedName(
  object: object,
  name: string,
  config: ProtocolConfig,
  isPermitted: boolean,
): string {
  const refused = new AttributeError(`cannot access '${name}'`);
  if (!isPermitted || NEVER.has(name)) throw refused;
  const prefix = config.allowExposedAttrs ? config.exposedPrefix : '';
  const isPlainName =
    config.allowAllAttrs ||
    (prefix !== '' && name.startsWith(prefix)) ||
    (config.allowSafeAttrs && SAFE.has(name)) ||
    (config.allowPublicAttrs && !name.startsWith('_'));
  const isExposed = prefix !== '' && prefix + name in object;
  if (isExposed && !(isPlainName && name in object)) return prefix + name;
  if (isPlainName) return name;
  throw refused;
}

function missing(object: object, name: string): AttributeError {
  const kind = classNameOf(object).replace(/^.*\./, '');
  return new AttributeError(`'${kind}' object has no attribute '${name}'`);
}

/** An iteration under way. */
export class Iteration {
  readonly #iterator: Iterator<unknown>;
  constructor(items: Iterable<unknown>) {
    this.#iterator = items[Symbol.iterator]();
  }
  next(): unknown {
    const { done, value } = this.#iterator.next();
    if (done) throw new StopIteration('');
    return value;
  }
  [repr](): string {
    return '<iterator>';
  }
}

/** A method that Python's class of that kind has. */
function pythonMethod(object: object, name: string): Work | undefined {
  if (object instanceof Iteration) {
    if (name === '__next__') return () => object.next();
    return name === '__iter__' ? () => object : undefined;
  }
  if (name === '__str__' || name === '__repr__') return () => textOf(object);
  const methods = Array.isArray(object)
    ? listMethods(object)
    : object instanceof Set
      ? setMethods(object)
      : object instanceof Map || isPlain(object)
        ? dictMethods(object)
        : null;
  return methods && Object.hasOwn(methods, name) ? methods[name] : undefined;
}

function listMethods(list: unknown[]): Record<string, Work> {
  const at = (index: number): number => {
    const place = index < 0 ? index + list.length : index;
    if (place in list) return place;
    throw pythonError('IndexError', 'list index out of range');
  };
  return {
    __len__: () => list.length,
    __iter__: () => new Iteration(list),
    __getitem__: (index: number | Slice) =>
      index instanceof Slice
        ? indicesOf(index, list.length).map((place) => list[place])
        : list[at(index)],
    __setitem__: (index: number, value: unknown) => void (list[at(index)] = value),
    __delitem__: (index: number | Slice) => {
      const places = index instanceof Slice ? indicesOf(index, list.length) : [at(index)];
      for (const place of places.sort((a, b) => b - a)) list.splice(place, 1);
    },
    __contains__: (value: unknown) => list.includes(value),
    append: (value: unknown) => void list.push(value),
    extend: (values: Iterable<unknown>) => void list.push(...values),
    insert: (index: number, value: unknown) => void list.splice(index, 0, value),
    pop: (index = -1) => list.splice(at(index), 1)[0],
    clear: () => void list.splice(0),
    index: (value: unknown) => list.indexOf(value),
    count: (value: unknown) => list.filter((it) => it === value).length,
    reverse: () => void list.reverse(),
    sort: () => void list.sort(ascending),
    copy: () => [...list],
  };
}

function dictMethods(dict: object): Record<string, Work> {
  const map = dict instanceof Map ? (dict as Map<unknown, unknown>) : null;
  const own = dict as Anything;
  const has = (key: unknown): boolean => (map ? map.has(key) : Object.hasOwn(own, key as string));
  const keys = (): unknown[] => (map ? [...map.keys()] : Object.keys(own));
  const get = (key: unknown): unknown => (map ? map.get(key) : own[key as string]);
  const item = (key: unknown): unknown => {
    if (has(key)) return get(key);
    throw pythonError('KeyError', String(key));
  };
  return {
    __len__: () => keys().length,
    __iter__: () => new Iteration(keys()),
    __getitem__: item,
    __setitem__: (key: unknown, value: unknown) => {
      if (map) map.set(key, value);
      else if (!NEVER.has(String(key))) own[String(key)] = value;
    },
    __delitem__: (key: unknown) => {
      item(key);
      if (map) map.delete(key);
      else delete own[key as string];
    },
    __contains__: has,
    get: (key: unknown, otherwise: unknown = null) => (has(key) ? get(key) : otherwise),
    keys,
    values: () => keys().map(get),
    items: () => keys().map((key) => new Tuple([key, get(key)])),
  };
}

function setMethods(set: Set<unknown>): Record<string, Work> {
  return {
    __len__: () => set.size,
    __iter__: () => new Iteration(set),
    __contains__: (value: unknown) => set.has(value),
    add: (value: unknown) => void set.add(value),
    discard: (value: unknown) => void set.delete(value),
  };
}

/** As Python orders what it can compare. */
function ascending(a: unknown, b: unknown): number {
  const [one, other] = [a, b].map((it) => (it instanceof Float ? it.value : it));
  if (typeof one !== typeof other)
    throw typeError(`'<' not supported between ${typeof one} and ${typeof other}`);
  return (one as number) < (other as number) ? -1 : Number((one as number) > (other as number));
}

function pythonError(name: string, text: string): Error {
  const error = new AttributeError(text);
  error.name = name;
  return error;
}
