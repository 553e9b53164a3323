// Searching a trace by words, by shape, or both; a word such as `client.py:7` is a line of a program,
// and finds what happened there. It reads a few thousand events at a time, so that a
// trace of a million holds up no frame, and stops when it has found as many as anybody looks at.

import {
  shapeFinder,
  type Match,
  type MessageShape,
  type Scope,
  type ShapeFinder,
} from './message-shapes.ts';
import { NO_EVENT } from './store.ts';

export interface SearchOptions extends Scope {
  /** Words that must all occur, whatever their case. */
  text: string;
  /** Null: single events. */
  shape: MessageShape | null;
  /** What is said of an event: the words are looked for in it. */
  wordsOf: (id: number) => string;
}

/** More are not gathered. */
export const MATCH_LIMIT = 1000;

/** `client.py:7`: not the beginning of `client.py:70`. */
const PLACE = /^\S+\.(?:ts|py):\d+$/;

export class Search {
  readonly #options: SearchOptions;
  readonly #terms: readonly string[];
  readonly #places: readonly string[];
  readonly #finder: ShapeFinder | null;
  readonly #matches: Match[] = [];
  /** Of the finder's matches: so many have been looked at. */
  #taken = 0;
  #next = 0;
  #isDone = false;

  constructor(options: SearchOptions) {
    this.#options = options;
    const terms = options.text.toLowerCase().split(/\s+/).filter(Boolean);
    this.#terms = terms.filter((term) => !PLACE.test(term));
    this.#places = terms.filter((term) => PLACE.test(term));
    this.#finder = options.shape && shapeFinder(options.shape, options);
    this.#isDone = terms.length === 0 && this.#finder === null;
  }

  /** In order of their first events, as far as it has read. */
  get matches(): readonly Match[] {
    return this.#matches;
  }

  get isDone(): boolean {
    return this.#isDone;
  }

  /** There may be more than were gathered. */
  get isCut(): boolean {
    return this.#matches.length >= MATCH_LIMIT;
  }

  /**
   * Reads on.
   *
   * @param count of events at most
   */
  step(count: number): void {
    const { lastId, isKnown } = this.#options;
    const stop = Math.min(lastId + 1, this.#next + count);
    for (; this.#next < stop && !this.isCut; this.#next++) {
      if (!isKnown(this.#next)) continue;
      if (this.#finder) this.#finder.read(this.#next);
      else if (this.#says(this.#next)) this.#matches.push({ ids: [this.#next] });
      this.#take();
    }
    if (this.isCut || this.#next > lastId) this.#finish();
  }

  #finish(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    if (!this.isCut) this.#finder?.finish();
    // The last ones may belong between the others.
    this.#taken = 0;
    if (this.#finder) this.#matches.length = 0;
    this.#take();
  }

  #take(): void {
    const found = this.#finder?.matches ?? [];
    for (; this.#taken < found.length && !this.isCut; this.#taken++) {
      const match = found[this.#taken]!;
      if (match.ids.some((id) => this.#says(id))) this.#matches.push(match);
    }
  }

  #says(id: number): boolean {
    if (this.#places.length > 0 && !this.#isAt(id)) return false;
    if (this.#terms.length === 0) return true;
    const words = this.#options.wordsOf(id).toLowerCase();
    return this.#terms.every((term) => words.includes(term));
  }

  /** It happened at these lines; what ends something, where its process began that. */
  #isAt(id: number): boolean {
    const { trace } = this.#options;
    const opener = trace.openerAt(id);
    const isOwn = opener !== NO_EVENT && trace.processAt(opener) === trace.processAt(id);
    const line = trace.textAt(id, 'line') ?? (isOwn ? trace.textAt(opener, 'line') : undefined);
    return this.#places.every((place) => place === line?.toLowerCase());
  }
}
