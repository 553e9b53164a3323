// Processes by when something of theirs comes next: a binary heap that knows where everybody
// stands, so that a change costs O(log n) and finding the next one costs nothing. With a thousand
// processes, looking at each of them for each commit would be most of the run.

import type { Process } from './process.ts';

export class Agenda {
  readonly #heap: Process[] = [];
  /** By index of the process: its time, and its place in the heap or -1. */
  readonly #timesUs: number[] = [];
  readonly #places: number[] = [];

  /** Enters, moves or (with Infinity) removes a process. */
  set(process: Process, tUs: number): void {
    const { index } = process;
    while (this.#places.length <= index) {
      this.#places.push(-1);
      this.#timesUs.push(Infinity);
    }
    const beforeUs = this.#timesUs[index]!;
    if (beforeUs === tUs) return;
    this.#timesUs[index] = tUs;
    if (tUs === Infinity) return this.#remove(index);
    const place = this.#places[index]!;
    if (place < 0) this.#up(process, this.#heap.length);
    else if (tUs < beforeUs) this.#up(process, place);
    else this.#down(process, place);
  }

  /** Whoever comes first: by time, then by index. */
  first(): Process | undefined {
    return this.#heap[0];
  }

  /** When the first comes, Infinity when nobody does. */
  firstUs(): number {
    const first = this.#heap[0];
    return first ? this.#timesUs[first.index]! : Infinity;
  }

  timeUsOf(process: Process): number {
    return this.#timesUs[process.index] ?? Infinity;
  }

  /** Whoever would come first if the first were not there. */
  second(): Process | undefined {
    const [, left, right] = this.#heap;
    if (!left || !right) return left;
    return this.#isBefore(left, right) ? left : right;
  }

  /** Everybody who comes before `boundUs`, in no particular order. */
  before(boundUs: number): Process[] {
    const found: Process[] = [];
    // In a heap, nobody below a late one is early: `found` is also the list of whose children to see.
    this.#addEarly(found, 0, boundUs);
    for (let next = 0; next < found.length; next++) {
      const place = this.#places[found[next]!.index]!;
      this.#addEarly(found, 2 * place + 1, boundUs);
      this.#addEarly(found, 2 * place + 2, boundUs);
    }
    return found;
  }

  #addEarly(found: Process[], place: number, boundUs: number): void {
    const process = this.#heap[place];
    if (process && this.#timesUs[process.index]! < boundUs) found.push(process);
  }

  #isBefore(a: Process, b: Process): boolean {
    const differenceUs = this.#timesUs[a.index]! - this.#timesUs[b.index]!;
    return differenceUs < 0 || (differenceUs === 0 && a.index < b.index);
  }

  #remove(index: number): void {
    const place = this.#places[index]!;
    this.#places[index] = -1;
    const last = this.#heap.pop()!;
    if (last.index === index) return;
    // The last one fills the gap, and may belong above it as well as below.
    if (place > 0 && this.#isBefore(last, this.#heap[(place - 1) >> 1]!)) this.#up(last, place);
    else this.#down(last, place);
  }

  #put(process: Process, place: number): void {
    this.#heap[place] = process;
    this.#places[process.index] = place;
  }

  #up(process: Process, from: number): void {
    let place = from;
    while (place > 0) {
      const parent = this.#heap[(place - 1) >> 1]!;
      if (!this.#isBefore(process, parent)) break;
      this.#put(parent, place);
      place = (place - 1) >> 1;
    }
    this.#put(process, place);
  }

  #down(process: Process, from: number): void {
    let place = from;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= this.#heap.length) break;
      const right = child + 1;
      if (right < this.#heap.length && this.#isBefore(this.#heap[right]!, this.#heap[child]!)) {
        child = right;
      }
      if (!this.#isBefore(this.#heap[child]!, process)) break;
      this.#put(this.#heap[child]!, place);
      place = child;
    }
    this.#put(process, place);
  }
}
