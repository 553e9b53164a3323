// The client side of a Redis connection, as redis-py behaves: connects when first needed, matches
// replies to commands in order, connects again after a loss. The handshake (SELECT) travels with the
// first commands instead of costing a round trip of its own.

import { ConnectionError, type Connection } from '#lib/node/connection.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { Deferred, run, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import type { Ears } from './ears.ts';
import {
  osErrorText,
  redisConnectText,
  RedisConnectionError,
  RedisResponseError,
} from './errors.ts';
import { labelOfCommands, type Command } from './redis-labels.ts';
import { encodeResp, ErrorReply, RespReader, type Resp } from './resp.ts';

export interface RedisAddress {
  host: string;
  port: number;
  database: number;
}

interface Exchange {
  count: number;
  replies: Resp[];
  done: Deferred<Resp[]>;
}

/** One open connection. */
export class RedisLink {
  readonly #connection: Connection;
  readonly #reader = new RespReader();
  readonly #pending: Exchange[] = [];
  #preamble: Command[];
  #error: RedisConnectionError | null = null;
  /** A subscriber gets messages instead of replies. */
  onPush: ((value: Resp) => void) | null = null;
  onLost: ((error: RedisConnectionError) => void) | null = null;

  readonly #ears: Ears | null;

  private constructor(connection: Connection, database: number, ears: Ears | null) {
    this.#connection = connection;
    this.#ears = ears;
    this.#connection.keepsAlive = false;
    this.#preamble = database === 0 ? [] : [['SELECT', String(database)]];
  }

  /**
   * Connects.
   *
   * @param ears of the loop that reads it
   * @throws RedisConnectionError `Error 111 connecting to redis:6379. Connection refused.`
   */
  static *open(
    process: NodeProcess,
    address: RedisAddress,
    ears: Ears | null = null,
  ): Body<RedisLink> {
    const { host, port, database } = address;
    try {
      const link = new RedisLink(yield* wait(process.connect(host, port)), database, ears);
      run(link.#read());
      return link;
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      throw new RedisConnectionError(redisConnectText(error.code, host, port));
    }
  }

  get isOpen(): boolean {
    return this.#error === null && this.#connection.isOpen;
  }

  /** The program waits for something on this connection, so it may not end. */
  set isAwaited(isAwaited: boolean) {
    this.#connection.keepsAlive = isAwaited;
  }

  /** Sends commands in one packet; the promise brings their replies. */
  exchange(commands: readonly Command[]): SimPromise<Resp[]> {
    if (!this.isOpen) return SimPromise.reject(this.#error ?? lostError(null));
    const all = [...this.#preamble, ...commands];
    const skipCount = this.#preamble.length;
    const exchange = { count: all.length, replies: [], done: new Deferred<Resp[]>() };
    this.#pending.push(exchange);
    this.isAwaited = true;
    this.#write(all);
    return exchange.done.promise.then((replies) => replies.slice(skipCount));
  }

  /** Sends commands whose answers come as pushes. */
  tell(commands: readonly Command[]): void {
    this.#write([...this.#preamble, ...commands]);
  }

  close(): void {
    this.onLost = null;
    this.#connection.close();
  }

  #write(commands: readonly Command[]): void {
    this.#preamble = [];
    this.#connection.send(encodeResp(...commands), labelOfCommands(commands));
  }

  *#read(): Body<void> {
    try {
      for (;;) {
        const bytes = yield* wait(this.#connection.receive());
        if (this.#ears?.isDeaf) yield* this.#ears.hear();
        if (bytes === null) return this.#lose(lostError(null));
        for (const value of this.#reader.push(bytes)) this.#take(value);
      }
    } catch (error) {
      this.#lose(lostError(error));
    }
  }

  #take(value: Resp): void {
    if (this.onPush) return this.onPush(value);
    const exchange = this.#pending[0];
    if (!exchange) return;
    exchange.replies.push(value);
    if (exchange.replies.length < exchange.count) return;
    this.#pending.shift();
    this.isAwaited = this.#pending.length > 0;
    exchange.done.resolve(exchange.replies);
  }

  #lose(error: RedisConnectionError): void {
    if (this.#error) return;
    this.#error = error;
    this.#connection.close();
    for (const { done } of this.#pending.splice(0)) done.reject(error);
    this.onLost?.(error);
  }
}

function lostError(error: unknown): RedisConnectionError {
  if (!(error instanceof ConnectionError)) {
    return new RedisConnectionError('Connection closed by server.');
  }
  return new RedisConnectionError(`Error while reading from socket: ${osErrorText(error.code)}`);
}

/** A client that connects by itself and again after a loss. */
export class RedisClient {
  readonly #process: NodeProcess;
  readonly address: RedisAddress;
  readonly #ears: Ears | null;
  #opening: SimPromise<RedisLink> | null = null;
  #link: RedisLink | null = null;
  /** Called when an open connection is lost, not when connecting fails. */
  onLost: ((error: RedisConnectionError) => void) | null = null;

  constructor(process: NodeProcess, address: RedisAddress, ears: Ears | null = null) {
    this.#process = process;
    this.address = address;
    this.#ears = ears;
  }

  /**
   * Runs commands in one packet and returns their replies, errors among them.
   *
   * @throws RedisConnectionError
   */
  *pipeline(commands: readonly Command[]): Body<Resp[]> {
    const link = yield* this.connect();
    return yield* wait(link.exchange(commands));
  }

  /**
   * Runs commands as one transaction; returns the replies inside EXEC.
   *
   * @throws RedisConnectionError, RedisResponseError
   */
  *transaction(commands: readonly Command[]): Body<readonly Resp[]> {
    const replies = yield* this.pipeline([['MULTI'], ...commands, ['EXEC']]);
    const last = replies.at(-1)!;
    if (last instanceof ErrorReply) throw new RedisResponseError(last.text);
    return last as readonly Resp[];
  }

  /**
   * Runs one command.
   *
   * @throws RedisConnectionError, RedisResponseError
   */
  *command(...command: string[]): Body<Resp> {
    const [reply] = yield* this.pipeline([command]);
    if (reply instanceof ErrorReply) throw new RedisResponseError(reply.text);
    return reply!;
  }

  /** The open connection, a new one if there is none. */
  *connect(): Body<RedisLink> {
    if (this.#link?.isOpen) return this.#link;
    this.#opening ??= run(this.#open());
    return yield* wait(this.#opening);
  }

  /** The connection, if there is one. */
  get openLink(): RedisLink | null {
    return this.#link?.isOpen ? this.#link : null;
  }

  /** Sends commands whose replies nobody waits for, if there is a connection. */
  tell(commands: readonly Command[]): void {
    if (this.#link?.isOpen && commands.length > 0) this.#link.tell(commands);
  }

  close(): void {
    this.onLost = null;
    this.#link?.close();
    this.#link = null;
  }

  *#open(): Body<RedisLink> {
    try {
      const link = yield* RedisLink.open(this.#process, this.address, this.#ears);
      link.onLost = (error) => this.onLost?.(error);
      this.#link = link;
      return link;
    } finally {
      this.#opening = null;
    }
  }
}
