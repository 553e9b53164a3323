// What serpent cannot say travels as a dict with the name of a class: addresses, proxies, exceptions. Of
// such dicts only known ones become objects again.

import { simErrors } from '#lib/node/engine-errors.ts';
import { isStop } from '#lib/node/meter.ts';
import { atobBytes } from './base64.ts';
import {
  ERRORS,
  isBuiltin,
  PyroError,
  pythonNameOf,
  RemoteError,
  SecurityError,
  SerializeError,
} from './errors.ts';
import { pythonString } from './serpent.ts';
import { type CallParts, type Serializer, SERPENT } from './serializers.ts';
import { SerpentError } from './serpent-error.ts';
import { Tuple } from './values.ts';
import { URI } from './uri.ts';

/** What the face knows of proxies and registered objects. */
export interface Objects {
  /** The URI and members of a proxy, or of an object that a daemon serves; null of any other. */
  referenceOf(value: object): Reference | null;
  proxyOf(reference: Reference): unknown;
}

export interface Reference {
  uri: URI;
  methods: readonly string[];
  attrs: readonly string[];
  oneway: readonly string[];
}

/** An exception in the place of a result, in a batch. */
export class ExceptionWrapper {
  readonly error: Error;

  constructor(error: Error) {
    this.error = error;
  }
}

/** @throws SerializeError for a value that cannot travel */
export function encode(
  value: unknown,
  objects: Objects,
  serializer: Serializer = SERPENT,
): Uint8Array {
  return written(() => serializer.dump(value, (it) => describe(it, objects)));
}

/** The bytes of a call. @throws SerializeError for an argument that cannot travel */
export function encodeCall(call: CallParts, objects: Objects, serializer: Serializer): Uint8Array {
  return written(() => serializer.dumpCall(call, (it) => describe(it, objects)));
}

function written(write: () => Uint8Array): Uint8Array {
  try {
    return write();
  } catch (error) {
    if (!(error instanceof SerpentError)) throw error;
    throw error.kind === 'TypeError'
      ? new simErrors.TypeError(error.message)
      : new RemoteError('ValueError', [error.message], error.message);
  }
}

/** @throws SerializeError, SecurityError for classes that are not known */
export function decode(
  bytes: Uint8Array,
  objects: Objects,
  serializer: Serializer = SERPENT,
): unknown {
  return guarded(() => revive(serializer.load(bytes), objects));
}

/** Whoever sends may send anything: what has another shape than it should is an error of the sender's. */
function guarded<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof PyroError || isStop(error)) throw error;
    throw new SerializeError(error instanceof SerpentError ? error.message : 'malformed value');
  }
}

export interface ReadCall {
  object: string;
  method: string;
  args: unknown[];
  keywords: Record<string, unknown>;
}

/** The parts of a call: only its arguments may hold objects. */
export function decodeCall(bytes: Uint8Array, objects: Objects, serializer: Serializer): ReadCall {
  return guarded(() => {
    const [object, method, args, keywords] = serializer.loadCall(bytes);
    return {
      object: String(object),
      method: String(method),
      args: [...(revive(args, objects) as unknown[])],
      keywords: { ...(revive(keywords ?? {}, objects) as Record<string, unknown>) },
    };
  });
}

/** One call of a batch. */
export function batchedCall(call: unknown): Omit<ReadCall, 'object'> {
  return guarded(() => {
    const [method, args, keywords] = call as unknown[];
    const named = { ...(keywords as Record<string, unknown> | null) };
    return { method: String(method), args: [...(args as unknown[])], keywords: named };
  });
}

function describe(value: object, objects: Objects): unknown {
  if (value instanceof URI) {
    const { protocol, object, host, port } = value;
    const state = Tuple.holding([protocol, object, null, host, port]);
    return { __class__: 'Pyro4.core.URI', state };
  }
  const reference = objects.referenceOf(value);
  if (reference) return { __class__: 'Pyro4.core.Proxy', state: proxyState(reference) };
  if (value instanceof ExceptionWrapper) {
    const exception = describeError(value.error);
    return { __class__: 'Pyro4.futures._ExceptionWrapper', exception };
  }
  if (value instanceof Error) return describeError(value);
  if (typeof value === 'function') return undefined;
  // An object of a class of the learner's: the other side refuses it.
  return { ...value, __class__: `__main__.${value.constructor.name}` };
}

function proxyState({ uri, oneway, methods, attrs }: Reference): Tuple {
  const lists = [oneway, methods, attrs].map((names) => Tuple.holding(names));
  return Tuple.holding([uri.toString(), ...lists, 0, null, 'hello', 0, null]);
}

function describeError(error: Error): unknown {
  const args = error instanceof PyroError ? error.args : error.message ? [error.message] : [];
  const trace = (error as { _pyroTraceback?: unknown })._pyroTraceback;
  return {
    __class__: pythonNameOf(error),
    __exception__: true,
    args: Tuple.holding(args),
    attributes: trace === undefined ? {} : { _pyroTraceback: trace },
  };
}

/** Objects again, of the dicts with a class in a value. */
function revive(value: unknown, objects: Objects): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  const inner = (it: unknown): unknown => revive(it, objects);
  if (value instanceof Tuple) return Tuple.holding(value.map(inner));
  if (Array.isArray(value)) return value.map(inner);
  if (value instanceof Set) return new Set([...value].map(inner));
  if (value instanceof Map) return new Map([...value].map(([key, it]) => [key, inner(it)]));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const dict = value as Record<string, unknown>;
  if (Object.hasOwn(dict, '__class__')) return objectOf(dict, objects);
  const bytes = bytesOf(dict);
  if (bytes) return bytes;
  return Object.fromEntries(Object.entries(dict).map(([key, it]) => [key, inner(it)]));
}

/** Python keeps the dict and asks for `serpent.tobytes`; here bytes are bytes again. */
function bytesOf(dict: Record<string, unknown>): Uint8Array | null {
  const { data, encoding } = dict;
  if (encoding !== 'base64' || typeof data !== 'string' || Object.keys(dict).length !== 2)
    return null;
  return atobBytes(data);
}

function objectOf(dict: Record<string, unknown>, objects: Objects): unknown {
  const name = String(dict['__class__']);
  if (name === 'float') return NaN;
  if (name.includes('__')) {
    const words = 'refused to deserialize types with double underscores in their name';
    throw new SecurityError(`${words}: ${name}`);
  }
  const state = dict['state'];
  if (name === 'Pyro4.core.URI' && Array.isArray(state)) {
    const [protocol, object, , host, port] = state as unknown[];
    return new URI(
      `${String(protocol)}:${String(object)}${host ? `@${String(host)}:${String(port)}` : ''}`,
    );
  }
  if (name === 'Pyro4.core.Proxy' && Array.isArray(state)) {
    const [uri, oneway, methods, attrs] = state as [string, string[], string[], string[]];
    return objects.proxyOf({ uri: new URI(uri), oneway, methods, attrs });
  }
  if (name === 'Pyro4.futures._ExceptionWrapper') {
    const error = objectOf(dict['exception'] as Record<string, unknown>, objects);
    return new ExceptionWrapper(error as Error);
  }
  const error = dict['__exception__'] ? errorOf(name, dict, objects) : null;
  if (error) return error;
  throw new SerializeError(`unsupported serialized class: ${name}`);
}

function errorOf(name: string, dict: Record<string, unknown>, objects: Objects): Error | null {
  const short = name.slice(name.lastIndexOf('.') + 1);
  const isOwn = name === `Pyro4.errors.${short}` && short in ERRORS;
  if (!isOwn && !(name === `builtins.${short}` && isBuiltin(short))) return null;
  const args = [...(revive(dict['args'] ?? [], objects) as unknown[])];
  const message = messageOf(short, args);
  const error = isOwn
    ? new ERRORS[short as keyof typeof ERRORS](message)
    : new RemoteError(short, args, message);
  error.args = args;
  const attributes = (dict['attributes'] ?? {}) as { _pyroTraceback?: string[] };
  if (attributes._pyroTraceback) error._pyroTraceback = attributes._pyroTraceback;
  return error;
}

/** As Python's `str(error)`. */
function messageOf(name: string, args: readonly unknown[]): string {
  if (args.length === 0) return '';
  const shown = (it: unknown): string => (typeof it === 'string' ? pythonString(it) : String(it));
  if (args.length > 1) return `(${args.map(shown).join(', ')})`;
  return name === 'KeyError' ? shown(args[0]) : String(args[0]);
}

/** The traceback of a learner's error as Python's callers get it: lines with their ends. */
export function tracebackLines(text: string): string[] {
  return text.split('\n').map((line) => `${line}\n`);
}
