// Remote control from the sender's side (kombu/pidbox.py, `Mailbox`): a question to every worker, and
// the answers that come in time. Nobody keeps such a message: who is not there never hears of it.

import { Deferred, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import type { CeleryApp } from '../app.ts';
import { uuid } from '../ids.ts';
import { dumps, loads, type RawJson } from '../json.ts';
import type { Message } from '../message.ts';
import { PIDBOX, PIDBOX_REPLY, type Bus } from '../transports/bus.ts';

/** Plain data that JSON carries. */
type Plain = unknown;
/** A command's arguments by name; as JSON they keep their floats. */
export type Arguments = Readonly<Record<string, Plain>> | RawJson;

export interface Question {
  method: string;
  arguments: Arguments;
  /** Names of workers, `w1@h`; null: all. */
  destination: readonly string[] | null;
  /** Seconds to wait for each further answer. */
  timeoutS: number;
  /** Enough after so many answers; null: as many as the destination has names, or no limit. */
  limit?: number | null;
  onReply?: (reply: Reply) => void;
  /** Nobody of the learner's waits: the picture does not show for how long. */
  isHousekeeping?: boolean;
}

/** One worker's answer by its name. */
export type Reply = Readonly<Record<string, Plain>>;

/** A message of remote control: nothing of it is stored anywhere. */
export function controlMessage(app: CeleryApp, body: Plain, headers: object = {}): Message {
  return {
    body: dumps(body),
    headers: { clock: app.tick(), ...headers },
    properties: { correlationId: '', replyTo: '', deliveryMode: 1, priority: 0 },
  };
}

/** Sends without waiting for answers. */
export function* cast(
  app: CeleryApp,
  { method, arguments: given, destination }: Omit<Question, 'timeoutS'>,
): Body<void> {
  const bus = app.createBus();
  const body = { method, arguments: given, destination, pattern: null, matcher: null };
  yield* bus.publish({ exchange: PIDBOX, routingKey: '', message: controlMessage(app, body) });
  bus.close();
}

/**
 * Asks, and collects answers until nobody has answered for `timeoutS`.
 *
 * @throws OperationalError when the broker cannot be reached
 */
export function* ask(app: CeleryApp, question: Question): Body<Reply[]> {
  const bus = app.createBus();
  try {
    return yield* new Call(app, bus, question).run();
  } finally {
    bus.close();
  }
}

class Call {
  readonly #app: CeleryApp;
  readonly #bus: Bus;
  readonly #question: Question;
  readonly #replies: Reply[] = [];
  #news = new Deferred<void>();

  constructor(app: CeleryApp, bus: Bus, question: Question) {
    this.#app = app;
    this.#bus = bus;
    this.#question = question;
  }

  *run(): Body<Reply[]> {
    const { method, arguments: given, destination } = this.#question;
    const app = this.#app;
    const key = uuid(app.process);
    const ticket = uuid(app.process);
    yield* this.#bus.subscribe({
      exchange: PIDBOX_REPLY,
      queue: `${key}.${PIDBOX_REPLY.name}`,
      routingKey: key,
      onMessage: (message) => this.#take(message, ticket),
    });
    const body = {
      ...{ method, arguments: given, destination, pattern: null, matcher: null, ticket },
      reply_to: { exchange: PIDBOX_REPLY.name, routing_key: key },
    };
    yield* this.#bus.publish({
      exchange: PIDBOX,
      routingKey: '',
      message: controlMessage(app, body),
    });
    yield* this.#collect();
    return this.#replies;
  }

  *#collect(): Body<void> {
    const { timeoutS, destination } = this.#question;
    const limit = this.#question.limit ?? destination?.length ?? Infinity;
    while (this.#replies.length < limit) {
      const before = this.#replies.length;
      this.#news = new Deferred<void>();
      yield* this.#pause(usFromSeconds(timeoutS));
      if (this.#replies.length === before) return;
    }
  }

  *#pause(delayUs: number): Body<void> {
    const { process } = this.#app;
    const elapsed = new Deferred<void>();
    const label = this.#question.isHousekeeping ? {} : { label: 'control replies' };
    const timer = process.setTimer(delayUs, () => elapsed.resolve(), label);
    yield* wait(SimPromise.race([elapsed.promise, this.#news.promise]));
    process.clearTimer(timer);
  }

  #take({ body, headers }: Message, ticket: string): void {
    this.#app.hear(headers['clock']);
    if (headers['ticket'] !== ticket) return;
    const reply = loads(body) as Reply;
    this.#replies.push(reply);
    this.#question.onReply?.(reply);
    this.#news.resolve();
  }
}

/** All answers in one, by worker. */
export function byWorker(replies: readonly Reply[]): Reply {
  return Object.assign({}, ...replies) as Reply;
}
