// Two runs in one picture: the first on the left, the second on the right, over one axis of time, so
// that the same instant has the same height in both.

import type { TraceStore } from '#lib/trace/store.ts';
import { TimeAxis } from './axis.ts';
import type { Columns } from './columns.ts';
import { isProminent } from './prominence.ts';

/** A stage narrower than this has the measures of a phone. */
const PHONE_WIDTH = 480;
const GUTTER = 64;
const PHONE_GUTTER = 44;
const PITCH_MIN = 40;
const PITCH_MAX = 168;
/** In columns narrower than this heads shrink to initials. */
const NAME_PITCH = 60;
const INSET_SHARE = 0.55;
const INSET_MIN = 16;

/** The rows of two traces, in order of time. */
export class SharedAxis extends TimeAxis {
  readonly #traces: readonly [TraceStore, TraceStore];
  readonly #read: [number, number] = [0, 0];

  constructor(one: TraceStore, other: TraceStore) {
    super('elastic');
    this.#traces = [one, other];
  }

  /**
   * Reads what both traces have gained: up to where the one that is still being computed has come,
   * as a row that is there never moves.
   */
  override extend(): boolean {
    const [one, other] = this.#traces;
    const limitUs = Math.min(...this.#traces.map((it) => (it.end ? Infinity : it.frontierUs)));
    const nextOf = (side: 0 | 1): number => {
      const trace = this.#traces[side];
      const tUs = this.#read[side] < trace.eventCount ? trace.timeAt(this.#read[side]) : Infinity;
      return tUs <= limitUs ? tUs : Infinity;
    };
    for (;;) {
      const [oneUs, otherUs] = [nextOf(0), nextOf(1)];
      if (oneUs === Infinity && otherUs === Infinity) return true;
      const side = oneUs <= otherUs ? 0 : 1;
      const trace = side === 0 ? one : other;
      if (isProminent(trace, this.#read[side])) this.addRow(trace.timeAt(this.#read[side]));
      this.#read[side]++;
    }
  }
}

/** Where the columns of both runs stand in one drawing. */
export interface PairColumns {
  gutter: number;
  /** Of the whole drawing: more than the stage's when it scrolls sideways. */
  width: number;
  /** Between the two. */
  middle: number;
  before: Columns;
  now: Columns;
}

export function layoutPair(
  stageWidth: number,
  beforeNodes: readonly string[],
  nowNodes: readonly string[],
): PairColumns {
  const gutter = stageWidth < PHONE_WIDTH ? PHONE_GUTTER : GUTTER;
  const count = Math.max(1, beforeNodes.length, nowNodes.length);
  // On each side of a run a little more than half a column, so that the two stand apart.
  const free = (stageWidth - gutter) / 2 / (count - 1 + 2 * INSET_SHARE);
  const pitch = Math.max(PITCH_MIN, Math.min(free, PITCH_MAX));
  const inset = Math.max(INSET_MIN, INSET_SHARE * pitch);
  const half = Math.max((stageWidth - gutter) / 2, (count - 1) * pitch + 2 * inset);
  const side = (nodes: readonly string[], left: number): Columns => {
    const used = (nodes.length - 1) * pitch;
    const first = left + (half - used) / 2;
    return {
      ...({ orientation: 'down', nodes } as const),
      // What stands beside the columns, such as a cut between columns that are no neighbours.
      gutter: left + 10,
      pitch,
      width: left + half,
      xs: nodes.map((_, index) => Math.round(first + index * pitch)),
      isSmall: pitch < NAME_PITCH,
      headWidth: pitch - 2,
      isNarrow: true,
    };
  };
  const middle = gutter + half;
  return {
    gutter,
    width: gutter + 2 * half,
    middle,
    before: side(beforeNodes, gutter),
    now: side(nowNodes, middle),
  };
}
