// PyCSP in one node: its processes, its channels, and how an operation blocks and goes on.
//
// Processes are green threads. What one does to another happens in the same turn; a node that
// communicates without pause ends its turn every 5 virtual ms, so that others get theirs. Where the
// experiment has a schedule, that says who goes on (scheduler.ts).

import { isStop } from '#lib/node/meter.ts';
import { isOurMistake, traceback } from '#lib/node/engine-errors.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { type Body, contextNow, Deferred, runWithin, wait } from '#lib/node/promise.ts';
import { InvariantError } from '#lib/protocol/errors.ts';
import { RandomStream } from '#lib/protocol/random.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { POST_NS, SLICE_NS, START_NS } from '../costs.ts';
import { ChannelPoisonException, ChannelRetireException, InfoException } from '../errors.ts';
import { Channel, type End } from './channel.ts';
import { type Block, CspProcess, type Ending } from './process.ts';
import { reportOf, wordsOf } from './deadlock.ts';
import { Home } from './home.ts';
import { type Address, Far, Server, Ways } from './network.ts';
import { Settings } from './configuration.ts';
import { Operation, type Outcome, POISON, RETIRE, type Request } from './operation.ts';
import { endsOf, Scheduler, type Step } from './scheduler.ts';
import { preview, ShownChannel } from './shown.ts';
import type { TraceLine } from './tracing.ts';
import type { EndAddress } from './wire.ts';

/** What an operation offers: at a channel, at once, or after a time. */
export type Offer =
  | { readonly kind: 'read'; readonly end: End }
  | { readonly kind: 'write'; readonly end: End; readonly value: unknown }
  | { readonly kind: 'skip' }
  | { readonly kind: 'timeout'; readonly seconds: number };

/** What the engine has to know of values: the ends that they are or hold. */
export interface Codec {
  endsIn(value: unknown): readonly End[];
  endOf(value: unknown): End | null;
  faceOf(end: End): unknown;
}

/** What a program wants to run as a process, with what it was given. */
export interface Work {
  readonly process: CspProcess;
  readonly args: readonly unknown[];
  call(): unknown;
}

type ProcessOperation = Operation<CspProcess>;

const MAIN = '__INIT__';
/** Draws of the engine's own stream: guards that are tried in any order, and ids. */
const DRAW = { order: 1, id: 2 } as const;
const ID_DIGITS = 32;

type ChannelOffer = Extract<Offer, { end: End }>;

/** What an offer does that needs nobody else. */
function wordsAtOnce(offer: Offer): string {
  return 'end' in offer ? `finds ${offer.end.channel.name} ended` : 'skips';
}

/** A home far away may have locked it; then it ends there, or when it is given back. */
function endWhenFree(operation: ProcessOperation, outcome: Outcome): void {
  operation.acquire((isGranted) => {
    if (isGranted) operation.end(outcome);
  });
}

/** A reader that had waited goes on before its writer, as the real one does: two jobs later it has. */
function* giveWay(): Body<void> {
  yield* wait(undefined);
  yield* wait(undefined);
}

export class Csp {
  readonly node: NodeProcess;
  readonly main: CspProcess;
  readonly settings = new Settings();
  /** Says what happens next; null where the experiment leaves that to the processes. */
  readonly scheduler: Scheduler | null;
  /** Hears what is done, for a trace of PyCSP's own. */
  ontell: ((line: TraceLine) => void) | null = null;
  /** Where others find channels of this node, and the ways to theirs. */
  readonly server: Server;
  readonly #ways: Ways;
  readonly #fars: Far[] = [];
  readonly #own = new Map<string, Channel>();
  readonly #codec: Codec;
  readonly #processes: CspProcess[] = [];
  readonly #names = new Map<string, number>();
  readonly #channelNames = new Set<string>();
  readonly #random: RandomStream;
  #draws = 0;
  #operationCount = 0;
  #release: (() => void) | null = null;
  #lastReport = '';

  constructor(node: NodeProcess, codec: Codec) {
    this.node = node;
    this.#codec = codec;
    const ends = {
      addressOf: (value: unknown) => this.#addressOf(value),
      endOf: (address: EndAddress) => this.#arrived(address),
    };
    this.server = new Server(node, ends, this.settings);
    this.server.onregister = (channel) => this.#renewWaits(channel);
    this.#ways = new Ways(node, ends, this.settings);
    const { seed, name, incarnation, schedule } = node.spec;
    this.scheduler = schedule ? new Scheduler(node, schedule) : null;
    this.#random = new RandomStream(seed, `pycsp:${name}#${incarnation}`);
    this.main = new CspProcess(MAIN, this.#newId(MAIN));
    this.#processes.push(this.main);
    node.onstuck = () => {
      if (!this.scheduler?.next()) this.#reportDeadlock();
    };
  }

  /** The process that runs. */
  current(): CspProcess {
    const context = contextNow();
    return context instanceof CspProcess ? context : this.main;
  }

  // Processes.

  createProcess(functionName: string): CspProcess {
    return new CspProcess(this.#free(functionName), this.#newId(functionName));
  }

  /** Runs processes beside each other until the last has ended. Gives what they returned. */
  *parallel(works: readonly Work[]): Body<unknown[]> {
    for (const work of works) this.#start(work);
    yield* this.#join(works);
    return works.map(({ process }) => process.result);
  }

  /** Runs processes one after another. */
  *sequence(works: readonly Work[]): Body<unknown[]> {
    for (const work of works) yield* this.parallel([work]);
    return works.map(({ process }) => process.result);
  }

  /** Starts processes; the one that runs ends after them. */
  spawn(works: readonly Work[]): void {
    const parent = this.current();
    for (const work of works) this.#start(work);
    parent.spawned.push(...works.map(({ process }) => process));
  }

  #start(work: Work): void {
    const { process, args } = work;
    if (this.#processes.includes(process))
      throw new InfoException('threads can only be started once');
    this.#stayUntilShutdown();
    this.node.spendNs(START_NS);
    this.#processes.push(process);
    for (const end of this.#codec.endsIn(args)) end.holders.add(process);
    const holds = this.#codec
      .endsIn(args)
      .map(({ direction, channel }) => `${direction} ${channel.name}`);
    this.node.state(`pycsp processes/${process.name}`, { state: 'running', holds });
    runWithin(process, this.#body(work));
  }

  *#body(work: Work): Body<void> {
    const { process } = work;
    const about = { func_name: process.functionName, process_id: process.id };
    this.ontell?.({ type: 'StartProcess', ...about });
    const ending = yield* this.#call(work);
    this.ontell?.({ type: 'QuitProcess', ...about });
    yield* this.#joinSpawned(process);
    process.end(ending);
    this.node.state(`pycsp processes/${process.name}`, { state: ending, holds: [] });
  }

  *#call({ process, args, call }: Work): Body<Ending> {
    try {
      process.result = yield* wait(call());
      return 'returned';
    } catch (error) {
      if (isStop(error)) throw error;
      const isPoison = error instanceof ChannelPoisonException;
      if (!isPoison && !(error instanceof ChannelRetireException))
        return this.#fail(process, error);
      // A network of processes ends by itself: who does not catch it passes it on.
      for (const end of this.#codec.endsIn(args)) {
        yield* this.leave(end, isPoison ? 'poison' : 'retire');
      }
      return isPoison ? 'poisoned' : 'retired';
    }
  }

  /** As a thread does: it dies alone, and its channels stay as they are. */
  #fail(process: CspProcess, error: unknown): Ending {
    if (error instanceof InvariantError || isOurMistake(error)) this.node.die(error);
    const text = traceback(error, this.node.program);
    this.node.write('stderr', `Exception in process ${process.name}:\n${text}\n`);
    return 'failed';
  }

  *#join(works: readonly Work[]): Body<void> {
    const joins = works.map(({ process }) => process);
    yield* this.#await(joins, 'Parallel');
  }

  *#joinSpawned({ spawned }: CspProcess): Body<void> {
    // What they spawn is theirs to wait for.
    yield* this.#await(spawned, 'spawned processes');
  }

  *#await(joins: readonly CspProcess[], what: string): Body<void> {
    const left = joins.filter(({ ending }) => !ending);
    if (left.length === 0) return;
    const names = left.map(({ name }) => name).join(', ');
    const unblock = this.#block({ at: [], joins: left }, `${what}: ${names}`);
    for (const process of left) yield* wait(process.done);
    unblock();
  }

  /** Waits for what was spawned, and lets the node end. */
  *shutdown(): Body<void> {
    if (this.current() !== this.main) {
      throw new InfoException(
        'pycsp.shutdown must not be called in PyCSP processes wrapped in a PyCSP.Process structure. PyCSP.Process processes have their own shutdown mechanism.',
      );
    }
    yield* this.#joinSpawned(this.main);
    for (const far of this.#fars) far.disconnect();
    yield* this.server.waitForVisitors();
    this.server.close();
    this.#ways.close();
    this.#release?.();
    this.#release = null;
  }

  // Channels.

  /** Poisons the channel of an end, or retires the end. */
  *leave(end: End, verb: 'poison' | 'retire'): Body<void> {
    const { channel } = end;
    const home = channel.place instanceof Home ? channel.place : null;
    const hasEnded = home?.ending === POISON || (home?.ending && verb === 'retire');
    // What changes nothing any more needs no turn.
    if (this.scheduler && !end.isRetired && !hasEnded) {
      const process = this.current();
      const words = `${process.name} ${verb}s ${end.direction === 'read' ? 'reader' : 'writer'} of ${channel.name}`;
      const asked = new Deferred<void>();
      const forget = this.scheduler.ask(() => ({
        text: words,
        processes: [process.name, ...(home?.everybody() ?? [])],
        places: [
          ...(home?.places ?? []),
          ...(verb === 'retire' ? [endsOf(channel.name, end.direction)] : []),
        ],
        take: () => asked.resolve(),
      }));
      yield* wait(asked.promise);
      forget();
    }
    this.tellOf(end, verb === 'poison' ? 'Poison' : 'Retire');
    end[verb]();
  }

  /** A line of the trace about an end, with how often it has been used. */
  tellOf(end: End, type: string): void {
    if (!this.ontell) return;
    const { id } = this.current();
    this.ontell({ type, id: end.useCount, chan_name: end.channel.name, process_id: id });
  }

  createChannel(name: string | null, capacity: number): Channel {
    if (name !== null && this.#channelNames.has(name)) {
      throw new InfoException('Reusing channel name in same process namespace');
    }
    const given = name ?? this.#free('channel');
    this.#channelNames.add(given);
    this.#stayUntilShutdown();
    const home = new Home(given, capacity);
    this.scheduler?.watch(home);
    new ShownChannel(this.node, home, given);
    const channel = new Channel(given, home);
    this.#own.set(given, channel);
    this.server.homes.set(given, home);
    this.server.listenIfTold();
    this.ontell?.({ type: 'Channel', chan_name: given });
    return channel;
  }

  /** A channel that lives at another node. Nothing is sent before it is used. */
  connectChannel(name: string, address: Address): Channel {
    this.#stayUntilShutdown();
    const far = new Far(this.#ways, name, address);
    this.#fars.push(far);
    return new Channel(name, far, address[0]);
  }

  /** Where other nodes find a channel. */
  *addressOf({ place }: Channel): Body<Address> {
    return place instanceof Far ? place.address : yield* wait(this.server.address());
  }

  #addressOf(value: unknown): EndAddress | null {
    const end = this.#codec.endOf(value);
    if (!end) return null;
    const { channel, direction } = end;
    const { place } = channel;
    const address = place instanceof Far ? place.address : this.server.known;
    if (!address) {
      throw new InfoException(
        `channel ${channel.name} is not to be found by other nodes: await its address first`,
      );
    }
    return [channel.name, ...address, direction];
  }

  /** An end that comes from another node: of a channel that lives here, or of one far away. */
  #arrived([name, host, port, direction]: EndAddress): unknown {
    const own = this.#own.get(name);
    const known = this.server.known;
    const isOwn = own && known && known[1] === port && this.node.isLocal(host);
    const channel = isOwn ? own : this.connectChannel(name, [host, port]);
    const kind = direction === 'write' ? 'write' : 'read';
    return this.#codec.faceOf(channel.arrived(kind, this.current()));
  }

  /**
   * Offers something at channels until one of them takes it.
   *
   * @param isOrdered the first that is ready is taken, not any
   * @returns which offer, counted from 0, and what was read
   * @throws ChannelPoisonException, ChannelRetireException
   */
  *perform(offers: readonly Offer[], isOrdered = true): Body<{ guard: number; value: unknown }> {
    const { meter } = this.node;
    const { at } = meter;
    const process = this.current();
    this.node.spendNs(POST_NS * offers.length);
    yield* this.#reach(offers);
    if (this.node.turnNs >= SLICE_NS) {
      yield* wait(this.node.sleepUs(0, { label: 'time slice' }));
      meter.at = at;
    }
    const operation = new Operation(process, this.#operationCount++, offers.length === 1);
    this.#post(operation, offers, isOrdered);
    if (operation.isOpen) yield* this.#blockOn(operation, offers);
    else if (operation.hasGiven) yield* giveWay();
    return this.#resultOf(process, operation.outcome!);
  }

  /** Channels of other nodes are connected when they are used. */
  *#reach(offers: readonly Offer[]): Body<void> {
    const { at } = this.node.meter;
    for (const offer of offers) {
      if ('end' in offer && offer.end.channel.place instanceof Far)
        yield* offer.end.channel.place.connect();
    }
    this.node.meter.at = at;
  }

  /** In their order, until one of them is taken. */
  #post(operation: ProcessOperation, offers: readonly Offer[], isOrdered: boolean): void {
    const undo: (() => void)[] = [];
    operation.onend = () => {
      for (const each of undo) each();
    };
    for (const [guard, offer] of offers.entries()) {
      if (!operation.isOpen) return;
      const success: Outcome = { kind: 'success', guard, value: undefined };
      // By a schedule what stands before may still come first, and what stands behind if any may.
      const isOpenStill = this.scheduler && (isOrdered ? guard > 0 : offers.length > 1);
      const refusal = this.#refusalOf(offer);
      if (offer.kind === 'skip' || refusal) {
        const { name } = operation.process;
        const outcome = refusal ?? success;
        if (!isOpenStill) operation.end(outcome);
        else undo.push(this.#ask(operation, outcome, `${name} ${wordsAtOnce(offer)} [${guard}]`));
        if (isOrdered) break;
      } else if (offer.kind === 'timeout') {
        undo.push(this.#setTimeout(operation, success, offer.seconds));
      } else this.#postAt(operation, guard, offer as ChannelOffer, undo);
    }
    // A timer that was set before a later guard succeeded is of no use.
    if (!operation.isOpen) operation.onend();
  }

  /** How an offer ends at once because its channel has ended, or null. */
  #refusalOf(offer: Offer): Outcome | null {
    if (!('end' in offer)) return null;
    if (offer.end.isRetired) return RETIRE;
    const { place } = offer.end.channel;
    return place instanceof Home ? place.refusal(offer.kind) : null;
  }

  /** @returns takes the step back */
  #ask(operation: ProcessOperation, outcome: Outcome, text: string, dueUs?: number): () => void {
    return this.scheduler!.ask((): Step => ({
      text,
      processes: [operation.process.name],
      places: [],
      ...(dueUs !== undefined && { delayUs: Math.max(0, dueUs - this.node.nowUs()) }),
      take: () => operation.end(outcome),
    }));
  }

  /** @returns clears it */
  #setTimeout(operation: ProcessOperation, outcome: Outcome, seconds: number): () => void {
    const delayUs = usFromSeconds(Math.max(0, seconds));
    if (this.scheduler) {
      const text = `${operation.process.name} waits no longer`;
      return this.#ask(operation, outcome, text, this.node.nowUs() + delayUs);
    }
    const end = (): void => endWhenFree(operation, outcome);
    const timer = this.node.setTimer(delayUs, end, { label: 'guard' });
    return () => this.node.clearTimer(timer);
  }

  #postAt(
    operation: ProcessOperation,
    guard: number,
    offer: ChannelOffer,
    undo: (() => void)[],
  ): void {
    const { end, kind } = offer;
    end.holders.add(operation.process);
    const request: Request = {
      operation,
      guard,
      ...(offer.kind === 'write' && { value: offer.value }),
    };
    const { place } = end.channel;
    undo.push(() => place.withdraw(kind, request));
    place.post(kind, request);
  }

  *#blockOn(operation: ProcessOperation, offers: readonly Offer[]): Body<void> {
    const at = offers.flatMap((offer) =>
      offer.kind === 'read' || offer.kind === 'write'
        ? [
            {
              does: offer.kind,
              channel: offer.end.channel,
              ...(offer.kind === 'write' && { value: preview(offer.value) }),
            },
          ]
        : [],
    );
    const timeout = offers.find((offer) => offer.kind === 'timeout');
    const dueUs = timeout && this.node.nowUs() + usFromSeconds(timeout.seconds);
    const { name } = operation.process;
    const words = at.map(wordsOf).join(' or ') || 'no guard at all';
    const hosts = at.flatMap(({ channel }) => channel.host ?? []);
    const unblock = this.#block({ at, joins: [] }, `${name}: ${words}`, hosts, dueUs);
    const { onend } = operation;
    operation.onend = () => {
      onend?.();
      unblock();
    };
    yield* wait(operation.ended);
  }

  #block(
    { at, joins }: Pick<Block, 'at' | 'joins'>,
    what: string,
    hosts: readonly string[] = [],
    dueUs?: number,
  ): () => void {
    const process = this.current();
    const line = this.node.line();
    const begin = (): (() => void) => {
      const by = [...new Set([...hosts, ...this.#nodesAt(at, joins)])];
      return this.node.beginWait({ what, line, by, ...(dueUs !== undefined && { dueUs }) });
    };
    let endWait = begin();
    const renew = (): void => {
      endWait();
      endWait = begin();
    };
    const block: Block = { at, joins, line, renew };
    process.blocks.add(block);
    return () => {
      process.blocks.delete(block);
      endWait();
    };
  }

  /** Nodes whose processes can end a wait at channels of this one: itself, and who uses them from afar. */
  #nodesAt(at: Block['at'], joins: Block['joins']): readonly string[] {
    const own = at.filter(({ channel }) => channel.host === null);
    if (own.length === 0 && joins.length === 0 && at.length > 0) return [];
    const visitors = own.flatMap(({ channel }) => this.server.nodesAt(channel.name));
    return [this.node.spec.name, ...visitors];
  }

  /** A node has come that uses a channel: it can end what waits there. */
  #renewWaits(channelName: string): void {
    for (const { blocks } of this.#processes) {
      for (const block of blocks) {
        if (block.at.some(({ channel }) => channel.name === channelName)) block.renew();
      }
    }
  }

  #resultOf(process: CspProcess, outcome: Outcome): { guard: number; value: unknown } {
    if (outcome.kind === 'poison') throw new ChannelPoisonException();
    if (outcome.kind === 'retire') throw new ChannelRetireException();
    for (const end of this.#codec.endsIn(outcome.value)) end.holders.add(process);
    return outcome;
  }

  /** An order in which guards may be tried, drawn from the engine's own stream (KT6). */
  shuffled<T>(items: readonly T[]): T[] {
    const list = [...items];
    // A schedule tries them all.
    if (this.scheduler) return list;
    for (let at = list.length - 1; at > 0; at--) {
      const other = this.#random.below(at + 1, DRAW.order, this.#draws++);
      [list[at], list[other]] = [list[other]!, list[at]!];
    }
    return list;
  }

  // What keeps the node.

  /** Without `shutdown()` a program of PyCSP never ends: its server thread lives on. */
  #stayUntilShutdown(): void {
    this.#release ??= this.node.hold('pycsp: shutdown() is never called');
  }

  #reportDeadlock(): void {
    const waiting = this.#processes.filter(({ blocks }) => blocks.size > 0);
    // Who waits for another node is not stuck.
    if (waiting.length === 0 || this.#fars.length > 0) return;
    const report = reportOf(waiting);
    const text = JSON.stringify(report);
    if (text === this.#lastReport) return;
    this.#lastReport = text;
    this.node.state('pycsp deadlock', report);
  }

  /** A name, with a number when it was taken before. */
  #free(name: string): string {
    const count = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, count);
    return count === 1 && name !== 'channel' ? name : `${name}-${count}`;
  }

  #newId(functionName: string): string {
    let digits = '';
    while (digits.length < ID_DIGITS) {
      digits += this.#random.below(16, DRAW.id, this.#draws++).toString(16);
    }
    return `${digits}.${functionName.slice(0, 31)}`;
  }
}
