// The ledger of any model: what was asked of others and how far it came, units of work that models tell of,
// effects, messages by kind; counted up to a time. Tasks of Celery have a ledger of their own (ledger.ts).
// A fold over all events. Forward it reads only what is new; of a long trace a part at a time.

import { Exchanges, type ExchangeStage } from './exchanges.ts';
import { nodeOf, type TraceStore } from './store.ts';
import { Tally, type EffectTally, type KindTally } from './tally.ts';
import { Units, type Unit } from './units.ts';

/** The same question from one node to another. */
export interface CallLine {
  key: string;
  from: string;
  to: string;
  proto: string;
  msg: string;
  /** What it says, as far as the trace has it; '' when that is nothing. */
  preview: string;
  asked: number;
  arrived: number;
  answered: number;
  /** Answers that have arrived. */
  ended: number;
  /** The event at which it was asked first. */
  firstId: number;
}

export class Accounts {
  readonly calls = new Map<string, CallLine>();
  readonly #trace: TraceStore;
  readonly #isKnown: ((id: number) => boolean) | undefined;
  #next = 0;
  #tally: Tally;
  #units: Units;
  #exchanges: Exchanges;
  #lines: CallLine[] = [];

  /** @param isKnown leaves out what a lens has not seen */
  constructor(trace: TraceStore, isKnown?: (id: number) => boolean) {
    this.#trace = trace;
    this.#isKnown = isKnown;
    [this.#tally, this.#units, this.#exchanges] = this.#begin();
  }

  /**
   * Counts up to a time, from the beginning when it lies before the last one.
   *
   * @param most so many events at most
   * @returns false when there are more
   */
  to(atUs: number, most = Infinity): boolean {
    const end = this.#trace.lastAtOrBefore(atUs) + 1;
    if (end < this.#next) {
      this.#next = 0;
      this.calls.clear();
      this.#lines = [];
      [this.#tally, this.#units, this.#exchanges] = this.#begin();
    }
    const stop = Math.min(end, this.#next + most);
    for (; this.#next < stop; this.#next++) {
      this.#exchanges.take(this.#next);
      if (this.#isKnown?.(this.#next) ?? true) this.#units.take(this.#next);
    }
    if (stop > 0) this.#tally.to(this.#trace.timeAt(stop - 1));
    return stop === end;
  }

  /** Futures of SCOOP and tasks of Disco, in the order in which they were first told of. */
  get units(): Unit[] {
    return [...this.#units.all.values()].filter(({ kind }) => kind !== 'celery');
  }

  /** Those of no task of Celery, whose own ledger counts them. */
  get effects(): EffectTally[] {
    return [...this.#tally.effects.values()].filter(({ unit }) => !this.#units.all.has(unit));
  }

  /** Background ones last. */
  get kinds(): KindTally[] {
    const isBehind = ({ role }: KindTally): number => Number(role === 'background');
    return [...this.#tally.kinds.values()].sort((a, b) => isBehind(a) - isBehind(b));
  }

  #begin(): [Tally, Units, Exchanges] {
    const trace = this.#trace;
    const note = (index: number, stage: ExchangeStage) => this.#note(index, stage);
    const exchanges = new Exchanges(trace, this.#isKnown, note);
    return [new Tally(trace, this.#isKnown), new Units(trace), exchanges];
  }

  #note(index: number, stage: ExchangeStage): void {
    if (stage === 'asked') this.#lines[index] = this.#lineOf(this.#exchanges.at(index).askId);
    this.#lines[index]![stage]++;
  }

  #lineOf(id: number): CallLine {
    const trace = this.#trace;
    const from = trace.processAt(id).node;
    const to = nodeOf(trace.textAt(id, 'to')!);
    const [proto, msg, preview] = ['proto', 'msg', 'preview'].map((name) =>
      trace.textAt(id, name)!,
    );
    const key = JSON.stringify([from, to, proto, msg, preview]);
    let line = this.calls.get(key);
    if (!line) {
      const what = { key, from, to, proto: proto!, msg: msg!, preview: preview! };
      line = { ...what, asked: 0, arrived: 0, answered: 0, ended: 0, firstId: id };
      this.calls.set(key, line);
    }
    return line;
  }
}
