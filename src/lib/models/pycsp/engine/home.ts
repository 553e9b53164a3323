// Where a channel lives: who waits to read, who waits to write, what lies in its buffer. Pure: it ends
// operations and says what happened, and knows no promise, no clock and no network.
//
// Behaviour: PyCSP 0.9.2, `pycsp.parallel`, as recorded (README).

import { POISON, RETIRE, type Direction, type Outcome, type Request } from './operation.ts';
import type { Step } from './scheduler.ts';

/** What was handed over; null where the buffer was the other side. */
export interface Meeting {
  readonly from: Request | null;
  readonly to: Request | null;
  readonly value: unknown;
}

export class Home {
  readonly name: string;
  /** 0: a write waits for its reader. */
  readonly capacity: number;
  readonly counts: Record<Direction, number> = { read: 0, write: 0 };
  readonly #waiting: Record<Direction, Request[]> = { read: [], write: [] };
  #buffer: unknown[] = [];
  #ending: Outcome | null = null;
  /** What ends the channel when its buffer is empty. */
  #pill: Outcome | null = null;
  /** It waits for the locks of operations. */
  #isBusy = false;
  /** Nothing meets here by itself: a schedule takes the steps (scheduler.ts). */
  isScheduled = false;
  /** A value was handed over. */
  onmeet: (meeting: Meeting) => void = () => undefined;
  /** Somebody came to wait or waits no more, ends were made or retired, the channel ended. */
  onchange: () => void = () => undefined;

  constructor(name: string, capacity: number) {
    this.name = name;
    this.capacity = capacity;
  }

  /** How the channel ended, or null while it is open. */
  get ending(): Outcome | null {
    return this.#ending;
  }

  get buffer(): readonly unknown[] {
    return this.#buffer;
  }

  waiting(direction: Direction): readonly Request[] {
    return this.#waiting[direction];
  }

  join(direction: Direction): void {
    this.counts[direction]++;
    this.onchange();
  }

  /** How an operation would end at once because the channel has, or null. */
  refusal(direction: Direction): Outcome | null {
    this.#swallowPill();
    return this.#ending ?? (direction === 'write' ? this.#pill : null);
  }

  /** Ends at once when the other side is there. */
  post(direction: Direction, request: Request): void {
    const refusal = this.refusal(direction);
    if (refusal) return request.operation.end(refusal);
    this.#waiting[direction].push(request);
    if (!this.isScheduled) this.#match();
    if (request.operation.isOpen) this.onchange();
  }

  /** An operation that ended elsewhere no longer waits here. */
  withdraw(direction: Direction, request: Request): void {
    const queue = this.#waiting[direction];
    const index = queue.indexOf(request);
    if (index < 0) return;
    queue.splice(index, 1);
    this.onchange();
  }

  /** The last end of a side takes the channel with it, as soon as its buffer is empty. */
  retire(direction: Direction): void {
    const left = --this.counts[direction];
    if (left === 0 && !this.#ending) {
      if (direction === 'write' && this.#buffer.length > 0) this.#pill ??= RETIRE;
      else this.#end(RETIRE);
    }
    this.onchange();
  }

  /**
   * Ends the channel for everybody.
   *
   * @param isDrained what lies in the buffer is still delivered: so it is for a writer of another node,
   *   while within one node everybody learns at once
   */
  poison(_direction: Direction, isDrained = false): void {
    if (isDrained && this.#buffer.length > 0) {
      this.#pill = POISON;
      this.#dismiss('write', POISON);
    } else if (this.#ending !== POISON) {
      this.#buffer = [];
      this.#end(POISON);
    }
    this.onchange();
  }

  #end(outcome: Outcome): void {
    this.#ending = outcome;
    this.#dismiss('read', outcome);
    this.#dismiss('write', outcome);
  }

  #dismiss(direction: Direction, outcome: Outcome): void {
    for (const { operation } of this.#waiting[direction].splice(0)) operation.end(outcome);
  }

  #swallowPill(): void {
    if (this.#pill && this.#buffer.length === 0 && !this.#ending) this.#end(this.#pill);
  }

  /** A node is gone: what its processes had asked for is void. */
  forget(isOf: (operation: Request['operation']) => boolean): void {
    for (const direction of ['read', 'write'] as const) {
      const queue = this.#waiting[direction];
      this.#waiting[direction] = queue.filter(({ operation }) => !isOf(operation));
    }
    this.onchange();
  }

  /** What a schedule may change here: who puts a value into a buffer does not disturb who takes one out. */
  get places(): readonly string[] {
    return this.capacity > 0 ? [`${this.name} in`, `${this.name} out`] : [this.name];
  }

  /** Processes that wait here. */
  everybody(): string[] {
    const { read, write } = this.#waiting;
    return [...write, ...read].map(({ operation }) => operation.shown);
  }

  /** What may happen here next, whoever came first (CSP1). */
  steps(): Step[] {
    if (this.#isBusy || this.#ending) return [];
    const possible = this.capacity > 0 ? this.#bufferSteps() : this.#meetings();
    return possible.map((step) => {
      const [first, second] = step.requests.map(nameOf);
      return {
        text: step.words(first!, second!),
        processes: step.requests.map(({ operation }) => operation.shown),
        places: step.places,
        take: () => {
          if (step.requests.every((it) => this.#isWaiting(it))) this.#take(step);
        },
      };
    });
  }

  #meetings(): NamedMatch[] {
    const { write, read } = this.#waiting;
    return write.flatMap((writer) =>
      read
        .filter(({ operation }) => operation !== writer.operation)
        .map((reader) => ({
          requests: [writer, reader],
          commit: () => this.#handOver(writer, reader),
          places: this.places,
          words: (from: string, to: string) => `${this.name}: ${from} → ${to}`,
        })),
    );
  }

  #bufferSteps(): NamedMatch[] {
    const [into, out] = this.places;
    const isFull = this.#buffer.length >= this.capacity;
    const fills = (isFull ? [] : this.#waiting.write).map((writer) => ({
      requests: [writer],
      commit: () => this.#fill(writer),
      places: [into!],
      words: (from: string) => `${this.name}: ${from} → buffer`,
    }));
    const takes = (this.#buffer.length === 0 ? [] : this.#waiting.read).map((reader) => ({
      requests: [reader],
      commit: () => this.#empty(reader),
      places: [out!],
      words: (to: string) => `${this.name}: buffer → ${to}`,
    }));
    return [...fills, ...takes];
  }

  #match(): void {
    while (!this.#isBusy && !this.#ending) {
      const step = this.capacity > 0 ? this.#bufferStep() : this.#meeting();
      if (!step) return;
      this.#take(step);
    }
  }

  /** The first writer and reader that may meet: an alternation does not meet itself. */
  #meeting(): Match | null {
    for (const writer of this.#waiting.write) {
      const reader = this.#waiting.read.find(({ operation }) => operation !== writer.operation);
      if (!reader) continue;
      return { requests: [writer, reader], commit: () => this.#handOver(writer, reader) };
    }
    return null;
  }

  #bufferStep(): Match | null {
    const [writer] = this.#waiting.write;
    if (writer && this.#buffer.length < this.capacity)
      return { requests: [writer], commit: () => this.#fill(writer) };
    const [reader] = this.#waiting.read;
    if (!reader || this.#buffer.length === 0) return null;
    return { requests: [reader], commit: () => this.#empty(reader) };
  }

  /** Does it at once, or when the operations are locked: one after another, then all or none. */
  #take({ requests, commit }: Match): void {
    if (requests.every(({ operation }) => operation.isInstant)) return commit();
    this.#isBusy = true;
    const left = requests
      .filter(({ operation }) => !operation.isSure)
      .sort((a, b) => byKey(a.operation.key, b.operation.key));
    const held: Request[] = [];
    const finish = (isComplete: boolean): void => {
      this.#isBusy = false;
      if (isComplete && requests.every((it) => this.#isWaiting(it))) commit();
      else for (const { operation } of held) operation.release();
      if (!this.isScheduled) this.#match();
    };
    const lock = (): void => {
      const request = left.shift();
      if (!request) return finish(true);
      request.operation.acquire((isGranted) => {
        if (!isGranted) {
          this.#remove(request);
          return finish(false);
        }
        held.push(request);
        lock();
      });
    };
    lock();
  }

  #handOver(writer: Request, reader: Request): void {
    this.#remove(writer);
    this.#remove(reader);
    this.onmeet({ from: writer, to: reader, value: writer.value });
    writer.operation.hasGiven = true;
    reader.operation.end({ kind: 'success', guard: reader.guard, value: writer.value });
    writer.operation.end({ kind: 'success', guard: writer.guard, value: undefined });
  }

  #fill(writer: Request): void {
    this.#remove(writer);
    this.#buffer.push(writer.value);
    this.onmeet({ from: writer, to: null, value: writer.value });
    writer.operation.end({ kind: 'success', guard: writer.guard, value: undefined });
  }

  #empty(reader: Request): void {
    this.#remove(reader);
    const value = this.#buffer.shift();
    this.onmeet({ from: null, to: reader, value });
    reader.operation.end({ kind: 'success', guard: reader.guard, value });
    // Only by a schedule does somebody wait at a buffer with values.
    if (this.#waiting.read.length > 0) this.#swallowPill();
  }

  #isWaiting(request: Request): boolean {
    return this.#waiting.read.includes(request) || this.#waiting.write.includes(request);
  }

  #remove(request: Request): void {
    for (const queue of [this.#waiting.read, this.#waiting.write]) {
      const index = queue.indexOf(request);
      if (index >= 0) queue.splice(index, 1);
    }
  }
}

/** What may happen next at a channel, and the requests that it takes. */
interface Match {
  readonly requests: readonly Request[];
  commit(): void;
}

interface NamedMatch extends Match {
  readonly places: readonly string[];
  words(first: string, second: string): string;
}

/** An alternation may offer the same at a channel more than once. */
function nameOf({ operation, guard }: Request): string {
  return operation.isSure ? operation.shown : `${operation.shown}[${guard}]`;
}

type Key = Request['operation']['key'];

function byKey([nodeA, a]: Key, [nodeB, b]: Key): number {
  if (nodeA !== nodeB) return nodeA < nodeB ? -1 : 1;
  return a - b;
}
