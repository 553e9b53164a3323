// One client of Redis: its database, transaction, subscriptions, and the wait of a blocking pop.

import { ConnectionError, type Connection } from '#lib/node/connection.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import {
  encodeResp,
  ErrorReply,
  NULL_ARRAY_BYTES,
  OK,
  ProtocolError,
  QUEUED,
  RespReader,
  Simple,
  type Resp,
} from '../../resp.ts';
import { labelOfPush, labelOfReplies, type Command } from '../../redis-labels.ts';
import { COMMANDS } from './commands/index.ts';
import { globPattern } from './commands/keys.ts';
import { pop } from './commands/lists.ts';
import { runConfig, runPersistence } from './commands/server.ts';
import { floatOf, type CommandContext } from './commands/table.ts';
import { propagated } from './propagation.ts';
import type { RedisState, Waiter } from './state.ts';
import { CommandError } from './store.ts';

/** The client has to wait for the answer to its last command. */
const BLOCKED = Symbol('blocked');
type Outcome = Resp | typeof BLOCKED;

/** What a subscriber may still ask for. */
const PUBSUB_COMMANDS: ReadonlySet<string> = new Set([
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'PSUBSCRIBE',
  'PUNSUBSCRIBE',
  'PING',
  'QUIT',
  'RESET',
]);

const NO_PASSWORD =
  'ERR AUTH <password> called without any password configured for the default user. ' +
  'Are you sure your configuration is correct?';

export class RedisSession {
  readonly #state: RedisState;
  readonly #connection: Connection;
  readonly #reader = new RespReader(true);
  /** Commands not yet run: those behind a blocking one wait for it. */
  #commands: Command[] = [];
  #databaseIndex = 0;
  #transaction: Command[] | null = null;
  #isTransactionBroken = false;
  readonly #channels = new Set<string>();
  readonly #patterns = new Set<string>();
  #blocked: Waiter | null = null;
  #isEnded = false;

  constructor(state: RedisState, connection: Connection) {
    this.#state = state;
    this.#connection = connection;
  }

  /** Serves the connection until it ends. */
  *serve(): Body<void> {
    try {
      for (;;) {
        const bytes = yield* wait(this.#connection.receive());
        if (bytes === null) break;
        for (const value of this.#reader.push(bytes)) this.#accept(value);
        this.#run();
      }
    } catch (error) {
      if (error instanceof ProtocolError) this.#refuse(error);
      else if (!(error instanceof ConnectionError)) throw error;
    }
    this.#end();
  }

  /** A message of a channel. */
  notify(channel: string, payload: string, pattern: string | null): void {
    const push: Resp =
      pattern === null ? ['message', channel, payload] : ['pmessage', pattern, channel, payload];
    if (this.#connection.isOpen) this.#connection.send(encodeResp(push), labelOfPush(push));
  }

  #accept(value: Resp): void {
    const isCommand = Array.isArray(value) && value.every((word) => typeof word === 'string');
    if (!isCommand) throw new ProtocolError('expected a command');
    if (value.length > 0) this.#commands.push(value as readonly string[]);
  }

  /** Runs commands up to one that has to wait, and answers them in one packet. */
  #run(): void {
    const commands: Command[] = [];
    const replies: Resp[] = [];
    while (this.#commands.length > 0 && !this.#blocked && !this.#isEnded) {
      const command = this.#commands.shift()!;
      this.#state.spend(command);
      const outcome = this.#execute(command);
      if (outcome === BLOCKED) break;
      commands.push(command);
      replies.push(outcome);
    }
    this.#state.persistence.flush();
    if (replies.length > 0) this.#reply(commands, replies);
    this.#state.settle();
  }

  #reply(commands: readonly Command[], replies: readonly Resp[]): void {
    if (!this.#connection.isOpen) return;
    this.#connection.send(encodeResp(...replies), labelOfReplies(commands, replies));
  }

  #execute(command: Command): Outcome {
    try {
      return this.#dispatch(command[0]!.toUpperCase(), command);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (this.#transaction) this.#isTransactionBroken = true;
      return error.reply;
    }
  }

  #dispatch(name: string, command: Command): Outcome {
    const args = command.slice(1);
    if (this.#subscriptionCount > 0 && !PUBSUB_COMMANDS.has(name)) throw onlySubscriber(name);
    switch (name) {
      case 'MULTI':
        return this.#multi();
      case 'EXEC':
        return this.#exec();
      case 'DISCARD':
        return this.#discard();
      default:
    }
    checkCommand(name, command);
    if (this.#transaction) {
      this.#transaction.push(command);
      return QUEUED;
    }
    if (name === 'BRPOP') return this.#blockingPop(args);
    const [reply, kept] = this.#runNow(command);
    if (kept) this.#keep([kept]);
    return reply;
  }

  #keep(commands: readonly Command[]): void {
    if (commands.length > 0) this.#state.persistence.note(this.#databaseIndex, commands);
  }

  /** Runs a command; returns what goes into the append-only file too. */
  #runNow(command: Command): [Resp, Command | null] {
    const reply = this.#answer(command[0]!.toUpperCase(), command.slice(1));
    return [reply, propagated(command, reply, this.#context())];
  }

  #answer(name: string, args: readonly string[]): Resp {
    switch (name) {
      case 'PING':
        return args[0] ?? new Simple('PONG');
      case 'ECHO':
        return args[0]!;
      case 'SELECT':
        return this.#select(args[0]!);
      case 'PUBLISH':
        return this.#state.publish(args[0]!, args[1]!);
      case 'SUBSCRIBE':
      case 'PSUBSCRIBE':
        return this.#subscribe(args, name === 'PSUBSCRIBE');
      case 'UNSUBSCRIBE':
      case 'PUNSUBSCRIBE':
        return this.#unsubscribe(args, name === 'PUNSUBSCRIBE');
      case 'PUBSUB':
        return this.#pubsub(args);
      case 'INFO':
        return this.#state.info(args[0]?.toLowerCase() ?? '');
      case 'CONFIG':
        return runConfig(this.#state, args);
      case 'SAVE':
      case 'BGSAVE':
      case 'BGREWRITEAOF':
      case 'LASTSAVE':
      case 'SHUTDOWN':
        return runPersistence(this.#state, name, args);
      case 'FLUSHALL':
        return this.#state.flushAll();
      case 'CLIENT':
        return OK;
      case 'AUTH':
        throw new CommandError(NO_PASSWORD);
      case 'QUIT':
        this.#commands = [];
        return OK;
      case 'BRPOP':
        // Inside a transaction a blocking pop does not block.
        return this.#popFirst(args.slice(0, -1));
      default:
        return COMMANDS[name]!.run(this.#context(), args);
    }
  }

  #context(): CommandContext {
    return this.#state.context(this.#databaseIndex);
  }

  #select(text: string): Resp {
    const index = Number(text);
    if (!/^\d+$/.test(text)) throw new CommandError('ERR value is not an integer or out of range');
    if (index >= this.#state.databaseCount) throw new CommandError('ERR DB index is out of range');
    this.#databaseIndex = index;
    return OK;
  }

  // Transactions.

  #multi(): Resp {
    // An error, but not one that breaks the transaction.
    if (this.#transaction) return new ErrorReply('ERR MULTI calls can not be nested');
    this.#transaction = [];
    this.#isTransactionBroken = false;
    return OK;
  }

  #exec(): Resp {
    const commands = this.#transaction;
    if (!commands) throw new CommandError('ERR EXEC without MULTI');
    this.#transaction = null;
    if (this.#isTransactionBroken) {
      throw new CommandError('EXECABORT Transaction discarded because of previous errors.');
    }
    const all: Command[] = [];
    const replies = commands.map((command) => {
      try {
        const [reply, kept] = this.#runNow(command);
        if (kept) all.push(kept);
        return reply;
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        return error.reply;
      }
    });
    this.#keep(all);
    return replies;
  }

  #discard(): Resp {
    if (!this.#transaction) throw new CommandError('ERR DISCARD without MULTI');
    this.#transaction = null;
    return OK;
  }

  // Publish and subscribe. A command that names several channels is answered once for each.

  get #subscriptionCount(): number {
    return this.#channels.size + this.#patterns.size;
  }

  #subscribe(names: readonly string[], isPattern: boolean): Resp {
    return this.#many(names, (name) => {
      (isPattern ? this.#patterns : this.#channels).add(name);
      this.#state.subscribe(name, isPattern, this);
      return [isPattern ? 'psubscribe' : 'subscribe', name, this.#subscriptionCount];
    });
  }

  #unsubscribe(args: readonly string[], isPattern: boolean): Resp {
    const subscribed = isPattern ? this.#patterns : this.#channels;
    const answer = isPattern ? 'punsubscribe' : 'unsubscribe';
    const names = args.length > 0 ? args : [...subscribed];
    if (names.length === 0) return [answer, null, this.#subscriptionCount];
    return this.#many(names, (name) => {
      subscribed.delete(name);
      this.#state.unsubscribe(name, isPattern, this);
      return [answer, name, this.#subscriptionCount];
    });
  }

  #pubsub([what = '', ...args]: readonly string[]): Resp {
    const state = this.#state;
    switch (what.toUpperCase()) {
      case 'CHANNELS': {
        const glob = globPattern(args[0] ?? '*');
        return state.channels().filter((channel) => glob.test(channel));
      }
      case 'NUMSUB':
        return args.flatMap((channel) => [channel, state.subscriberCount(channel)]);
      case 'NUMPAT':
        return state.patternCount;
      default:
        throw new CommandError(`ERR unknown subcommand '${what}'. Try PUBSUB HELP.`);
    }
  }

  /** Sends all answers but the last, which is the command's own. */
  #many(channels: readonly string[], answer: (channel: string) => Resp): Resp {
    const answers = channels.map(answer);
    const last = answers.pop()!;
    if (answers.length > 0 && this.#connection.isOpen) {
      this.#connection.send(encodeResp(...answers), labelOfPush(answers[0]!));
    }
    return last;
  }

  // Blocking pops.

  #blockingPop(args: readonly string[]): Outcome {
    const keys = args.slice(0, -1);
    const timeoutS = floatOf(args.at(-1)!, 'ERR timeout is not a float or out of range');
    if (timeoutS < 0) throw new CommandError('ERR timeout is negative');
    const popped = this.#popFirst(keys);
    if (popped !== null) {
      this.#keep([['RPOP', popped[0]]]);
      return popped;
    }
    const command: Command = ['BRPOP', ...args];
    this.#blocked = {
      databaseIndex: this.#databaseIndex,
      keys,
      serve: (value) => this.#unblock(command, value),
    };
    this.#state.block(this.#blocked, timeoutS * 1e6);
    return BLOCKED;
  }

  #popFirst(keys: readonly string[]): [key: string, value: string] | null {
    for (const key of keys) {
      const value = pop(this.#context(), key, false);
      if (value !== null) return [key, value];
    }
    return null;
  }

  #unblock(command: Command, value: Resp): void {
    this.#blocked = null;
    if (value !== null) this.#reply([command], [value]);
    else if (this.#connection.isOpen) {
      this.#connection.send(NULL_ARRAY_BYTES, labelOfReplies([command], [null]));
    }
    this.#run();
  }

  // The end.

  #refuse(error: ProtocolError): void {
    const reply = new ErrorReply(`ERR Protocol error: ${error.message}`);
    this.#reply([], [reply]);
  }

  #end(): void {
    this.#isEnded = true;
    if (this.#blocked) this.#state.unblock(this.#blocked);
    for (const channel of this.#channels) this.#state.unsubscribe(channel, false, this);
    for (const pattern of this.#patterns) this.#state.unsubscribe(pattern, true, this);
    this.#connection.close();
  }
}

/** Number of words of the session's own commands; negative: at least. */
const ARITIES: Readonly<Record<string, number>> = {
  PING: -1,
  ECHO: 2,
  SELECT: 2,
  PUBLISH: 3,
  SUBSCRIBE: -2,
  UNSUBSCRIBE: -1,
  PSUBSCRIBE: -2,
  PUNSUBSCRIBE: -1,
  PUBSUB: -2,
  INFO: -1,
  FLUSHALL: -1,
  CONFIG: -2,
  SAVE: 1,
  BGSAVE: -1,
  BGREWRITEAOF: 1,
  LASTSAVE: 1,
  SHUTDOWN: -1,
  CLIENT: -2,
  AUTH: -2,
  QUIT: 1,
  BRPOP: -3,
};

function checkCommand(name: string, command: Command): void {
  const arity = ARITIES[name] ?? (Object.hasOwn(COMMANDS, name) ? COMMANDS[name]!.arity : null);
  if (arity === null) throw unknownCommand(command);
  const isRight = arity < 0 ? command.length >= -arity : command.length === arity;
  if (isRight) return;
  throw new CommandError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
}

function unknownCommand([name = '', ...args]: Command): CommandError {
  const shown = args.map((word) => `'${word.slice(0, 128)}' `).join('');
  return new CommandError(`ERR unknown command '${name}', with args beginning with: ${shown}`);
}

function onlySubscriber(name: string): CommandError {
  return new CommandError(
    `ERR Can't execute '${name.toLowerCase()}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / ` +
      'QUIT / RESET are allowed in this context',
  );
}
