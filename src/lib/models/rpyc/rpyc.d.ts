/**
 * RPyC: an object of another program is used like one of this one, and each use is a message.
 *
 * ```ts
 * const conn = await rpyc.classic.connect('server');      // runs rpyc_classic --host server
 * console.log(await conn.modules.os.getcwd());            // getattr os.getcwd, call os.getcwd()
 * const list = await conn.eval('[3, 1, 2]');              // a netref: the list stays there
 * for await (const item of list) console.log(item);       // a message for each item
 * ```
 *
 * Python's names, with options in camelCase; what blocks there is awaited here; times are seconds.
 */
declare module 'rpyc' {
  /**
   * An object of the other side. A name after it is an attribute there, a call is a call there: await
   * what you want to have. What cannot change (numbers, texts, tuples) comes by value, everything else
   * as another netref. `len`, `getitem`, `setattr` and the like are functions of this module.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- it is whatever the other side has
  export type Netref = any;

  /** What a connection lets the other side do with objects of this one. */
  export interface ProtocolConfig {
    /** Operators, iteration, length, items. Default `true`. */
    allowSafeAttrs?: boolean;
    /** Names with the prefix. Default `true`. */
    allowExposedAttrs?: boolean;
    /** Names without an underscore before them. Default `false`. */
    allowPublicAttrs?: boolean;
    /** Every name. Default `false`. */
    allowAllAttrs?: boolean;
    /** Default `true`. */
    allowGetattr?: boolean;
    /** Default `false`. */
    allowSetattr?: boolean;
    /** Default `false`. */
    allowDelattr?: boolean;
    /** The other side may copy objects of this one (`obtain`). Default `false`. */
    allowPickle?: boolean;
    /** Default `exposed_`. */
    exposedPrefix?: string;
    /** Seconds that a call waits for its answer; `null` for ever. Default 30. */
    syncRequestTimeout?: number | null;
  }

  export interface Connection {
    /** The service of the other side. */
    readonly root: Netref;
    readonly closed: boolean;
    /** Says good-bye. What is asked later fails with EOFError. */
    close(): Promise<void>;
    ping(data?: string): Promise<void>;
    /** Handles one message of the other side, if one comes in so many seconds (default 1). */
    serve(timeout?: number | null): Promise<boolean>;
    /** As `serve`, by default without waiting. */
    poll(timeout?: number): Promise<boolean>;
    /** Until the connection ends. */
    serveAll(): Promise<void>;
  }

  /** A connection to `rpyc_classic`: the server does what the client says. */
  export interface ClassicConnection extends Connection {
    /** Modules there: `conn.modules.os`, `conn.modules['os.path']`. */
    readonly modules: Netref;
    readonly builtins: Netref;
    /** The variables of `eval` and `execute`, a dict of this connection: see `getitem`, `setitem`. */
    readonly namespace: Netref;
    /** The value of an expression in Python. */
    eval(expression: string): Promise<Netref>;
    /** Runs statements in Python. */
    execute(statements: string): Promise<void>;
    /** @throws AttributeError always: a function of TypeScript cannot run in Python */
    teleport(work: never): never;
  }

  /** Offers to the other side what is called `exposed_…`. One object for each connection. */
  export class Service {
    /** Names in place of that of the class. */
    static aliases: readonly string[];
    onConnect(connection: Connection): unknown;
    onDisconnect(connection: Connection): unknown;
    static getServiceAliases(): string[];
    exposed_get_service_name(): string;
    exposed_get_service_aliases(): Tuple<string>;
  }
  /** Offers nothing. */
  export class VoidService extends Service {}

  /** A class (an object for each connection) or an object (shared by all). */
  export type Served = object | (new () => object);

  export interface ServerOptions {
    /** `localhost` is this machine only. Default: every address. */
    hostname?: string;
    /** 0, the default, for any. */
    port?: number;
    protocolConfig?: ProtocolConfig;
    /** Whom the server tells that it is there, every 60 s. Default: whoever answers a broadcast. */
    registrar?: RegistryClient;
    /** Whether it tells a registry. Default: when there is a registrar. */
    autoRegister?: boolean;
  }

  /** Serves all connections beside each other. */
  export class ThreadedServer {
    constructor(service: Served, options?: ServerOptions);
    readonly port: number;
    /** Serves until `close`. */
    start(): Promise<void>;
    close(): void;
  }
  /** Serves so many requests at a time, whatever connections they come from. */
  export class ThreadPoolServer extends ThreadedServer {
    constructor(
      service: Served,
      options?: ServerOptions & {
        /** Requests at a time. Default 20. */
        nbThreads?: number;
        /** Requests that are taken of one connection before the next has its turn. Default 10. */
        requestBatchSize?: number;
      },
    );
  }
  /** Serves one connection, and ends. */
  export class OneShotServer extends ThreadedServer {}

  /** An answer that may not be here yet. */
  export interface AsyncResult {
    readonly expired: boolean;
    /** Looks whether it has come. */
    readonly ready: Promise<boolean>;
    readonly error: Promise<boolean>;
    /** Waits; throws what the other side raised, or AsyncResultTimeout. */
    readonly value: Promise<Netref>;
    wait(): Promise<void>;
    /** Seconds from now. */
    setExpiry(seconds: number | null): void;
    addCallback(callback: (result: AsyncResult) => void): void;
  }

  /** A caller that does not wait: `const later = await rpyc.async_(conn.root.work); const r = later(3)`. */
  export function async_(netref: Netref): Promise<(...args: unknown[]) => AsyncResult>;
  /** As `async_`, with an expiry in seconds. */
  export function timed(
    netref: Netref,
    timeout: number,
  ): Promise<(...args: unknown[]) => AsyncResult>;

  /** Serves a connection beside the program, every 100 ms, until `stop`. */
  export class BgServingThread {
    constructor(connection: Connection);
    stop(): void;
  }

  /** @throws ConnectionError when nobody listens there */
  export function connect(
    host: string,
    port: number,
    options?: { service?: Served; config?: ProtocolConfig },
  ): Promise<Connection>;

  // Registries: servers say what they offer, clients ask who offers it. `rpyc_registry` runs one.

  /** Asks a registry, and tells it of a server. */
  export interface RegistryClient {
    /** (host, port) of each server that offers it. */
    discover(name: string): Promise<Tuple<Tuple<string | number>>>;
    /** Names of the services; `null` when the registry does not say. */
    list(filterHost?: string | null): Promise<Tuple<string> | null>;
    /** Whether a registry has heard it. */
    register(aliases: Iterable<string>, port: number): Promise<boolean>;
    unregister(port: number): Promise<void>;
  }
  export interface RegistryClientOptions {
    /** The registry's host. Over UDP every machine is asked by default. */
    ip?: string;
    /** Default 18811. */
    port?: number;
    /** Seconds that an answer is waited for. Default 2. */
    timeout?: number;
  }
  export const UDPRegistryClient: new (options?: RegistryClientOptions) => RegistryClient;
  export const TCPRegistryClient: new (
    options: RegistryClientOptions & { ip: string },
  ) => RegistryClient;
  export interface RegistryServer {
    /** Answers until `close`. */
    start(): Promise<void>;
    close(): void;
  }
  export interface RegistryServerOptions {
    /** Default 18811. */
    port?: number;
    /** Seconds after which a silent server is forgotten. Default 240. */
    pruningTimeout?: number;
    /** Whether it says which services there are. Default `false`. */
    allowListing?: boolean;
  }
  export const UDPRegistryServer: new (options?: RegistryServerOptions) => RegistryServer;
  export const TCPRegistryServer: new (options?: RegistryServerOptions) => RegistryServer;
  export interface FindOptions {
    /** Servers of this host only. */
    host?: string;
    /** Whom to ask. Default: whoever answers a broadcast. */
    registrar?: RegistryClient;
    /** Seconds that an answer is waited for. Default 2. */
    timeout?: number;
  }
  /** @throws DiscoveryError when no server offers it */
  export function discover(
    name: string,
    options?: FindOptions,
  ): Promise<Tuple<Tuple<string | number>>>;
  /** @throws ForbiddenError when the registry does not say */
  export function listServices(
    options?: Pick<FindOptions, 'registrar' | 'timeout'> & { filterHost?: string },
  ): Promise<Tuple<string>>;
  /** Connects to the first of the servers found that answers. @throws DiscoveryError */
  export function connectByService(
    name: string,
    options?: FindOptions & { service?: Served; config?: ProtocolConfig },
  ): Promise<Connection>;

  export const classic: {
    /** Connects to `rpyc_classic`; its port is 18812 if it is not told another. */
    connect(host: string, port?: number): Promise<ClassicConnection>;
    /** A copy here of a list, dict, set or tuple there, and of all that is in it: one message. */
    obtain(object: Netref): Promise<unknown>;
    /** A copy there of a plain value here; gives the netref to it. */
    deliver(connection: ClassicConnection, value: unknown): Promise<Netref>;
    /** What is printed there is printed here while `work` runs. */
    redirectedStdio<T>(connection: ClassicConnection, work: () => T): Promise<Awaited<T>>;
  };

  // What Python says with an operator or a builtin. Each is one message and its answer.
  export function len(object: Netref): Promise<number>;
  export function getitem(object: Netref, key: unknown): Promise<Netref>;
  export function setitem(object: Netref, key: unknown, value: unknown): Promise<void>;
  export function delitem(object: Netref, key: unknown): Promise<void>;
  export function contains(object: Netref, value: unknown): Promise<boolean>;
  export function str(object: Netref): Promise<string>;
  export function repr(object: Netref): Promise<string>;
  export function dir(object: Netref): Promise<Tuple<string>>;
  export function getattr(object: Netref, name: string): Promise<Netref>;
  export function setattr(object: Netref, name: string, value: unknown): Promise<void>;
  export function delattr(object: Netref, name: string): Promise<void>;
  export function isEqual(object: Netref, other: unknown): Promise<boolean>;
  /** Python's `slice`, for `getitem` and `delitem`: `slice(stop)` or `slice(start, stop, step)`. */
  export function slice(...parts: readonly (number | null)[]): unknown;
  /**
   * Iterates in growing pieces, a message for each: `for await (const item of rpyc.buffiter(list))`.
   *
   * @throws ValueError for a factor below 1
   */
  export function buffiter(
    object: Netref,
    options?: { chunk?: number; maxChunk?: number; factor?: number },
  ): AsyncIterableIterator<Netref>;
  /** A view of an object of this side with these attributes only; `writable` are those that may be set. */
  export function restricted(
    object: object,
    readable: Iterable<string>,
    writable?: Iterable<string>,
  ): object;
  /** Python's `del`: its owner may forget the object. */
  export function release(netref: Netref): void;

  /** Python's tuple: crosses by value, if its items do. Arrays cross by reference, as lists do. */
  export class Tuple<T = unknown> implements Iterable<T> {
    private constructor();
    readonly items: readonly T[];
    readonly length: number;
    at(index: number): T | undefined;
    [Symbol.iterator](): Iterator<T>;
  }
  export function tuple<T extends unknown[]>(...items: T): Tuple<T[number]>;
  /** A float without a fraction: `4` is an int, `float(4)` is 4.0. */
  export function float(value: number): unknown;
  /** Keyword arguments: the last argument of a call. */
  export function kw(values: Readonly<Record<string, unknown>>): unknown;

  /** The connection is lost or closed. */
  export class EOFError extends Error {}
  /** An answer did not come in time. */
  export class AsyncResultTimeout extends Error {}
  export class AttributeError extends Error {}
  /** No server offers the service. */
  export class DiscoveryError extends Error {}
  /** The registry does not say which services there are. */
  export class ForbiddenError extends Error {}
  export class StopIteration extends Error {}
  /** What the other side raised: `name` is its class. */
  export class RemoteError extends Error {
    readonly args: readonly unknown[];
    readonly remoteTraceback: string;
  }

  import type * as all from 'rpyc';
  const rpyc: typeof all;
  namespace rpyc {
    type Netref = all.Netref;
    type Connection = all.Connection;
    type ClassicConnection = all.ClassicConnection;
    type AsyncResult = all.AsyncResult;
    type Service = all.Service;
    type Tuple<T = unknown> = all.Tuple<T>;
  }
  export default rpyc;
}
