// What the picture is of, along the axis of time: the trace as far as it has been read, where the
// cursor stands, how far strokes go, and what a lens lets through. It knows nothing of the stage.

import { seenFrom, type Lens } from '#lib/trace/lens.ts';
import { NO_EVENT, type TraceStore } from '#lib/trace/store.ts';
import { readForAFrame } from './frame.ts';
import type { Scale, TimeAxis } from './layout/axis.ts';
import type { Orientation } from './layout/orientation.ts';
import { Picture } from './layout/picture.ts';
import type { FaultMark } from './types.ts';

/** What a picture is told to show. */
export interface Shown {
  trace: TraceStore;
  /** Of the trace: changes when it has grown. */
  revision: number;
  /** The columns, in their order. A node of the trace that is missing is hidden. */
  nodes: readonly string[];
  /** The instant that is shown. */
  cursorUs: number;
  /** Up to here the picture goes on faintly below the cursor. Default: the cursor. */
  frontierUs?: number;
  /** Default: elastic. */
  scale?: Scale;
  /** Of the axis. Default: 1. */
  zoom?: number;
  /** Background traffic is drawn like the rest. Default: it is folded. */
  showsBackground?: boolean;
  /** Which way time goes. Default: down. */
  orientation?: Orientation;
  /** The node whose knowledge is shown; null shows everything. */
  lens?: string | null;
  faults?: readonly FaultMark[];
}

/** Life lines go on a little below the last event. */
export const TAIL = 28;

export class Timeline {
  readonly #read: () => Shown;

  /** Counts the parts that a long trace is read in, one a frame. */
  #part = $state(0);

  constructor(read: () => Shown) {
    this.#read = read;
    $effect(() => {
      if (this.drawn.isWhole) return;
      const frame = requestAnimationFrame(() => this.#part++);
      return () => cancelAnimationFrame(frame);
    });
  }

  get #shown(): Shown {
    return this.#read();
  }

  get showsBackground(): boolean {
    return this.#shown.showsBackground ?? false;
  }

  readonly #picture = $derived.by(() => {
    void this.#shown.trace;
    return new Picture(this.#shown.scale, { showsBackground: this.showsBackground });
  });

  /** The trace as far as the picture has read it: another object whenever it has grown. */
  readonly drawn = $derived.by(() => {
    void this.#part;
    const { trace, revision, zoom = 1 } = this.#shown;
    const picture = this.#picture;
    picture.axis.zoom = zoom;
    const isWhole = readForAFrame((most) => picture.extend(trace, most));
    return { trace, picture, revision, isWhole };
  });

  /** Nothing later has been read: until all has, the picture looks like that of a run under way. */
  readonly #readUs = $derived.by(() => {
    const { trace, picture, isWhole } = this.drawn;
    return isWhole ? Infinity : trace.timeAt(picture.eventCount - 1);
  });

  get trace(): TraceStore {
    return this.drawn.trace;
  }

  get axis(): TimeAxis {
    return this.drawn.picture.axis;
  }

  /** Height of the whole run as far as it is computed, seen or not. */
  readonly totalY = $derived.by(() => this.axis.lastY + TAIL);
  readonly cursorY = $derived.by(() => this.axis.yAt(this.cursorUs));

  /** The instant that is shown, as far as the picture has come. */
  get cursorUs(): number {
    return Math.min(this.#shown.cursorUs, this.#readUs);
  }

  /** The latest instant that may be seen. */
  readonly shownUs = $derived.by(() => {
    const { cursorUs, frontierUs = cursorUs } = this.#shown;
    return Math.min(Math.max(cursorUs, frontierUs), this.#readUs);
  });

  /** Where life lines stop. */
  readonly endY = $derived.by(() => this.axis.yAt(this.shownUs) + TAIL);

  /** Down to here strokes are as they are, */
  readonly clipY = $derived.by(() => {
    const { end } = this.trace;
    const isAtEnd = end !== null && this.cursorUs >= end.tUs;
    return isAtEnd ? this.endY : this.cursorY;
  });

  /** down to here they go on faintly. */
  readonly ghostY = $derived.by(() => {
    const goesOn = this.#lensNode === null && this.shownUs > this.cursorUs;
    return goesOn ? this.endY : this.clipY;
  });

  get #lensNode(): string | null {
    return this.#shown.lens ?? null;
  }

  /** The lens changes only when its node has a new event. */
  readonly #apexId = $derived.by(() => {
    const node = this.#lensNode;
    if (node === null) return NO_EVENT;
    const { trace } = this;
    const latest = trace
      .processesOf(node)
      .map((process) => trace.lastOf(process, this.#shown.cursorUs));
    return Math.max(NO_EVENT, ...latest);
  });

  readonly lens = $derived.by((): Lens | null => {
    const node = this.#lensNode;
    if (node === null) return null;
    const { trace } = this;
    return seenFrom(trace, node, this.#apexId === NO_EVENT ? -1 : trace.timeAt(this.#apexId));
  });

  /** Through a lens those that it knows of. */
  readonly faults = $derived.by(() => {
    const { faults = [] } = this.#shown;
    const { lens } = this;
    return lens ? faults.filter((fault) => this.#isKnown(fault, lens)) : faults;
  });

  /** The lens knows of a fault when it knows of its event. */
  #isKnown({ verb, target, atUs }: FaultMark, lens: Lens): boolean {
    const { trace } = this;
    for (let id = trace.firstAtOrAfter(atUs); id < trace.eventCount; id++) {
      if (trace.timeAt(id) !== atUs) return false;
      const isIt = trace.kindAt(id) === verb && trace.processAt(id).name === target;
      if (isIt) return lens.has(id);
    }
    return false;
  }

  /** It has a place in the picture. */
  isShown(id: number): boolean {
    const { trace, lens } = this;
    const isHidden = !this.#shown.nodes.includes(trace.processAt(id).node);
    return !isHidden && trace.timeAt(id) <= this.shownUs && (lens === null || lens.has(id));
  }
}
