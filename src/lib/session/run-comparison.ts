// The run on stage held against a kept one, as far as it is shown: what the page puts into words.

import { Comparison, type Parting } from '#lib/trace/compare.ts';
import { nodeFactsAt, nodesOf } from '#lib/trace/facts.ts';
import { NO_EVENT, type TraceStore } from '#lib/trace/store.ts';
import type { KeptRun } from './kept-runs.ts';

/** Two events that differ; null where one run has no more. */
export interface Difference {
  /** The earlier one's time. */
  tUs: number;
  beforeId: number | null;
  nowId: number | null;
}

/** When the processes of a node first do, or are told, something else than before. */
export interface Noticing {
  node: string;
  difference: Difference | null;
  /** It was killed or lost power before it could notice anything. */
  fate: 'killed' | 'off' | null;
  /** Of what it did alike in both, the most that something came earlier or later. */
  shiftUs: number;
}

export interface ComparisonFacts {
  /** The first thing that happens in one run only. */
  first: Difference | null;
  /** From here on times differ, if they do before that. */
  timesUs: number | null;
  /** By who notices first. */
  noticing: Noticing[];
  /** The whole run is shown: what has not differed does not. */
  isOver: boolean;
}

export class RunComparison {
  readonly before: TraceStore;
  readonly beforeNodes: readonly string[];
  readonly #now: TraceStore;
  readonly #nodes: readonly string[];
  readonly #comparison: Comparison;

  constructor(before: KeptRun, now: TraceStore) {
    this.before = before.trace;
    this.beforeNodes = nodesOf(before.trace);
    this.#now = now;
    this.#nodes = [...new Set([...nodesOf(now), ...this.beforeNodes])];
    this.#comparison = new Comparison(before.trace, now);
  }

  /** Of both runs. */
  get nodes(): readonly string[] {
    return this.#nodes;
  }

  /**
   * What differs up to an instant; reads what the run has gained.
   *
   * @param lens what this node can know; null for everything
   */
  factsAt(shownUs: number, lens: string | null): ComparisonFacts {
    const comparison = this.#comparison;
    comparison.extend();
    const shown = (parting: Parting | null): Difference | null =>
      parting && parting.tUs <= shownUs ? differenceOf(parting) : null;
    const first = shown(lens === null ? comparison.step : comparison.stepOf(lens));
    const line = lens === null ? shown(comparison.line) : null;
    const nodes = lens === null ? this.#nodes : [lens];
    const noticing = nodes.map((node) => this.#noticing(node, shown(comparison.stepOf(node))));
    return {
      first,
      timesUs: line && (!first || line.tUs < first.tUs) ? line.tUs : null,
      noticing: noticing.sort((a, b) => timeOf(a) - timeOf(b) || 0),
      isOver: this.#now.end !== null && shownUs >= this.#now.end.tUs,
    };
  }

  #noticing(node: string, difference: Difference | null): Noticing {
    const status = difference && nodeFactsAt(this.#now, node, difference.tUs).status;
    const fate = status === 'killed' || status === 'off' ? status : null;
    return { node, difference, fate, shiftUs: this.#comparison.shiftUsOf(node) };
  }
}

const timeOf = ({ difference }: Noticing): number => difference?.tUs ?? Infinity;

function differenceOf({ tUs, beforeId, nowId }: Parting): Difference {
  const idOf = (id: number): number | null => (id === NO_EVENT ? null : id);
  return { tUs, beforeId: idOf(beforeId), nowId: idOf(nowId) };
}
