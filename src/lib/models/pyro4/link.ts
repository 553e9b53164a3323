// One connection as a stream of messages, and what Pyro says of its failures.

import { ConnectionError, type Connection } from '#lib/node/connection.ts';
import type { Dissector } from '#lib/node/dissect.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { ConnectionClosedError, ProtocolError, TimeoutError } from './errors.ts';
import { BrokenMessage, encodeMessage, MessageReader, type Message } from './message.ts';

export class Link {
  readonly #process: NodeProcess;
  readonly #connection: Connection;
  readonly #label: Dissector;
  readonly #reader = new MessageReader();
  readonly #arrived: Message[] = [];

  constructor(process: NodeProcess, connection: Connection, label: Dissector) {
    this.#process = process;
    this.#connection = connection;
    this.#label = label;
  }

  get peer(): string {
    return this.#connection.peer;
  }

  get peerPort(): number {
    return this.#connection.ports.peer;
  }

  get isOpen(): boolean {
    return this.#connection.isOpen;
  }

  /** @throws ConnectionClosedError `sending: connection lost: [Errno 32] Broken pipe` */
  send(message: Message): void {
    const bytes = encodeMessage(message);
    try {
      this.#connection.send(bytes, this.#label(bytes)!);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      throw new ConnectionClosedError(`sending: connection lost: ${osError(error.code)}`);
    }
  }

  /**
   * The next message.
   *
   * @param timeout in seconds, 0 for none
   * @param isService whoever serves it waits without saying so
   * @throws ConnectionClosedError, TimeoutError, ProtocolError
   */
  *next(timeout: number, isService = false): Body<Message> {
    while (this.#arrived.length === 0) {
      const bytes = yield* this.#bytes(timeout, isService);
      if (bytes === null) throw new ConnectionClosedError('receiving: not enough data');
      this.#label.heard?.(bytes);
      try {
        this.#arrived.push(...this.#reader.push(bytes));
      } catch (error) {
        if (!(error instanceof BrokenMessage)) throw error;
        throw new ProtocolError(error.message);
      }
    }
    return this.#arrived.shift()!;
  }

  *#bytes(timeout: number, isService: boolean): Body<Uint8Array | null> {
    const { peer } = this;
    try {
      const data = this.#connection.receive();
      const limited = timeout > 0 ? this.#limited(data, timeout) : data;
      if (isService) return yield* wait(limited);
      const dueUs = timeout > 0 ? this.#process.nowUs() + usFromSeconds(timeout) : undefined;
      const options = { what: `data from ${peer}`, by: [peer] };
      return yield* wait(
        this.#process.waitFor(limited, dueUs === undefined ? options : { ...options, dueUs }),
      );
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      throw new ConnectionClosedError(`receiving: connection lost: ${osError(error.code)}`);
    }
  }

  #limited<T>(promise: SimPromise<T>, seconds: number): SimPromise<T> {
    return new SimPromise<T>((resolve, reject) => {
      const timer = this.#process.setTimer(usFromSeconds(seconds), () =>
        reject(new TimeoutError('receiving: timeout')),
      );
      const settled = (): void => this.#process.clearTimer(timer);
      promise.then(
        (value) => {
          settled();
          resolve(value);
        },
        (error: unknown) => {
          settled();
          reject(error);
        },
      );
    });
  }

  close(): void {
    this.#connection.close();
  }
}

const OS_ERRORS: Readonly<Record<ConnectionError['code'], string>> = {
  ECONNREFUSED: '[Errno 111] Connection refused',
  ECONNRESET: '[Errno 104] Connection reset by peer',
  ETIMEDOUT: '[Errno 110] Connection timed out',
  EPIPE: '[Errno 32] Broken pipe',
  ENOTFOUND: '[Errno -2] Name or service not known',
};

/** As Python prints an OSError. */
export function osError(code: ConnectionError['code']): string {
  return OS_ERRORS[code];
}
