// A daemon: holds objects under ids, accepts connections, and makes the calls that come over them. On the
// thread server connections are served beside each other, on the multiplex server one call at a time in
// the whole daemon, so that an object which calls back into it waits for ever.

import type { Connection, Listener } from '#lib/node/connection.ts';
import { SimAsyncGenerator } from '#lib/node/async-generator.ts';
import { simErrors, traceback } from '#lib/node/engine-errors.ts';
import { isStop } from '#lib/node/meter.ts';
import { Deferred, run, runWithin, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { InvariantError } from '#lib/protocol/errors.ts';
import { PYRO_DAEMON, PYRO_FLAG, PYRO_TYPE } from '#lib/protocol/pyro4.ts';
import {
  CommunicationError,
  ConnectionClosedError,
  DaemonError,
  ProtocolError,
  PyroError,
  RemoteError,
  SecurityError,
  SerializeError,
} from './errors.ts';
import { isCallback, isClass, membersOf, modeOf, type Class, type Members } from './exposing.ts';
import { type Annotations, ClientConnection, type DaemonHooks, NO_HOOKS } from './hooks.ts';
import type { Link } from './link.ts';
import type { Message } from './message.ts';
import type { CallContext, Pyro } from './pyro.ts';
import {
  batchedCall,
  decode,
  decodeCall,
  encode,
  ExceptionWrapper,
  tracebackLines,
} from './remote-values.ts';
import { type Serializer, serializerOf, SERPENT } from './serializers.ts';
import { Streams } from './streams.ts';
import { URI } from './uri.ts';

type Callable = (...args: unknown[]) => unknown;
type Instances = Map<Class, object>;

const NO_WORKERS = 'no free workers, increase server threadpool size';

/** An object or a class that a daemon serves. */
export interface Served {
  target: object;
  /** Name of its class: that of ours is another one in a bundle. */
  type: string;
  members(): Members;
}

/** What a client says first. */
interface Greeting {
  handshake?: unknown;
  object?: unknown;
}

/** One client. */
interface Session {
  link: Link;
  client: ClientConnection;
  instances: Instances;
}

export class DaemonServer {
  readonly #pyro: Pyro;
  readonly objects = new Map<string, Served>();
  readonly kind: string;
  readonly host: string;
  port: number;
  #listener: Listener | null = null;
  readonly #singles: Instances = new Map();
  readonly #streams: Streams;
  readonly #hooks: DaemonHooks;
  readonly #sessions = new Set<Session>();
  #busy = 0;
  /** The multiplex server's turn. */
  #last: SimPromise<unknown> = SimPromise.resolve();
  readonly #stopped = new Deferred<void>();
  #isClosed = false;

  constructor(pyro: Pyro, host: string, port: number, hooks = NO_HOOKS) {
    this.#pyro = pyro;
    this.#streams = new Streams(pyro);
    this.#hooks = hooks;
    this.host = host;
    this.port = port;
    this.kind = pyro.settings.SERVERTYPE;
    if (this.kind !== 'thread' && this.kind !== 'multiplex') {
      throw new PyroError(`invalid server type '${this.kind}'`);
    }
    const own = new DaemonObject(this);
    this.objects.set(PYRO_DAEMON, {
      target: own,
      type: 'DaemonObject',
      members: () => DAEMON_MEMBERS,
    });
  }

  get location(): string {
    return `${this.host}:${this.port}`;
  }

  get workerCount(): number {
    return Math.max(this.#sessions.size, this.#pyro.settings.THREADPOOL_SIZE_MIN);
  }

  /**
   * Takes the port and begins to accept.
   *
   * @throws PyroError with the words of Python's OSError when the port is taken
   */
  *open(): Body<void> {
    if (this.#listener) return;
    const { process } = this.#pyro;
    const given = yield* wait(process.claimPort(this.port));
    if (given === 0) {
      const words = '[Errno 98] Address already in use';
      throw new RemoteError('OSError', [98, 'Address already in use'], words);
    }
    this.port = given;
    const isLoopback = this.host === 'localhost' || this.host.startsWith('127.');
    this.#listener = process.listen(given, isLoopback);
    this.tell();
    run(this.#accept(this.#listener));
  }

  /** Resolves when the daemon is shut down. */
  get stopped(): SimPromise<void> {
    return this.#stopped.promise;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listener?.close();
    this.#streams.clear();
    for (const { link } of this.#sessions) link.close();
    if (this.#listener) this.tell();
    this.#stopped.resolve();
  }

  /** Shows on the page what there is and how busy it is. */
  tell(): void {
    this.#pyro.process.state('pyro4 daemon', {
      location: this.location,
      open: !this.#isClosed,
      server: this.kind,
      objects: [...this.objects].map(([id, { type, target }]) => {
        // A class is served by instances; an object serves itself.
        return [id, type, isClass(target) ? modeOf(target) : ''];
      }),
      connections: this.#sessions.size,
      busy: this.#busy,
      workers: this.kind === 'thread' ? this.workerCount : 1,
    });
  }

  uriFor(id: string): URI {
    return new URI(`PYRO:${id}@${this.location}`);
  }

  // Connections.

  *#accept(listener: Listener): Body<void> {
    while (!this.#isClosed) {
      const connection = yield* wait(listener.accept());
      run(this.#serve(connection));
    }
  }

  *#serve(connection: Connection): Body<void> {
    const link = this.#pyro.link(connection);
    const session = { link, client: new ClientConnection(link), instances: new Map() };
    const { THREADPOOL_SIZE } = this.#pyro.settings;
    const isFull = this.kind === 'thread' && this.#sessions.size >= THREADPOOL_SIZE;
    if (!isFull) this.#sessions.add(session);
    let isWelcome = false;
    try {
      const denied = isFull ? NO_WORKERS : null;
      isWelcome = yield* this.#inTurn(() => this.#greet(session, denied));
      if (!isWelcome) return;
      this.tell();
      for (;;) {
        const request = yield* session.link.next(this.#pyro.settings.COMMTIMEOUT, true);
        yield* this.#inTurn(() => this.#answer(session, request));
      }
    } catch (error) {
      // A client that has gone, or that must go.
      if (!(error instanceof PyroError)) throw error;
    } finally {
      session.link.close();
      if (this.#sessions.delete(session)) {
        this.tell();
        if (isWelcome) this.#left(session.client);
      }
    }
  }

  #left(client: ClientConnection): void {
    client.releaseAll();
    if (this.#isClosed) return;
    this.#streams.left(client);
    run(this.#alone('clientDisconnect', () => this.#hooks.clientDisconnect(client)));
  }

  /** The multiplex server does one thing after another; its loop greets as well. */
  *#inTurn<T>(work: () => Body<T>): Body<T> {
    if (this.kind !== 'multiplex') return yield* work();
    const before = this.#last;
    const mine = run(
      (function* (): Body<T> {
        yield* wait(before);
        return yield* work();
      })(),
    );
    this.#last = mine.catch(() => undefined);
    return yield* wait(mine);
  }

  /** Answers a greeting with what its object offers. Whether the client may stay. */
  *#greet({ link, client }: Session, denied: string | null): Body<boolean> {
    const hello = yield* link.next(this.#pyro.settings.COMMTIMEOUT, true);
    const flags = hello.flags & PYRO_FLAG.metadata;
    try {
      if (hello.type !== PYRO_TYPE.connect) throw new ProtocolError('no greeting');
      if (denied !== null) throw new PyroError(denied);
      const serializer = this.#serializerOf(hello);
      const said = decode(hello.payload, this.#pyro.objects, serializer) as Greeting | null;
      const handshake = yield* wait(
        SimPromise.resolve(this.#hooks.validateHandshake(client, said?.handshake)),
      );
      const meta = flags ? this.metadata(String(said?.object)) : null;
      const answer = meta ? { handshake, meta } : handshake;
      this.#send(link, hello, PYRO_TYPE.connectok, answer, flags);
      return true;
    } catch (error) {
      if (isStop(error) || error instanceof InvariantError) throw error;
      const words = error instanceof Error ? error.message : String(error);
      this.#send(link, hello, PYRO_TYPE.connectfail, words, 0);
      return false;
    }
  }

  #serializerOf({ serializer }: Message): Serializer {
    const found = serializerOf(serializer);
    if (found) return found;
    throw new SerializeError(`message used serializer that is not accepted: ${serializer}`);
  }

  #send(link: Link, to: Message, type: number, value: unknown, flags: number): void {
    const { sequence } = to;
    // Whoever is refused for its serializer is told in ours.
    const serializer = serializerOf(to.serializer) ?? SERPENT;
    const payload = encode(value, this.#pyro.objects, serializer);
    const annotations = this.#annotations();
    link.send({ type, flags, sequence, serializer: serializer.id, annotations, payload });
  }

  #annotations(): Annotations {
    const given = this.#pyro.annotations(this.#pyro.context.responseAnnotations);
    return { ...given, ...this.#hooks.annotations() };
  }

  /** What an object offers, and on the server a warning if that is nothing. */
  metadata(id: string): Members {
    const served = this.objects.get(id);
    if (!served) throw new DaemonError('unknown object');
    const members = served.members();
    if (members.methods.length === 0 && members.attrs.length === 0) {
      const words = "doesn't expose any methods or attributes. Did you forget to expose them?";
      this.#pyro.process.write('stderr', `Warning: class ${served.type} ${words}\n`);
    }
    return members;
  }

  // Calls.

  *#answer(session: Session, request: Message): Body<void> {
    const { link } = session;
    if (request.type === PYRO_TYPE.ping) {
      const payload = new TextEncoder().encode('pong');
      link.send({ ...request, flags: 0, annotations: {}, payload });
      return;
    }
    const context: CallContext = {
      correlation: request.annotations['CORR'] ?? this.#pyro.newCorrelation(),
      client: session.client,
      sequence: request.sequence,
      flags: request.flags,
      serializer: request.serializer,
      annotations: request.annotations,
      responseAnnotations: {},
      isCallback: false,
    };
    this.#busy++;
    this.tell();
    try {
      yield* wait(runWithin(context, this.#call(session, request)));
    } finally {
      this.#busy--;
      this.tell();
    }
  }

  *#call(session: Session, request: Message): Body<void> {
    const isOneway = (request.flags & PYRO_FLAG.oneway) !== 0;
    try {
      yield* this.#make(session, request, isOneway);
    } catch (error) {
      if (isStop(error)) throw error;
      const isLost = error instanceof CommunicationError && !(error instanceof SerializeError);
      if (!isOneway && !isLost) this.#report(session.link, request, error);
      if (isLost || error instanceof SerializeError || error instanceof SecurityError) throw error;
      // Of a call-back it is this side's too, which ends the conversation.
      if (this.#pyro.context.isCallback) throw new ConnectionClosedError('call-back failed');
    }
  }

  #report(link: Link, request: Message, thrown: unknown): void {
    const error = this.#traced(thrown);
    try {
      this.#send(link, request, PYRO_TYPE.result, error, PYRO_FLAG.exception);
    } catch (failure) {
      if (failure instanceof CommunicationError && !(failure instanceof SerializeError))
        throw failure;
      const words = `Error serializing exception: ${(failure as Error).message}. Original exception: `;
      const generic = new PyroError(`${words}${error.name}: ${error.message}`);
      this.#send(link, request, PYRO_TYPE.result, generic, PYRO_FLAG.exception);
    }
  }

  /** What was thrown as an error that knows its traceback. */
  #traced(thrown: unknown): Error {
    const error = thrown instanceof Error ? thrown : new simErrors.Error(String(thrown));
    const lines = tracebackLines(traceback(error, this.#pyro.process.program));
    if (Object.isExtensible(error)) Object.assign(error, { _pyroTraceback: lines });
    return error;
  }

  *#make(session: Session, request: Message, isOneway: boolean): Body<void> {
    const { link, instances } = session;
    const call = decodeCall(request.payload, this.#pyro.objects, this.#serializerOf(request));
    const served = this.objects.get(call.object);
    if (!served) throw new DaemonError('unknown object');
    const target = isClass(served.target)
      ? this.#instance(served.target, instances)
      : served.target;
    const members = served.members();
    if (request.flags & PYRO_FLAG.batch) {
      const values = yield* this.#batch(target, members, call.args);
      if (!isOneway) this.#send(link, request, PYRO_TYPE.result, values, PYRO_FLAG.batch);
      return;
    }
    const args = argumentsOf(call);
    const make = (): Body<unknown> => this.#invoke(target, members, call.method, args);
    if (isOneway) {
      run(this.#alone('oneway-call', () => run(make())));
      return;
    }
    this.#pyro.context.isCallback = isCallback(target, call.method);
    const value = yield* make();
    if (isStream(value)) this.#stream(session, request, value);
    else this.#send(link, request, PYRO_TYPE.result, value, 0);
  }

  /** Nobody waits for it: what goes wrong shows here only. */
  *#alone(what: string, work: () => unknown): Body<void> {
    try {
      yield* wait(SimPromise.resolve(work()));
    } catch (error) {
      if (isStop(error)) throw error;
      const { process } = this.#pyro;
      const text = traceback(error, process.program);
      process.write('stderr', `Exception in ${what}:\n${text}\n`);
    }
  }

  *#invoke(target: object, members: Members, method: string, args: unknown[]): Body<unknown> {
    if (method === '__getattr__' || method === '__setattr__') {
      const [name, value] = args as [string, unknown];
      if (!members.attrs.includes(name)) {
        throw attributeError(`attempt to access unexposed or unknown remote attribute '${name}'`);
      }
      if (method === '__setattr__') return void Reflect.set(target, name, value);
      return Reflect.get(target, name) as unknown;
    }
    if (!members.methods.includes(method)) {
      const kind = method.startsWith('_') ? 'private' : 'unexposed';
      throw attributeError(`attempt to access ${kind} attribute '${method}'`);
    }
    const body = Reflect.get(target, method) as Callable;
    return yield* wait(body.apply(target, args) as PromiseLike<unknown>);
  }

  /** What each call gives, up to the first exception. */
  *#batch(target: object, members: Members, calls: unknown[]): Body<unknown[]> {
    const values: unknown[] = [];
    for (const call of calls) {
      const read = batchedCall(call);
      try {
        values.push(yield* this.#invoke(target, members, read.method, argumentsOf(read)));
      } catch (error) {
        if (isStop(error)) throw error;
        values.push(new ExceptionWrapper(this.#traced(error)));
        break;
      }
    }
    return values;
  }

  #instance(clazz: Class, instances: Instances): object {
    const mode = modeOf(clazz);
    const create = clazz as unknown as new () => object;
    if (mode === 'percall') return new create();
    const kept = mode === 'single' ? this.#singles : instances;
    const known = kept.get(clazz);
    if (known) return known;
    const made = new create();
    kept.set(clazz, made);
    return made;
  }

  /** Answers with the id under which items can be asked for. */
  #stream({ link, client }: Session, request: Message, iterable: unknown): void {
    const id = this.#streams.begin(iterable, client);
    const serializer = this.#serializerOf(request);
    const told = new ProtocolError('result of call is an iterator');
    link.send({
      ...request,
      type: PYRO_TYPE.result,
      flags: PYRO_FLAG.stream | PYRO_FLAG.exception,
      annotations: id === null ? {} : { STRM: new TextEncoder().encode(id) },
      payload: encode(told, this.#pyro.objects, serializer),
    });
  }

  nextItem(id: string): Body<unknown> {
    return this.#streams.next(id, this.#pyro.context.client);
  }

  closeStream(id: string): void {
    this.#streams.close(id);
  }
}

const DAEMON_MEMBERS: Members = {
  methods: ['close_stream', 'get_metadata', 'get_next_stream_item', 'info', 'ping', 'registered'],
  attrs: [],
  oneway: [],
};

/** The object that every daemon has: `Pyro.Daemon`. */
class DaemonObject {
  readonly #server: DaemonServer;

  constructor(server: DaemonServer) {
    this.#server = server;
  }

  ping(): null {
    return null;
  }

  registered(): string[] {
    return [...this.#server.objects.keys()];
  }

  info(): string {
    const { location, kind, objects, workerCount } = this.#server;
    const server =
      kind === 'thread'
        ? `<SocketServer_Threadpool on ${location}; ${workerCount} workers>`
        : `<SocketServer_Multiplex on ${location}>`;
    const count = `${objects.size} objects registered`;
    return `${PYRO_DAEMON} bound on ${location}, NAT None, ${count}. Servertype: ${server}`;
  }

  get_metadata(id: string): Members {
    return this.#server.metadata(id);
  }

  get_next_stream_item(id: string): SimPromise<unknown> {
    return run(this.#server.nextItem(id));
  }

  close_stream(id: string): void {
    this.#server.closeStream(id);
  }
}

/** As a function of the learner's gets them: keyword arguments are the last one, an object. */
function argumentsOf(call: { args: unknown[]; keywords: Record<string, unknown> }): unknown[] {
  return Object.keys(call.keywords).length === 0 ? call.args : [...call.args, call.keywords];
}

function isStream(value: unknown): boolean {
  if (value instanceof SimAsyncGenerator) return true;
  const isObject = typeof value === 'object' && value !== null;
  return isObject && typeof (value as { next?: unknown }).next === 'function';
}

export function membersOfObject(target: object, onlyExposed: boolean): Members {
  const clazz = isClass(target) ? target : (target.constructor as unknown as Class);
  return membersOf(clazz, onlyExposed);
}

export function typeName(target: object): string {
  return isClass(target) ? target.name : target.constructor.name;
}

function attributeError(message: string): Error {
  return new RemoteError('AttributeError', [message], message);
}
