// Proxies as TypeScript learners have them: any name that is not the proxy's own is a member of the
// remote object. Calling it calls a method, awaiting it reads an attribute.

import { simErrors } from '#lib/node/engine-errors.ts';
import { repr } from '#lib/node/print.ts';
import { run, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { PYRO_FLAG } from '#lib/protocol/pyro4.ts';
import { type Client, StreamId, type Call } from '../client.ts';
import { ConnectionClosedError, PyroError, RemoteError } from '../errors.ts';
import { ExceptionWrapper } from '../remote-values.ts';
import type { Pyro } from '../pyro.ts';
import { serializerNamed } from '../serializers.ts';
import { Keywords } from '../values.ts';
import { URI } from '../uri.ts';

/** Tries of `_pyroReconnect` without a number. */
const TRIES_MAX = 100_000_000;

const clients = new WeakMap<object, Client>();
/** Whose calls run beside each other. */
const asynchronous = new WeakSet<Client>();

/** The client behind a proxy, or null of any other object. */
export function clientOf(value: object): Client | null {
  return clients.get(value) ?? null;
}

/** What a proxy is itself. */
const OWN = {
  _pyroUri: (client: Client) => client.uri,
  _pyroTimeout: (client: Client) => client.timeout,
  _pyroMaxRetries: (client: Client) => client.maxRetries,
  _pyroHandshake: (client: Client) => client.handshake,
  _pyroSerializer: (client: Client) => client.serializerName,
  _pyroMethods: (client: Client) => new Set(client.methods),
  _pyroAttrs: (client: Client) => new Set(client.attrs),
  _pyroOneway: (client: Client) => new Set(client.oneway),
  _pyroBind: (client: Client) => () => client.bind(),
  _pyroRelease: (client: Client) => () => client.release(),
  _pyroReconnect:
    (client: Client) =>
    (tries = TRIES_MAX) =>
      client.reconnect(tries),
  _pyroSet: (client: Client) => (name: string, value: unknown) => client.setAttribute(name, value),
  toString: (client: Client) => () => textOf(client),
} as const;

function textOf({ isConnected, uri }: Client): string {
  const state = isConnected ? 'connected IPv4' : 'not connected';
  return `<Pyro4.core.Proxy; ${state}; for ${uri.toString()}>`;
}

const HANDLER: ProxyHandler<object> = {
  get(target, name) {
    const client = clients.get(target)!;
    if (name === repr) return () => textOf(client);
    // A proxy is no promise; the rest of the symbols are the language's.
    if (typeof name === 'symbol' || name === 'then') return undefined;
    if (Object.hasOwn(OWN, name)) return OWN[name as keyof typeof OWN](client);
    return memberOf(client, name);
  },
  set(target, name, value) {
    const client = clients.get(target)!;
    if (name === '_pyroTimeout') client.timeout = Number(value ?? 0);
    else if (name === '_pyroMaxRetries') client.maxRetries = Number(value);
    else if (name === '_pyroHandshake') client.handshake = value;
    else if (name === '_pyroSerializer') client.serializerName = nameOrNull(value);
    else {
      const call = `await proxy._pyroSet('${String(name)}', value)`;
      throw new simErrors.TypeError(`setting a remote attribute takes time: write ${call}`);
    }
    return true;
  },
  has: (_target, name) => name === repr || (typeof name === 'string' && Object.hasOwn(OWN, name)),
  ownKeys: () => [],
  getOwnPropertyDescriptor: () => undefined,
  defineProperty: () => false,
  deleteProperty: () => false,
  getPrototypeOf: () => null,
};

/** @throws SerializeError for a serializer that TypeScript does not have */
function nameOrNull(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  serializerNamed(String(value));
  return String(value);
}

/** A proxy over a client. */
export function proxyOf(client: Client): object {
  const target = Object.create(null) as object;
  const proxy = new Proxy(target, HANDLER);
  clients.set(target, client);
  clients.set(proxy, client);
  return proxy;
}

/** A member of a remote object: call it, or await it. */
function memberOf(client: Client, name: string): unknown {
  const member = (...given: unknown[]): SimPromise<unknown> => {
    const last = given.at(-1);
    const keywords = last instanceof Keywords ? last.values : {};
    const args = last instanceof Keywords ? given.slice(0, -1) : given;
    const caller = asynchronous.has(client) ? client.copy() : client;
    const called = caller.call(name, args, keywords).then((value) => {
      if (value instanceof StreamId) return new RemoteStream(caller, value.id);
      if (caller !== client) caller.release();
      return value;
    });
    return called;
  };
  const then: SimPromise<unknown>['then'] = (onFulfilled, onRejected) =>
    client.getAttribute(name).then(onFulfilled, onRejected);
  return Object.assign(member, { then });
}

/** From now on each call has a connection of its own, so that calls do not wait for each other. */
export function asyncproxy(proxy: object, isAsynchronous = true): void {
  const client = clientOf(proxy);
  if (!client) throw new simErrors.TypeError('asyncproxy needs a proxy');
  if (isAsynchronous) asynchronous.add(client);
  else asynchronous.delete(client);
}

/** Of a remote generator: `for await (const item of await proxy.items())`. Each item is a call. */
class RemoteStream {
  readonly #client: Client;
  readonly #id: string;
  #isOver = false;

  constructor(client: Client, id: string) {
    this.#client = client;
    this.#id = id;
  }

  next(): SimPromise<IteratorResult<unknown>> {
    return run(this.#next());
  }

  *#next(): Body<IteratorResult<unknown>> {
    if (this.#isOver) return { done: true, value: undefined };
    if (!this.#client.isConnected) {
      throw new ConnectionClosedError('the proxy for this stream result has been closed');
    }
    try {
      const value = yield* wait(this.#client.daemonCall('get_next_stream_item', [this.#id]));
      return { done: false, value };
    } catch (error) {
      this.#isOver = true;
      if (error instanceof RemoteError && error.name === 'StopIteration') {
        return { done: true, value: undefined };
      }
      throw error;
    }
  }

  /** Left early. */
  return(): SimPromise<IteratorResult<unknown>> {
    const over = { done: true as const, value: undefined };
    if (this.#isOver) return SimPromise.resolve<IteratorResult<unknown>>(over);
    this.#isOver = true;
    if (!this.#client.isConnected) return SimPromise.resolve<IteratorResult<unknown>>(over);
    return this.#client.daemonCall('close_stream', [this.#id], PYRO_FLAG.oneway).then(() => over);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** Collects calls of a proxy; calling it sends them in one message. */
export function batch(proxy: object): unknown {
  const client = clientOf(proxy);
  if (!client) throw new simErrors.TypeError('batch needs a proxy');
  let calls: Call[] = [];
  const send = (options: { oneway?: boolean } = {}): SimPromise<unknown> => {
    const sent = calls;
    calls = [];
    const isOneway = options.oneway === true;
    return client
      .batch(sent, isOneway)
      .then((values) => (isOneway ? null : resultsOf(values as unknown[])));
  };
  return new Proxy(send, {
    get(_target, name) {
      if (typeof name === 'symbol' || name === 'then') return undefined;
      return (...given: unknown[]) => {
        const last = given.at(-1);
        const keywords = last instanceof Keywords ? last.values : {};
        const args = last instanceof Keywords ? given.slice(0, -1) : given;
        calls.push({ method: name, args, keywords });
      };
    },
  });
}

/** Results one by one; the exception is thrown when it is reached. */
function* resultsOf(values: unknown[]): Generator<unknown> {
  for (const value of values) {
    if (value instanceof ExceptionWrapper) throw value.error;
    yield value;
  }
}

/** @throws PyroError for what is no URI */
export function uriOf(pyro: Pyro, given: unknown): URI {
  if (given instanceof URI) return given;
  if (typeof given === 'string') return new URI(given, pyro.settings);
  throw new PyroError('expected Pyro URI');
}
