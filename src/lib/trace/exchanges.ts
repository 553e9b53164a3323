// Questions and their answers, read off the messages alone, for protocols whose models tell of no units
// of work: learners' own sockets, HTTP, RPyC, Pyro4. A question begins when it is sent and ends when its
// answer has arrived where it came from. Between its arrival and the leaving of the answer it waits, or is
// worked at, where it was sent to: that is the queue of a server, whatever it is made of.
//
// Which message is whose answer:
//   of HTTP, RPyC and Pyro4 the wire vocabulary tells questions from answers. A plain socket's message is
//   an answer when it was sent in consequence of a message from there (of its turn, or of a timer that was
//   set in such a turn); on a connection who connected asks.
//   The answered question is the one in consequence of which the answer was sent; a server that takes
//   questions out of a list of its own answers the oldest one, of the same word on a plain socket.
//
// Questions of a word that nobody has ever answered wait for nothing: a one-way call, a heartbeat.
// What stays within a node counts nowhere. An index that grows with its trace.

import { roleOf } from '#lib/protocol/wire.ts';
import { intColumn, type IntColumn } from './columns.ts';
import { Steps } from './steps.ts';
import { nodeOf, NO_EVENT, type TraceStore } from './store.ts';

/** Events of one exchange; NO_EVENT for what has not happened. */
export interface Exchange {
  /** The question leaves, */
  askId: number;
  /** arrives, */
  arrivedId: number;
  /** is answered, */
  answerId: number;
  /** and the answer is there. */
  endId: number;
}

/** How far an exchange has come. */
export type ExchangeStage = 'asked' | 'arrived' | 'answered' | 'ended';

interface Open {
  index: number;
  /** Who has it. */
  process: number;
  /** Protocol and word. */
  word: string;
}

/** What waits at a node. */
interface Waiting {
  /** Of words that are answered. */
  steps: Steps;
  /** By word, as long as nobody has answered one. */
  untold: Map<string, Steps>;
}

const SOCKETS = 'node';
const PROTOCOLS: ReadonlySet<string> = new Set([SOCKETS, 'http', 'rpyc', 'pyro4']);
/** Words that open a connection, told as part of it. */
const GREETINGS: ReadonlySet<string> = new Set(['connect']);
/** Questions between two ends that wait at a time; the oldest is forgotten. */
const OPEN_LIMIT = 10_000;
const DEATHS: ReadonlySet<string> = new Set(['exit', 'kill', 'powerOff']);

export class Exchanges {
  readonly #trace: TraceStore;
  readonly #isKnown: (id: number) => boolean;
  readonly #note: (index: number, stage: ExchangeStage) => void;

  readonly #asks = intColumn();
  readonly #arrivals = intColumn();
  readonly #answers = intColumn();
  readonly #ends = intColumn();
  /** Exchanges in the order in which their answers arrived. */
  readonly #ended = intColumn();

  /** Of every event the arrival in consequence of which it happened, or NO_EVENT. */
  readonly #roots = intColumn();
  /** Questions under way, and answers, by the events at which they left. */
  readonly #asked = new Map<number, number>();
  readonly #answered = new Map<number, number>();
  /** Questions that have arrived, by who asked whom, the oldest first. */
  readonly #open = new Map<string, Open[]>();
  /** The same by the events at which they left. */
  readonly #openOf = new Map<number, Open>();
  /** Events at which answers left, ascending. */
  readonly #answerIds = intColumn();
  readonly #connectors = new Map<number, string>();
  readonly #answeredWords = new Set<string>();
  readonly #waiting = new Map<string, Waiting>();
  /** Nodes at which more has waited than was known; whoever reads on empties it. */
  readonly revised = new Set<string>();

  /**
   * @param isKnown leaves out what a lens has not seen
   * @param note is told of every exchange that has come further
   */
  constructor(
    trace: TraceStore,
    isKnown: (id: number) => boolean = () => true,
    note: (index: number, stage: ExchangeStage) => void = () => undefined,
  ) {
    this.#trace = trace;
    this.#isKnown = isKnown;
    this.#note = note;
  }

  /** Reads one more event, in the order of the trace. */
  take(id: number): void {
    this.#roots.push(this.#rootOf(id));
    if (!this.#isKnown(id)) return;
    const kind = this.#trace.kindAt(id);
    if (kind === 'send') this.#takeSend(id);
    else if (kind === 'deliver') this.#takeArrival(id);
    else if (kind === 'connect') {
      this.#connectors.set(this.#trace.intAt(id, 'conn')!, this.#trace.processAt(id).name);
    } else if (DEATHS.has(kind)) this.#takeDeath(id);
  }

  /** Of questions that were sent. */
  get count(): number {
    return this.#asks.length;
  }

  /** In the order in which they were asked. */
  at(index: number): Exchange {
    return {
      askId: this.#asks.data[index]!,
      arrivedId: this.#arrivals.data[index]!,
      answerId: this.#answers.data[index]!,
      endId: this.#ends.data[index]!,
    };
  }

  /** Indexes of those whose answers have arrived, in this order. */
  get ended(): IntColumn {
    return this.#ended;
  }

  /** Questions that have arrived at a node and are not answered; undefined where none ever came. */
  waitingAt(node: string): Steps | undefined {
    return this.#waiting.get(node)?.steps;
  }

  /** Nodes that were asked something. */
  get answerers(): string[] {
    return [...this.#waiting.keys()];
  }

  #takeSend(id: number): void {
    const trace = this.#trace;
    const proto = trace.textAt(id, 'proto')!;
    if (!PROTOCOLS.has(proto)) return;
    const { name, node } = trace.processAt(id);
    const to = nodeOf(trace.textAt(id, 'to')!);
    if (to === node) return;
    const conn = trace.intAt(id, 'conn');
    if (this.#canAnswer(id, proto)) {
      const open = this.#open.get(keyOf(to, node, conn));
      const position = open ? this.#positionIn(open, id, proto) : -1;
      if (position >= 0) return this.#answer(open!, position, id, conn, proto);
    }
    if (!this.#canAsk(id, proto, conn, name, to)) return;
    const index = this.#asks.push(id);
    this.#asked.set(id, index);
    for (const column of [this.#arrivals, this.#answers, this.#ends]) column.push(NO_EVENT);
    this.#note(index, 'asked');
  }

  #canAnswer(id: number, proto: string): boolean {
    if (proto === SOCKETS) return this.#rootOf(id) !== NO_EVENT;
    return roleOf(proto, this.#trace.textAt(id, 'msg')!) === 'answer';
  }

  #canAsk(id: number, proto: string, conn: number | undefined, name: string, to: string): boolean {
    if (proto !== SOCKETS) {
      return this.#trace.roleAt(id) === 'command' && !GREETINGS.has(this.#trace.textAt(id, 'msg')!);
    }
    const connector = conn === undefined ? undefined : this.#connectors.get(conn);
    if (connector !== undefined) return connector === name;
    // A further message in answer to one is no question.
    const root = this.#rootOf(id);
    return root === NO_EVENT || !this.#isQuestionFrom(root, to);
  }

  #isQuestionFrom(arrivedId: number, node: string): boolean {
    const origin = this.#trace.openerAt(arrivedId);
    if (this.#trace.processAt(origin).node !== node) return false;
    const position = this.#answerIds.lastAtMost(origin);
    return position < 0 || this.#answerIds.data[position] !== origin;
  }

  #positionIn(open: readonly Open[], id: number, proto: string): number {
    const root = this.#rootOf(id);
    const asked = root === NO_EVENT ? NO_EVENT : this.#trace.openerAt(root);
    const exact = this.#openOf.get(asked);
    const position = exact ? open.indexOf(exact) : -1;
    if (position >= 0) return position;
    if (proto !== SOCKETS) return open.length > 0 ? 0 : -1;
    const word = asked === NO_EVENT ? '' : this.#wordOf(asked);
    return open.findIndex((one) => one.word === word);
  }

  #answer(
    open: Open[],
    position: number,
    id: number,
    conn: number | undefined,
    proto: string,
  ): void {
    const tUs = this.#trace.timeAt(id);
    const { index, word } = open[position]!;
    // What came before it on a connection was sent in several pieces.
    const isWhole = proto === SOCKETS && conn !== undefined;
    const from = isWhole ? 0 : position;
    this.#noteAnswered(word);
    for (const one of open.splice(from, position - from + 1)) this.#leave(one, tUs);
    this.#answers.data[index] = id;
    this.#answered.set(id, index);
    this.#answerIds.push(id);
    this.#note(index, 'answered');
  }

  #takeArrival(id: number): void {
    const origin = this.#trace.openerAt(id);
    const asked = this.#asked.get(origin);
    if (asked !== undefined) {
      this.#asked.delete(origin);
      return this.#arrive(asked, id);
    }
    const index = this.#answered.get(origin);
    if (index === undefined) return;
    this.#answered.delete(origin);
    this.#ends.data[index] = id;
    this.#ended.push(index);
    this.#note(index, 'ended');
  }

  #arrive(index: number, id: number): void {
    const trace = this.#trace;
    this.#arrivals.data[index] = id;
    const askId = this.#asks.data[index]!;
    const { node, index: process } = trace.processAt(id);
    const key = keyOf(trace.processAt(askId).node, node, trace.intAt(askId, 'conn'));
    let open = this.#open.get(key);
    if (!open) this.#open.set(key, (open = []));
    const one = { index, process, word: this.#wordOf(askId) };
    open.push(one);
    this.#openOf.set(askId, one);
    this.#stepsOf(node, one.word).change(trace.timeAt(id), 1);
    this.#note(index, 'arrived');
    if (open.length > OPEN_LIMIT) this.#leave(open.shift()!, trace.timeAt(id));
  }

  #leave({ index, process, word }: Open, tUs: number): void {
    this.#openOf.delete(this.#asks.data[index]!);
    this.#stepsOf(this.#trace.processes[process]!.node, word).change(tUs, -1);
  }

  /** What waited there is gone with the process. */
  #takeDeath(id: number): void {
    const process = this.#trace.processIndexAt(id);
    const tUs = this.#trace.timeAt(id);
    for (const [key, open] of this.#open) {
      const left = open.filter((one) => one.process !== process);
      if (left.length === open.length) continue;
      for (const one of open) if (one.process === process) this.#leave(one, tUs);
      if (left.length === 0) this.#open.delete(key);
      else this.#open.set(key, left);
    }
  }

  #stepsOf(node: string, word: string): Steps {
    let waiting = this.#waiting.get(node);
    if (!waiting) this.#waiting.set(node, (waiting = { steps: new Steps(), untold: new Map() }));
    if (this.#answeredWords.has(word)) return waiting.steps;
    let steps = waiting.untold.get(word);
    if (!steps) waiting.untold.set(word, (steps = new Steps()));
    return steps;
  }

  /** From the first answer on, all questions of a word count that have waited so far. */
  #noteAnswered(word: string): void {
    if (this.#answeredWords.has(word)) return;
    this.#answeredWords.add(word);
    for (const [node, { steps, untold }] of this.#waiting) {
      const own = untold.get(word);
      if (!own) continue;
      steps.blend(own);
      untold.delete(word);
      this.revised.add(node);
    }
  }

  #wordOf(askId: number): string {
    return `${this.#trace.textAt(askId, 'proto')} ${this.#trace.textAt(askId, 'msg')}`;
  }

  #rootOf(id: number): number {
    const trace = this.#trace;
    const kind = trace.kindAt(id);
    if (kind === 'deliver') return id;
    // A timer goes on where it was set.
    const isFired = kind === 'timer' && trace.textAt(id, 'op') === 'fired';
    const before = isFired ? trace.openerAt(id) : trace.causeAt(id);
    return before === NO_EVENT ? NO_EVENT : (this.#roots.data[before] ?? NO_EVENT);
  }
}

function keyOf(asker: string, answerer: string, conn: number | undefined): string {
  return conn === undefined ? `${asker} ${answerer}` : `${conn} ${answerer}`;
}
