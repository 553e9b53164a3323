// Where a channel lives: who waits to read, who waits to write, what lies in its buffer. Pure: it ends
// operations and says what happened, and knows no promise, no clock and no network.
//
// Behaviour: PyCSP 0.9.2, `pycsp.parallel`, as recorded (README).

import { POISON, RETIRE, type Direction, type Outcome, type Request } from './operation.ts';

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

  /** Ends at once when the other side is there. */
  post(direction: Direction, request: Request): void {
    this.#swallowPill();
    const refusal = this.#ending ?? (direction === 'write' ? this.#pill : null);
    if (refusal) return request.operation.end(refusal);
    this.#waiting[direction].push(request);
    this.#match();
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
  poison(isDrained = false): void {
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

  #match(): void {
    if (this.capacity > 0) {
      while (this.#fill() || this.#empty());
      return;
    }
    for (let pair = this.#pair(); pair; pair = this.#pair()) {
      const [writer, reader] = pair;
      this.#take('write', writer);
      this.#take('read', reader);
      this.onmeet({ from: writer, to: reader, value: writer.value });
      writer.operation.hasGiven = true;
      reader.operation.end({ kind: 'success', guard: reader.guard, value: writer.value });
      writer.operation.end({ kind: 'success', guard: writer.guard, value: undefined });
    }
  }

  /** The first writer and reader that may meet: an alternation does not meet itself. */
  #pair(): [Request, Request] | null {
    for (const writer of this.#waiting.write) {
      const reader = this.#waiting.read.find(({ operation }) => operation !== writer.operation);
      if (reader) return [writer, reader];
    }
    return null;
  }

  #fill(): boolean {
    const [writer] = this.#waiting.write;
    if (!writer || this.#buffer.length >= this.capacity) return false;
    this.#take('write', writer);
    this.#buffer.push(writer.value);
    this.onmeet({ from: writer, to: null, value: writer.value });
    writer.operation.end({ kind: 'success', guard: writer.guard, value: undefined });
    return true;
  }

  #empty(): boolean {
    const [reader] = this.#waiting.read;
    if (!reader || this.#buffer.length === 0) return false;
    this.#take('read', reader);
    const value = this.#buffer.shift();
    this.onmeet({ from: null, to: reader, value });
    reader.operation.end({ kind: 'success', guard: reader.guard, value });
    return true;
  }

  #take(direction: Direction, request: Request): void {
    const queue = this.#waiting[direction];
    queue.splice(queue.indexOf(request), 1);
  }
}
