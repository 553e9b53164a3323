// One end of a connection in TypeScript: requests, answers, and the objects that each side holds of the
// other. As in Python a connection is read only while somebody waits for an answer or serves it.

import { isOurMistake } from '#lib/node/engine-errors.ts';
import { ConnectionError, type Connection as Stream } from '#lib/node/connection.ts';
import type { Dissector } from '#lib/node/dissect.ts';
import { isStop } from '#lib/node/meter.ts';
import { InvariantError } from '#lib/protocol/errors.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { type Body, Deferred, type SimPromise, wait } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { type Brine, dump, load } from './brine.ts';
import { frame, Frames } from './channel.ts';
import type { ProtocolConfig } from './config.ts';
import { HANDLE, LABEL, MSG } from './consts.ts';
import { createDissector } from './dissector.ts';
import { AsyncResultTimeout, dumpError, EOFError, loadError } from './errors.ts';
import { Keywords } from './face/values.ts';
import { answer, type Requests } from './requests.ts';
import { Values } from './values.ts';

/** How a lost connection is told, by errno. */
const ERRNO_TEXT: Readonly<Record<string, string>> = {
  ECONNRESET: '[Errno 104] Connection reset by peer',
  ETIMEDOUT: '[Errno 110] Connection timed out',
  EPIPE: '[Errno 32] Broken pipe',
};

/** The service that this side offers. */
export interface Root {
  onConnect?(connection: unknown): unknown;
  onDisconnect?(connection: unknown): unknown;
}

/** What is not here yet. */
export interface Pending {
  isReady: boolean;
  isError: boolean;
  value: unknown;
  dueUs: number | null;
  callbacks: (() => void)[];
}

export class RpycConnection implements Requests {
  readonly process: NodeProcess;
  readonly config: ProtocolConfig;
  readonly values: Values;
  readonly root: Root;
  readonly #stream: Stream;
  readonly #frames = new Frames();
  readonly #dissect: Dissector = createDissector();
  readonly #pending = new Map<number, Pending>();
  #sequence = 0;
  #isReading = false;
  #arrival: SimPromise<void> | null = null;
  #news = new Deferred<void>();
  #lost: EOFError | null = null;
  #isClosed = false;
  /** What the service is told with. */
  face: unknown = null;
  readonly #name: string;
  #told = '';

  constructor(process: NodeProcess, stream: Stream, root: Root, config: ProtocolConfig) {
    this.process = process;
    this.config = config;
    this.root = root;
    this.#stream = stream;
    this.values = new Values(this);
    this.#name = `rpyc/${stream.ports.local}-${stream.peer}:${stream.ports.peer}`;
  }

  get peer(): string {
    return this.#stream.peer;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  // Asking.

  /** Sends a request; the answer comes while somebody serves. */
  send(handler: number, args: readonly unknown[], timeoutS: number | null): Pending {
    const sequence = this.#sequence++;
    const dueUs = timeoutS === null ? null : this.process.nowUs() + usFromSeconds(timeoutS);
    const pending = { isReady: false, isError: false, value: undefined, dueUs, callbacks: [] };
    this.#write(MSG.request, sequence, [handler, this.values.boxAll(args)]);
    this.#pending.set(sequence, pending);
    return pending;
  }

  /** Sends a request and waits, as long as `syncRequestTimeout` says. */
  *request(handler: number, ...args: unknown[]): Body<unknown> {
    return yield* this.result(this.send(handler, args, this.config.syncRequestTimeout));
  }

  /** Serves until the answer is here; what the other side raised is thrown. */
  *result(pending: Pending): Body<unknown> {
    while (!pending.isReady) {
      if (this.isOverdue(pending)) throw new AsyncResultTimeout('result expired');
      yield* this.serve(pending.dueUs);
    }
    if (pending.isError) throw pending.value;
    return pending.value;
  }

  isOverdue({ isReady, dueUs }: Pending): boolean {
    return !isReady && dueUs !== null && this.process.nowUs() >= dueUs;
  }

  // Serving.

  /**
   * Handles one message, or waits while another reader does.
   *
   * @param dueUs until when it waits; null for ever
   * @param isServer it waits for whatever comes, and needs nothing
   * @returns false when nothing came
   * @throws EOFError when the connection is lost
   */
  *serve(dueUs: number | null, isServer = false): Body<boolean> {
    if (this.#isClosed) throw new EOFError('stream has been closed');
    if (this.#isReading) return yield* this.#until(this.#news.promise, dueUs, isServer);
    this.#isReading = true;
    let data: Uint8Array | null;
    try {
      data = yield* this.#next(dueUs, isServer);
    } finally {
      this.#isReading = false;
      this.#tell();
    }
    if (!data) return false;
    yield* this.#dispatch(data);
    this.#tell();
    return true;
  }

  /** Waits until the other side has sent something, or is gone. */
  *untilNews(): Body<void> {
    while (!this.#isClosed && !this.#lost && !this.#frames.isInside && !this.#stream.hasUnread) {
      this.#arrival ??= this.#receive();
      yield* this.#until(this.#arrival, null, true);
    }
  }

  *serveAll(): Body<void> {
    try {
      while (!this.#isClosed) yield* this.serve(null, true);
    } catch (error) {
      if (!(error instanceof EOFError)) throw error;
    } finally {
      this.close();
    }
  }

  /** Says good-bye; what is asked later fails with EOFError. */
  close(): void {
    if (this.#isClosed) return;
    try {
      this.#write(MSG.request, this.#sequence++, [HANDLE.close, this.values.boxAll([])]);
    } catch (error) {
      if (!(error instanceof EOFError)) throw error;
    }
    this.#end();
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stream.close();
    this.#pending.clear();
    this.values.clear();
    this.tellCount();
    this.#tell();
    this.root.onDisconnect?.(this.face);
  }

  /** Wakes who waits for what another reads. */
  #tell(): void {
    const news = this.#news;
    this.#news = new Deferred<void>();
    news.resolve();
  }

  *#next(dueUs: number | null, isServer: boolean): Body<Uint8Array | null> {
    for (;;) {
      const data = this.#readable(() => this.#frames.take());
      if (data) return data;
      if (this.#lost) {
        this.close();
        throw this.#lost;
      }
      const isLooking = dueUs !== null && this.process.nowUs() >= dueUs;
      if (isLooking && !this.#stream.hasUnread) return null;
      this.#arrival ??= this.#receive();
      if (!(yield* this.#until(this.#arrival, dueUs, isServer))) return null;
    }
  }

  /** Whoever sends what is no message is left. */
  #readable<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (isStop(error) || error instanceof InvariantError) throw error;
      this.#end();
      throw new EOFError('invalid data from the other side');
    }
  }

  #receive(): SimPromise<void> {
    return this.#stream.receive().then(
      (bytes) => {
        this.#arrival = null;
        if (bytes === null) {
          this.#lost = new EOFError('connection closed by peer');
          return;
        }
        this.#dissect.heard!(bytes);
        this.#frames.push(bytes);
      },
      (error: unknown) => {
        this.#arrival = null;
        if (!(error instanceof ConnectionError)) throw error;
        this.#lost = new EOFError(ERRNO_TEXT[error.code] ?? error.message);
      },
    );
  }

  /** Waits for a promise; false when the time is over first. */
  *#until(promise: SimPromise<void>, dueUs: number | null, isServer: boolean): Body<boolean> {
    const what = `${isServer ? 'a request' : 'an answer'} from ${this.peer}`;
    // A server that nobody asks is not blocked: no one in particular could end that.
    const by = isServer ? [] : [this.peer];
    const options = { what, by, ...(dueUs === null ? {} : { dueUs }) };
    if (dueUs === null) {
      yield* wait(this.process.waitFor(promise, options));
      return true;
    }
    const first = new Deferred<boolean>();
    const leftUs = Math.max(0, dueUs - this.process.nowUs());
    const timer = this.process.setTimer(leftUs, () => first.resolve(false), { label: what });
    promise.then(() => first.resolve(true));
    const isIn = yield* wait(this.process.waitFor(first.promise, options));
    this.process.clearTimer(timer);
    return isIn;
  }

  *#dispatch(data: Uint8Array): Body<void> {
    const message = this.#readable(() => load(data));
    const [kind, sequence, content = null] = (Array.isArray(message) ? message : []) as Brine[];
    if (kind === MSG.request) return yield* this.#answer(Number(sequence), content);
    const pending = this.#pending.get(Number(sequence));
    this.#pending.delete(Number(sequence));
    const isError = kind === MSG.exception;
    const unbox = (value: Brine): unknown => this.values.unbox([LABEL.value, value]);
    const value = this.#readable(() =>
      isError ? loadError(content, unbox) : this.values.unbox(content),
    );
    if (!pending || this.isOverdue(pending)) return;
    Object.assign(pending, { isReady: true, isError, value });
    for (const callback of pending.callbacks.splice(0)) callback();
    this.tellCount();
  }

  *#answer(sequence: number, content: Brine): Body<void> {
    const { handler, args } = this.#readable(() => {
      const [code, boxed = null] = content as readonly Brine[];
      return { handler: Number(code), args: this.values.unboxArguments(boxed) };
    });
    if (handler === HANDLE.close) return this.#end();
    let result: Brine;
    let kind: number = MSG.reply;
    try {
      result = this.values.box(yield* answer(this, handler, args));
    } catch (error) {
      if (isStop(error) || error instanceof InvariantError || isOurMistake(error)) throw error;
      kind = MSG.exception;
      result = dumpError(error, this.process.program);
    }
    this.#write(kind, sequence, result);
    this.tellCount();
  }

  #write(kind: number, sequence: number, content: Brine): void {
    if (this.#isClosed) throw new EOFError('stream has been closed');
    const bytes = frame(dump([kind, sequence, content]));
    try {
      this.#stream.send(bytes, this.#dissect(bytes)!);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      this.#end();
      throw new EOFError(ERRNO_TEXT[error.code] ?? error.message);
    }
  }

  /** Shows how many objects each side holds of the other, and of which classes, when that has changed. */
  tellCount(): void {
    const open = !this.#isClosed;
    const { heldCount: held, netrefCount: netrefs } = this.values;
    const kinds = open ? this.values.kinds() : {};
    const state = { peer: this.peer, open, netrefs, held, ...kinds };
    const told = JSON.stringify(state);
    if (told === this.#told) return;
    this.#told = told;
    this.process.state(this.#name, state);
  }

  /** `args`, the last of which may be keyword arguments, as a call takes them. */
  static callArguments(args: readonly unknown[]): {
    positional: unknown[];
    keywords: [string, unknown][];
  } {
    const last = args.at(-1);
    if (!(last instanceof Keywords)) return { positional: [...args], keywords: [] };
    return { positional: args.slice(0, -1), keywords: Object.entries(last.values) };
  }
}
