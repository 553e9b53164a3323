// The client side of an AMQP connection, as py-amqp behaves: one connection, one channel, methods
// that are answered and methods that are not, heartbeats.

import { ConnectionError, type Connection } from '#lib/node/connection.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { Deferred, run, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import {
  encodeFrame,
  FrameReader,
  labelOfFrame,
  type Frame,
  type Method,
  type MethodName,
  type MethodOf,
} from './amqp.ts';
import type { Ears } from './ears.ts';
import { CeleryError, osErrorText, type Errno } from './errors.ts';
import type { ServiceUrl } from './url.ts';

/** A connection that failed or was closed by the broker. `message` is Python's text. */
export class AmqpError extends Error {
  override name = 'ConnectionError';
}

const CHANNEL_ERRORS: Readonly<Record<number, string>> = {
  403: 'AccessRefused',
  404: 'NotFound',
  405: 'ResourceLocked',
  406: 'PreconditionFailed',
};

/**
 * The broker refused a method and closed the channel: no retry will help. py-amqp's classes and texts
 * (`amqp.exceptions.NotFound: Basic.publish: (404) NOT_FOUND - no exchange 'x' in vhost '/'`). Simplified:
 * the connection goes with its only channel.
 */
export class AmqpChannelError extends CeleryError {
  readonly #arguments: readonly unknown[];

  constructor({ code, text, cause }: MethodOf<'channel.close'>) {
    const method = cause.charAt(0).toUpperCase() + cause.slice(1);
    super(`${method}: (${code}) ${text}`);
    this.name = CHANNEL_ERRORS[code] ?? 'ChannelError';
    this.#arguments = [code, text, null, method];
  }

  override get pythonModule(): string {
    return 'amqp.exceptions';
  }

  override get pythonArguments(): readonly unknown[] {
    return this.#arguments;
  }
}

export interface AmqpOptions {
  /** 0: none. The broker answers with what is agreed. */
  heartbeatS: number;
  /** Connecting takes at most so long (`broker_connection_timeout`). */
  timeoutUs: number;
  /** Of the loop that reads it. */
  ears?: Ears;
}

interface Call {
  names: readonly MethodName[];
  done: Deferred<Method>;
}

/** py-amqp sends its heartbeats at half the agreed interval. */
const HEARTBEAT_SHARE = 2;
/** An answer that takes longer than two heartbeats will not come any more. */
const ANSWER_TIMEOUT_US = 120_000_000;

export class AmqpClient {
  readonly #process: NodeProcess;
  readonly #connection: Connection;
  readonly #reader = new FrameReader();
  readonly #calls: Call[] = [];
  /** Publishes that the broker has not confirmed, by their number. */
  readonly #confirms = new Map<number, Deferred<void>>();
  #error: AmqpError | AmqpChannelError | null = null;
  #heartbeatTimer = 0;
  #publishCount = 0;
  #holdCount = 0;
  #isConfirming = false;
  onDeliver: ((delivery: MethodOf<'basic.deliver'>) => void) | null = null;
  /** Called once, when the connection is lost or the broker closes it. */
  onLost: ((error: Error) => void) | null = null;
  /** A mandatory message that no queue took. */
  onReturn: ((frame: MethodOf<'basic.return'>) => void) | null = null;

  readonly #ears: Ears | null;

  private constructor(process: NodeProcess, connection: Connection, ears: Ears | null) {
    this.#process = process;
    this.#ears = ears;
    this.#connection = connection;
    this.#connection.keepsAlive = false;
  }

  /**
   * Connects and opens a channel.
   *
   * @throws AmqpError `[Errno 111] Connection refused`
   */
  static *open(process: NodeProcess, url: ServiceUrl, options: AmqpOptions): Body<AmqpClient> {
    const late = SimPromise.withResolvers<never>();
    // Foreground: an open call, which ends in an error at that time (KT7).
    const timer = process.setTimer(
      options.timeoutUs,
      () => late.reject(new AmqpError('timed out')),
      { label: 'connection timeout' },
    );
    try {
      return yield* wait(
        SimPromise.race([run(AmqpClient.#establish(process, url, options)), late.promise]),
      );
    } finally {
      process.clearTimer(timer);
    }
  }

  static *#establish(
    process: NodeProcess,
    url: ServiceUrl,
    options: AmqpOptions,
  ): Body<AmqpClient> {
    const connection = yield* wait(connected(process, url));
    const client = new AmqpClient(process, connection, options.ears ?? null);
    run(client.#read());
    const opened = yield* client.call(
      {
        method: 'connection.open',
        virtualHost: url.virtualHost,
        user: url.user,
        heartbeatS: options.heartbeatS,
      },
      'connection.open-ok',
      0,
    );
    yield* client.call({ method: 'channel.open' }, 'channel.open-ok');
    if (opened.heartbeatS > 0) client.#beat((opened.heartbeatS * 1e6) / HEARTBEAT_SHARE);
    return client;
  }

  get isOpen(): boolean {
    return this.#error === null && this.#connection.isOpen;
  }

  /** Counts what the program waits for on this connection; while that is anything, it may not end. */
  hold(delta: number): void {
    this.#holdCount += delta;
    this.#connection.keepsAlive = this.#holdCount > 0;
  }

  /**
   * Sends a method that the broker does not answer.
   *
   * @throws AmqpError when the connection is gone
   */
  send(method: Method, channel = 1): void {
    if (!this.isOpen) throw this.#error ?? new AmqpError('Server unexpectedly closed connection');
    const frame: Frame = { channel, ...method };
    this.#connection.send(encodeFrame(frame), labelOfFrame(frame, false));
  }

  /** Sends a method and waits for its answer. */
  *call<N extends MethodName>(method: Method, answer: N, channel = 1): Body<MethodOf<N>> {
    return (yield* this.callAny(method, [answer], channel)) as MethodOf<N>;
  }

  /** Sends a method that has several possible answers. */
  *callAny(method: Method, names: readonly MethodName[], channel = 1): Body<Method> {
    this.send(method, channel);
    const call: Call = { names, done: new Deferred<Method>() };
    this.#calls.push(call);
    // Foreground, because the messages themselves are not (KT7).
    const timer = this.#process.setTimer(
      ANSWER_TIMEOUT_US,
      // Who does not hear does not know whether there was an answer.
      () => !this.#ears?.isDeaf && this.#lose(new AmqpError('timed out')),
      { label: `answer to ${method.method}` },
    );
    return yield* this.#holding(call.done.promise, timer);
  }

  /** Turns publisher confirms on: from then on `confirmed` waits for the broker. */
  *confirmSelect(): Body<void> {
    yield* this.call({ method: 'confirm.select' }, 'confirm.select-ok');
    this.#isConfirming = true;
  }

  /** Publishes, and with confirms on waits until the broker has it. */
  *publish(content: Omit<MethodOf<'basic.publish'>, 'method'>): Body<void> {
    this.send({ method: 'basic.publish', ...content });
    if (!this.#isConfirming) return;
    const confirm = new Deferred<void>();
    this.#confirms.set(++this.#publishCount, confirm);
    yield* this.#holding(confirm.promise, 0);
  }

  close(): void {
    this.onLost = null;
    this.#process.clearTimer(this.#heartbeatTimer);
    this.#connection.close();
  }

  *#holding<T>(promise: SimPromise<T>, timer: number): Body<T> {
    this.hold(1);
    try {
      return yield* wait(promise);
    } finally {
      this.hold(-1);
      this.#process.clearTimer(timer);
    }
  }

  #beat(intervalUs: number): void {
    this.#heartbeatTimer = this.#process.setTimer(
      intervalUs,
      () => {
        if (!this.isOpen) return;
        if (!this.#ears?.isDeaf) this.send({ method: 'heartbeat' }, 0);
        this.#beat(intervalUs);
      },
      { isBackground: true, label: 'heartbeat' },
    );
  }

  *#read(): Body<void> {
    try {
      for (;;) {
        const bytes = yield* wait(this.#connection.receive());
        if (this.#ears?.isDeaf) yield* this.#ears.hear();
        if (bytes === null)
          return this.#lose(new AmqpError('Server unexpectedly closed connection'));
        for (const frame of this.#reader.push(bytes)) this.#take(frame);
      }
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#lose(new AmqpError(osErrorText(error.code)));
    }
  }

  #take(frame: Frame): void {
    switch (frame.method) {
      case 'basic.deliver':
        return this.onDeliver?.(frame);
      case 'basic.ack':
        return this.#confirm(frame);
      case 'basic.return':
        return this.onReturn?.(frame);
      case 'heartbeat':
        return;
      case 'connection.close':
        return this.#lose(new AmqpError(`(${frame.code}) ${frame.text}`));
      case 'channel.close':
        return this.#lose(new AmqpChannelError(frame));
      default:
        return this.#answer(frame);
    }
  }

  #answer(frame: Frame): void {
    const index = this.#calls.findIndex(({ names }) => names.includes(frame.method));
    if (index >= 0) this.#calls.splice(index, 1)[0]!.done.resolve(frame);
  }

  #confirm({ deliveryTag, multiple }: MethodOf<'basic.ack'>): void {
    for (const [tag, confirm] of this.#confirms) {
      if (multiple ? tag > deliveryTag : tag !== deliveryTag) continue;
      this.#confirms.delete(tag);
      confirm.resolve();
    }
  }

  #lose(error: AmqpError | AmqpChannelError): void {
    if (this.#error) return;
    this.#error = error;
    this.#process.clearTimer(this.#heartbeatTimer);
    this.#connection.close();
    for (const { done } of this.#calls.splice(0)) done.reject(error);
    for (const confirm of this.#confirms.values()) confirm.reject(error);
    this.#confirms.clear();
    this.onLost?.(error);
  }
}

function connected(process: NodeProcess, url: ServiceUrl): SimPromise<Connection> {
  return process.connect(url.host, url.port).catch((error: unknown): never => {
    if (!(error instanceof ConnectionError)) throw error;
    throw new AmqpError(osErrorText(error.code satisfies Errno));
  });
}
