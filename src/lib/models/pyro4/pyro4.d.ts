/**
 * Pyro4: calls to objects of other processes. A daemon serves objects, a name server knows where they
 * are, a proxy stands for one of them. Speaks the protocol of Pyro 4.82, so that programs in Python and
 * the real Pyro4 can be on the other side.
 *
 * ```ts
 * // server.ts
 * const Greeter = expose(class Greeter {
 *   welcomeMessage(name: string) { return `Hi, welcome ${name}`; }
 * });
 * const daemon = new Daemon({ host: 'server' });
 * const uri = await daemon.register(new Greeter());
 * await (await locateNS('ns')).register('server', uri);
 * await daemon.requestLoop();
 * // client.ts
 * const server = new Proxy('PYRONAME:server@ns');
 * console.log(await server.welcomeMessage('Ada'));
 * ```
 *
 * Python's names, with options in camelCase; what blocks there is awaited here; times are seconds. Names
 * of your own methods travel as you write them.
 */
declare module 'pyro4' {
  /** `PYRO:id@host:port`, `PYRONAME:name@host:port` or `PYROMETA:tag,tag@host:port`. */
  export class URI {
    /** @throws PyroError `invalid uri` */
    constructor(uri: string | URI);
    readonly protocol: 'PYRO' | 'PYRONAME' | 'PYROMETA';
    readonly object: string;
    readonly host: string | null;
    readonly port: number | null;
    toString(): string;
  }

  /** A member of a remote object: call it, or await it to read an attribute. */
  export interface RemoteMember extends PromiseLike<unknown> {
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- what it returns is not known here
    (...args: any[]): Promise<any>;
  }

  /** What every proxy has besides the members of its object. */
  export interface ProxyMembers {
    /** Its address; after `_pyroBind` that of the object which was found. */
    readonly _pyroUri: URI;
    /** Seconds for each call, 0 waits for ever. The call may go on over there. Default COMMTIMEOUT. */
    _pyroTimeout: number | null;
    /** How often a call is made again that lost its connection or its time. It may run twice. */
    _pyroMaxRetries: number;
    /** What is said to the daemon in greeting (`validateHandshake`). Default `hello`. */
    _pyroHandshake: unknown;
    /** `serpent` or `json`; `null` for that of the settings. @throws SerializeError for another */
    _pyroSerializer: 'serpent' | 'json' | null;
    /** What the object offers, known after the first call. */
    readonly _pyroMethods: Set<string>;
    readonly _pyroAttrs: Set<string>;
    readonly _pyroOneway: Set<string>;
    /** Connects. False if it was connected. */
    _pyroBind(): Promise<boolean>;
    /** Closes the connection; the next call makes a new one. */
    _pyroRelease(): void;
    /** Tries to connect anew, every 2 s. @throws ConnectionClosedError after so many tries */
    _pyroReconnect(tries?: number): Promise<void>;
    /** Sets an attribute of the remote object. */
    _pyroSet(name: string, value: unknown): Promise<void>;
  }

  /**
   * A remote object. It connects at the first call; one call waits for the other (see `asyncproxy`).
   * With a type parameter its methods are known: `new Proxy<Shop>('PYRONAME:shop')`.
   *
   * Calls throw what the method has thrown (an error whose `name` is Python's, with `_pyroTraceback`),
   * or CommunicationError, ConnectionClosedError, TimeoutError, NamingError.
   */
  export const Proxy: {
    new (uri: string | URI): ProxyMembers & { readonly [member: string]: RemoteMember };
    new <T extends object>(uri: string | URI): ProxyMembers & RemoteObject<T>;
  };

  /** An object's methods as promises. */
  export type RemoteObject<T> = {
    readonly [K in keyof T]: T[K] extends (...args: infer A) => infer R
      ? (...args: A) => Promise<Awaited<R>>
      : PromiseLike<T[K]>;
  };

  /** Serves objects at one address. Listens from the first `register` on. */
  export class Daemon {
    constructor(options?: {
      /** Host name under which it is found. `localhost` is this machine only. Default HOST. */
      host?: string;
      /** 0 takes any. */
      port?: number;
    });
    /**
     * Serves an object, or instances of a class (see `behavior`), under an id of your own or a random one.
     *
     * @throws DaemonError when the object is registered or the id is taken
     */
    register(target: object, id?: string, options?: { force?: boolean }): Promise<URI>;
    /** Serves it no longer. Its name in a name server stays. */
    unregister(target: object | string): void;
    uriFor(target: object | string): URI;
    readonly locationStr: string;
    /** Serves until `shutdown()`. */
    requestLoop(): Promise<void>;
    shutdown(): void;
    /**
     * Registers objects (pairs of an object and its name or `null`), in the name server too, says so and
     * serves them.
     */
    static serveSimple(
      objects: Iterable<readonly [object, string | null]>,
      options?: {
        host?: string;
        port?: number;
        daemon?: Daemon;
        /** Whether names go to a name server; otherwise they are ids. Default `true`. */
        ns?: boolean;
        /** Whether it prints what it serves. Default `true`. */
        verbose?: boolean;
      },
    ): Promise<void>;

    // For subclasses.

    /** Answers a client's greeting; an exception sends it away. */
    validateHandshake(client: ClientConnection, data: unknown): unknown;
    /** A client has gone. */
    clientDisconnect(client: ClientConnection): unknown;
    /** What to send with each answer. */
    annotations(): Annotations;
    /** Called every 2 s while the daemon serves. */
    housekeeping(): unknown;
  }

  /** One client of a daemon. */
  export interface ClientConnection {
    /** Name of its node. */
    readonly peer: string;
    readonly port: number;
    close(): void;
  }

  /** Bytes by keys of four letters. */
  export type Annotations = Readonly<Record<string, Uint8Array>>;

  /** What a method can know of the call that it serves, and a caller says beside its arguments. */
  export const currentContext: {
    /** Who calls; `null` outside of any call. */
    readonly client: ClientConnection | null;
    readonly clientSockAddr: readonly [host: string, port: number] | null;
    readonly seq: number;
    readonly msgFlags: number;
    readonly serializerId: number;
    /** What came with the call; what is set goes with the next call of one's own, and no other. */
    annotations: Annotations;
    /** What is set goes with the answer; after a call of one's own, what came with its answer. */
    responseAnnotations: Annotations;
    /** A UUID that all calls share which follow from one another; `null` outside of any. */
    correlationId: string | null;
    /** Has it closed when the client of this call goes. @throws PyroError outside of any call */
    trackResource(resource: { close(): unknown }): void;
    untrackResource(resource: { close(): unknown }): void;
  };

  /** Lets other processes use a class's public members, or only those that are named. */
  export function expose<C extends abstract new (...args: never[]) => object>(
    clazz: C,
    ...names: string[]
  ): C;

  /** Nobody waits for these methods, and their results are lost. */
  export function oneway<C extends abstract new (...args: never[]) => object>(
    clazz: C,
    ...names: string[]
  ): C;

  /** What goes wrong in these methods ends the conversation with who called, who is told of it first. */
  export function callback<C extends abstract new (...args: never[]) => object>(
    clazz: C,
    ...names: string[]
  ): C;

  /**
   * When the class itself is registered: one instance for all (`single`), one for each connection
   * (`session`, the default) or one for each call (`percall`).
   */
  export function behavior<C extends abstract new (...args: never[]) => object>(
    clazz: C,
    options: { instanceMode: 'single' | 'session' | 'percall' },
  ): C;

  /** The name server. */
  export interface NameServer {
    readonly _pyroUri: URI;
    _pyroRelease(): void;
    /** @throws NamingError `unknown name: …`; with `returnMetadata` gives a tuple (URI, tags) */
    lookup(name: string, options?: { returnMetadata?: boolean }): Promise<URI>;
    /** @throws NamingError when `safe` and the name is taken */
    register(
      name: string,
      uri: string | URI,
      options?: { safe?: boolean; metadata?: Iterable<string> },
    ): Promise<null>;
    setMetadata(name: string, metadata: Iterable<string>): Promise<null>;
    /** How many names there were. */
    remove(name?: string | null, options?: { prefix?: string; regex?: string }): Promise<number>;
    /** URIs by name. At most one filter. */
    list(options?: {
      prefix?: string;
      regex?: string;
      metadataAll?: Iterable<string>;
      metadataAny?: Iterable<string>;
      returnMetadata?: boolean;
    }): Promise<Record<string, string>>;
    count(): Promise<number>;
    ping(): Promise<null>;
  }

  /**
   * The name server at this host, or without one on this machine, or whoever answers a broadcast (2.1 s).
   *
   * @throws NamingError `Failed to locate the nameserver`
   */
  export function locateNS(
    host?: string | null,
    port?: number | null,
    options?: { broadcast?: boolean },
  ): Promise<NameServer>;

  /** The address (`PYRO:`) behind any URI. */
  export function resolve(uri: string | URI): Promise<URI>;

  /** Calls that go in one message: call methods of it, then call it. */
  export interface Batch {
    /** Results one by one; the first exception is thrown where it stands, and ends them. */
    (options?: { oneway?: false }): Promise<Iterable<unknown>>;
    (options: { oneway: true }): Promise<null>;
    readonly [method: string]: (...args: unknown[]) => void;
  }
  export function batch(proxy: object): Batch;

  /** From now on each call has a connection of its own, so that calls do not wait for each other. */
  export function asyncproxy(proxy: object, asynchronous?: boolean): void;

  /** Keyword arguments for a remote method: `shop.buy('tea', kw({ by: 'Ada' }))`. */
  export function kw(values: Record<string, unknown>): object;
  /** A Python tuple. */
  export function tuple(...items: unknown[]): unknown[];
  /** A Python float, also where it is whole. */
  export function float(value: number): object;

  /** The remote half of an exception's traceback, framed as Pyro frames it; [] when there is none. */
  export function getPyroTraceback(error: unknown): string[];

  /** Settings of this process, preset by environment variables `PYRO_<name>`. */
  export const config: {
    HOST: string;
    NS_HOST: string;
    NS_PORT: number;
    NS_BCPORT: number;
    /** `thread` serves connections beside each other, `multiplex` one call at a time. */
    SERVERTYPE: string;
    COMMTIMEOUT: number;
    MAX_RETRIES: number;
    REQUIRE_EXPOSE: boolean;
    THREADPOOL_SIZE: number;
    THREADPOOL_SIZE_MIN: number;
    AUTOPROXY: boolean;
    ITER_STREAMING: boolean;
    /** Seconds after which a stream of items ends; 0 for never. */
    ITER_STREAM_LIFETIME: number;
    /** Seconds that a stream is kept whose client has gone. */
    ITER_STREAM_LINGER: number;
    /** Of a name server: seconds between two looks whom it can reach; 0 for never. */
    NS_AUTOCLEAN: number;
    SERIALIZER: string;
  };

  export class PyroError extends Error {
    /** As Python has them. */
    args: readonly unknown[];
    /** Lines of the traceback of the other side. */
    _pyroTraceback?: readonly string[];
  }
  export class CommunicationError extends PyroError {}
  export class ConnectionClosedError extends CommunicationError {}
  export class TimeoutError extends CommunicationError {}
  export class ProtocolError extends CommunicationError {}
  export class SerializeError extends ProtocolError {}
  export class NamingError extends PyroError {}
  export class DaemonError extends PyroError {}
  export class SecurityError extends PyroError {}
}
