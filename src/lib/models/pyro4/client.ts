// Calls to a remote object: connects when first needed, learns what the object offers with the answer to
// its greeting, and makes one call after the other.

import { ConnectionError, type Connection } from '#lib/node/connection.ts';
import { run, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { PYRO_DAEMON, PYRO_FLAG, PYRO_TYPE } from '#lib/protocol/pyro4.ts';
import {
  CommunicationError,
  ConnectionClosedError,
  ProtocolError,
  PyroError,
  SerializeError,
  TimeoutError,
} from './errors.ts';
import { type Link, osError } from './link.ts';
import type { Message } from './message.ts';
import type { Pyro } from './pyro.ts';
import { decode, encode, encodeCall, type Reference } from './remote-values.ts';
import { type Serializer, serializerNamed, serializerOf } from './serializers.ts';
import { Tuple } from './values.ts';
import { type URI } from './uri.ts';

const NOTHING_EXPOSED =
  "remote object doesn't expose any methods or attributes. Did you forget setting @expose on them?";

const NO_STREAMS =
  'result of call is an iterator, but the server is not configured to allow streaming';

/** In seconds, between two tries to connect again. */
const RECONNECT_PAUSE = 2;

/** The id of a remote generator. */
export class StreamId {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

export interface Call {
  method: string;
  args: readonly unknown[];
  keywords: Readonly<Record<string, unknown>> | null;
}

export class Client {
  readonly #pyro: Pyro;
  uri: URI;
  /** In seconds, for each call; 0 waits for ever. */
  timeout: number;
  maxRetries: number;
  methods = new Set<string>();
  attrs = new Set<string>();
  oneway = new Set<string>();
  /** What is said in greeting. */
  handshake: unknown = 'hello';
  /** null for that of the settings. */
  serializerName: string | null = null;
  #link: Link | null = null;
  #object = '';
  #sequence = 0;
  /** Calls of one proxy wait for each other. */
  #last: SimPromise<unknown> = SimPromise.resolve();

  constructor(pyro: Pyro, uri: URI) {
    this.#pyro = pyro;
    this.uri = uri;
    this.timeout = pyro.settings.COMMTIMEOUT;
    this.maxRetries = pyro.settings.MAX_RETRIES;
  }

  get isConnected(): boolean {
    return this.#link !== null;
  }

  get reference(): Reference {
    const { uri, methods, attrs, oneway } = this;
    return { uri, methods: [...methods], attrs: [...attrs], oneway: [...oneway] };
  }

  /** Another client of the same object, not connected. */
  copy(): Client {
    const copy = new Client(this.#pyro, this.uri);
    const { methods, attrs, oneway, timeout, maxRetries, handshake, serializerName } = this;
    const kept = { methods, attrs, oneway, timeout, maxRetries, handshake, serializerName };
    return Object.assign(copy, kept);
  }

  /** Runs a piece of work when those before it are done. */
  #inTurn<T>(work: () => Body<T>): SimPromise<T> {
    const before = this.#last;
    const mine = run(
      (function* (): Body<T> {
        yield* wait(before);
        return yield* work();
      })(),
    );
    this.#last = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }

  /** Whether there was no connection. */
  bind(): SimPromise<boolean> {
    return this.#inTurn(() => this.#connect(true));
  }

  release(): void {
    this.#link?.close();
    this.#link = null;
  }

  reconnect(tries: number): SimPromise<void> {
    this.release();
    return this.#inTurn(() => this.#reconnect(tries));
  }

  *#reconnect(tries: number): Body<void> {
    for (let left = tries; left > 0; left--) {
      try {
        yield* this.#connect(false);
        return;
      } catch (error) {
        if (!(error instanceof CommunicationError)) throw error;
      }
      if (left > 1) yield* wait(this.#pyro.process.sleepUs(usFromSeconds(RECONNECT_PAUSE)));
    }
    throw new ConnectionClosedError('failed to reconnect');
  }

  /** A method by name, after a look whether the object has it; tries again where that may help. */
  call(method: string, args: readonly unknown[], keywords: Call['keywords']): SimPromise<unknown> {
    return this.#inTurn(() => this.#retried({ method, args, keywords }));
  }

  *#retried(call: Call): Body<unknown> {
    for (let left = this.maxRetries; ; left--) {
      try {
        yield* this.#knowMember(call.method);
        return yield* this.#invoke(call);
      } catch (error) {
        const isLost = error instanceof ConnectionClosedError || error instanceof TimeoutError;
        if (!isLost || left <= 0) throw error;
      }
    }
  }

  *#knowMember(name: string): Body<void> {
    if (this.methods.size === 0 && this.attrs.size === 0) yield* this.#connect(false);
    if (this.methods.has(name) || this.attrs.has(name)) return;
    throw noMember(`has no exposed attribute or method '${name}'`, this.uri);
  }

  getAttribute(name: string): SimPromise<unknown> {
    return this.#inTurn(() => this.#getAttribute(name));
  }

  *#getAttribute(name: string): Body<unknown> {
    yield* this.#knowMember(name);
    if (!this.attrs.has(name)) {
      throw noMember(`'s member '${name}' is a method: call it`, this.uri, '');
    }
    return yield* this.#invoke({ method: '__getattr__', args: [name], keywords: null });
  }

  setAttribute(name: string, value: unknown): SimPromise<void> {
    return this.#inTurn(() => this.#setAttribute(name, value));
  }

  *#setAttribute(name: string, value: unknown): Body<void> {
    if (this.methods.size === 0 && this.attrs.size === 0) yield* this.#connect(false);
    if (!this.attrs.has(name)) throw noMember(`has no exposed attribute '${name}'`, this.uri);
    yield* this.#invoke({ method: '__setattr__', args: [name, value], keywords: null });
  }

  /** Several calls in one message. */
  batch(calls: readonly Call[], isOneway: boolean): SimPromise<unknown> {
    const args = calls.map((it) =>
      Tuple.holding([it.method, Tuple.holding(it.args), it.keywords ?? {}]),
    );
    const flags = PYRO_FLAG.batch | (isOneway ? PYRO_FLAG.oneway : 0);
    return this.#inTurn(() => this.#invoke({ method: '<batch>', args, keywords: null }, flags));
  }

  /** A call to the daemon itself, over the same connection. */
  daemonCall(method: string, args: readonly unknown[], flags = 0): SimPromise<unknown> {
    return this.#inTurn(() => this.#invoke({ method, args, keywords: {} }, flags, PYRO_DAEMON));
  }

  // Messages.

  *#invoke(call: Call, flags = 0, object?: string): Body<unknown> {
    yield* this.#connect(false);
    const link = this.#link!;
    const { context, objects } = this.#pyro;
    const { serializer } = this;
    const args = call.method === '<batch>' ? call.args : Tuple.holding(call.args);
    const id = object ?? this.#object;
    const payload = encodeCall([id, call.method, args, call.keywords], objects, serializer);
    const message = this.#message(PYRO_TYPE.invoke, payload, serializer);
    // They go with one call.
    context.annotations = context.responseAnnotations = {};
    this.#sequence = (this.#sequence + 1) & 0xffff;
    const isOneway = this.oneway.has(call.method) || (flags & PYRO_FLAG.oneway) !== 0;
    const all = flags | (isOneway ? PYRO_FLAG.oneway : 0);
    try {
      link.send({ ...message, flags: all, sequence: this.#sequence });
      if (isOneway) return null;
      return this.#valueOf(yield* link.next(this.timeout));
    } catch (error) {
      // An answer that comes after all must not be taken for that of the next call.
      if (error instanceof CommunicationError) this.release();
      throw error;
    }
  }

  /** @throws SerializeError for a name that TypeScript has no serializer for */
  private get serializer(): Serializer {
    return serializerNamed(this.serializerName ?? this.#pyro.settings.SERIALIZER);
  }

  #message(type: number, payload: Uint8Array, { id }: Serializer): Message {
    const annotations = this.#pyro.annotations(this.#pyro.context.annotations);
    const sequence = this.#sequence;
    return { type, flags: 0, sequence, serializer: id, annotations, payload };
  }

  #valueOf({ type, flags, sequence, serializer, annotations, payload }: Message): unknown {
    if (type !== PYRO_TYPE.result) throw new ProtocolError(`invalid msg type ${type} received`);
    if (sequence !== this.#sequence) {
      const words = `got ${sequence} expected ${this.#sequence}`;
      throw new ProtocolError(`invoke: reply sequence out of sync, ${words}`);
    }
    if (serializer !== this.serializer.id) {
      throw new SerializeError(`invalid serializer in response: ${serializer}`);
    }
    this.#pyro.context.responseAnnotations = annotations;
    const stream = annotations['STRM'];
    if (flags & PYRO_FLAG.stream && stream) return new StreamId(new TextDecoder().decode(stream));
    if (flags & PYRO_FLAG.stream) throw new ProtocolError(NO_STREAMS);
    const value = decode(payload, this.#pyro.objects, this.serializer);
    if (flags & PYRO_FLAG.exception) throw value;
    return value;
  }

  *#connect(isBinding: boolean): Body<boolean> {
    if (this.#link) return false;
    const uri = yield* this.#pyro.resolve(this.uri);
    const place = `('${uri.host}', ${uri.port})`;
    const link = yield* this.#open(uri, place);
    let answer: Message;
    try {
      const { serializer } = this;
      const greeting = { handshake: this.handshake, object: uri.object };
      const payload = encode(greeting, this.#pyro.objects, serializer);
      const hello = this.#message(PYRO_TYPE.connect, payload, serializer);
      link.send({ ...hello, flags: PYRO_FLAG.metadata });
      answer = yield* link.next(this.timeout);
    } catch (error) {
      link.close();
      throw error;
    }
    const said = answer.payload.length > 0 ? this.#said(answer) : '?';
    if (answer.type !== PYRO_TYPE.connectok) {
      link.close();
      throw new CommunicationError(`connection to ${place} rejected: ${String(said)}`);
    }
    this.#learn(answer, said, link);
    this.#link = link;
    this.#object = uri.object;
    if (isBinding) this.uri = uri;
    return true;
  }

  /** What a daemon says to a greeting: it may use marshal to say no. */
  #said({ serializer, payload }: Message): unknown {
    const known = serializerOf(serializer);
    if (known) return decode(payload, this.#pyro.objects, known);
    return new TextDecoder().decode(payload.subarray(2));
  }

  #learn({ flags }: Message, said: unknown, link: Link): void {
    if (!(flags & PYRO_FLAG.metadata)) return;
    const { meta } = (said ?? {}) as { meta?: Record<string, unknown> };
    this.methods = namesOf(meta?.['methods']);
    this.attrs = namesOf(meta?.['attrs']);
    this.oneway = namesOf(meta?.['oneway']);
    if (this.methods.size > 0 || this.attrs.size > 0) return;
    link.close();
    throw new PyroError(NOTHING_EXPOSED);
  }

  *#open({ host, port }: URI, place: string): Body<Link> {
    const { process } = this.#pyro;
    try {
      const options = { what: `a connection to ${host}:${port}`, by: [host!] };
      const opening = process.connect(host!, port!);
      const connection = yield* wait(
        process.waitFor(this.timeout > 0 ? this.#limited(opening) : opening, options),
      );
      return this.#pyro.link(connection);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      throw new CommunicationError(`cannot connect to ${place}: ${osError(error.code)}`);
    }
  }

  #limited(opening: SimPromise<Connection>): SimPromise<Connection> {
    const { process } = this.#pyro;
    return new SimPromise<Connection>((resolve, reject) => {
      const timer = process.setTimer(usFromSeconds(this.timeout), () => {
        process.cancelConnect(opening);
        reject(new CommunicationError(`cannot connect to ${this.uri.location}: timed out`));
      });
      opening.then(
        (connection) => {
          process.clearTimer(timer);
          resolve(connection);
        },
        (error: unknown) => {
          process.clearTimer(timer);
          reject(error);
        },
      );
    });
  }
}

function namesOf(found: unknown): Set<string> {
  const isMany = Array.isArray(found) || found instanceof Set;
  return new Set(isMany ? [...(found as Iterable<unknown>)].map(String) : []);
}

function noMember(words: string, uri: URI, blank = ' '): PyroError {
  const error = new PyroError(`remote object '${uri.toString()}'${blank}${words}`);
  error.name = 'AttributeError';
  return error;
}
