// What stands on the stage: the columns, the scene of the stretch in view, the times beside it, and
// the cone of whatever is lit. Each is a pure function of `layout/`, worked out when what it depends
// on has changed.

import { m } from '#lib/i18n/paraglide/messages.js';
import { ticks, TICK_DISTANCE_ACROSS } from './layout/axis.ts';
import { isPhoneStage, layoutColumns } from './layout/columns.ts';
import {
  coneOf,
  coneOfLens,
  futurePolygon,
  isLit,
  pastPolygon,
  placeCaptions,
  type Cone,
} from './layout/cone.ts';
import { freeTicks, gutterOf, tagOf } from './layout/gutter.ts';
import { runsBeside } from './layout/labels.ts';
import { turned, type Orientation, type Point } from './layout/orientation.ts';
import { layoutScene } from './layout/scene.ts';
import type { LabelShape } from './layout/shapes.ts';
import { TAIL, type Shown, type Timeline } from './timeline.svelte.ts';
import type { Viewport } from './viewport.svelte.ts';
import { sceneWords } from './words.ts';

/** A scene is laid out in steps of so many pixels, and reaches so far beyond the view. */
const CHUNK = 320;
const OVERSCAN = 240;
/** Of the strip that shows the whole run, beside the columns and above the rows. */
const MINIMAP_WIDTH = 40;
const MINIMAP_HEIGHT = 28;

export class StageScene {
  readonly #read: () => Shown;
  readonly #timeline: Timeline;
  readonly #viewport: Viewport;
  readonly #litId: () => number | null;

  /**
   * @param read the props of the picture
   * @param litId the event whose cone is shown, or null
   */
  constructor(
    read: () => Shown,
    timeline: Timeline,
    viewport: Viewport,
    litId: () => number | null,
  ) {
    this.#read = read;
    this.#timeline = timeline;
    this.#viewport = viewport;
    this.#litId = litId;
  }

  get #shown(): Shown {
    return this.#read();
  }

  get orientation(): Orientation {
    return this.#viewport.orientation;
  }

  readonly #isPhone = $derived.by(() => isPhoneStage(this.#viewport.stageWidth));

  /**
   * Its room is kept from the start: of the whole run as far as it is computed. It stands beside the
   * columns, where a phone has no room for it, or above the rows. Zooming out does not take it away:
   * columns would jump.
   */
  readonly hasMinimap = $derived.by(() => {
    const { height } = this.#viewport;
    const { totalY, axis } = this.#timeline;
    const hasRoom = this.orientation === 'across' || !this.#isPhone;
    return hasRoom && Math.max(totalY, axis.restY + TAIL) > height && height > 0;
  });

  get minimapWidth(): number {
    return this.orientation === 'down' ? MINIMAP_WIDTH : MINIMAP_HEIGHT;
  }

  /** What the strip takes of the stage beside the columns, */
  get stripBeside(): number {
    return this.hasMinimap && this.orientation === 'down' ? this.minimapWidth : 0;
  }

  /** and above the times of the rows. */
  get stripAbove(): number {
    return this.hasMinimap && this.orientation === 'across' ? this.minimapWidth : 0;
  }

  readonly columns = $derived.by(() =>
    layoutColumns(this.#viewport.width - this.stripBeside, this.#shown.nodes, {
      ...{ orientation: this.orientation, isPhone: this.#isPhone, strip: this.stripAbove },
    }),
  );

  // The scene moves in chunks: scrolling inside one lays nothing out.
  readonly #chunk = $derived.by(() => Math.floor(this.#viewport.topY / CHUNK));

  /** Heights of the scene are drawn from here on, so that numbers stay small. */
  get originY(): number {
    return this.#chunk * CHUNK;
  }

  get #bottomY(): number {
    return this.originY + CHUNK + this.#viewport.height;
  }

  readonly scene = $derived.by(() =>
    layoutScene({
      ...this.#timeline.drawn,
      columns: this.columns,
      fromY: this.originY - OVERSCAN,
      toY: this.#bottomY + OVERSCAN,
      endY: this.#timeline.endY,
      lens: this.#timeline.lens,
      words: sceneWords,
    }),
  );

  readonly gutter = $derived.by(() => gutterOf(this.columns.gutter, this.orientation));
  readonly tag = $derived.by(() =>
    tagOf(this.gutter, this.#timeline.cursorUs, this.#timeline.cursorY),
  );

  readonly ticks = $derived.by(() => {
    const { axis, ghostY, faults } = this.#timeline;
    const bottomY = Math.min(this.#bottomY, ghostY);
    const distance = this.orientation === 'across' ? TICK_DISTANCE_ACROSS : undefined;
    const all = ticks(axis, this.originY, bottomY, this.gutter.isNarrow, distance);
    const markYs = faults.map(({ atUs }) => axis.yAt(atUs));
    return freeTicks(all, this.gutter, this.tag, markYs);
  });

  /** The cursor's line, open where a text stands on it. */
  readonly cursorRuns = $derived.by(() => {
    const { clipY, cursorY } = this.#timeline;
    const { leftX, width } = this.#viewport;
    const labels = this.scene.labels.filter(({ fromY }) => fromY <= clipY);
    const range = [leftX + this.columns.gutter - 6, leftX + width] as const;
    return runsBeside(labels, cursorY, range, this.orientation);
  });

  readonly cone = $derived.by((): Cone | null => {
    const { trace, lens } = this.#timeline;
    const id = this.#litId();
    if (id === null || id >= trace.eventCount) return null;
    if (lens && !lens.has(id)) return null;
    const found = coneOf(trace, id);
    return lens ? { ...found, future: null } : found;
  });

  readonly coneShapes = $derived.by(() => {
    const { drawn, lens, axis, ghostY } = this.#timeline;
    const shown = this.cone ?? (lens && coneOfLens(lens));
    const stage = { ...drawn, columns: this.columns };
    return (
      shown && {
        past: pastPolygon(stage, shown, axis.rowY(0) - 12),
        future: futurePolygon(stage, shown, ghostY),
      }
    );
  });

  readonly captions = $derived.by(() => {
    const { cone, coneShapes } = this;
    if (!cone || !coneShapes) return [];
    const { trace, clipY, ghostY } = this.#timeline;
    const { topY, height } = this.#viewport;
    const isKept = (label: LabelShape) =>
      label.fromY <= clipY && isLit(trace, cone, label.firstId, label.lastId);
    return placeCaptions({
      ...coneShapes,
      orientation: this.orientation,
      ...{ apex: this.place(cone.apexId), topY, bottomY: Math.min(topY + height, ghostY) },
      labels: this.scene.labels.filter(isKept),
      words: { past: m.cone_past(), future: m.cone_future(), concurrent: m.cone_concurrent() },
    });
  });

  /** From where the picture's numbers begin to the corner of the view, on the screen. */
  get shift(): Point {
    const { leftX, topY } = this.#viewport;
    return turned(this.orientation, { x: -leftX, y: this.originY - topY });
  }

  /** Where an event stands; `x` is 0 when its node has no column. */
  place(id: number): Point {
    const { trace, axis } = this.#timeline;
    const { node } = trace.processAt(id);
    const x = this.columns.xs[this.#shown.nodes.indexOf(node)] ?? 0;
    return { x, y: axis.yAt(trace.timeAt(id)) };
  }

  /** Those of some events that stand where the scene is laid out. */
  spotsOf(ids: readonly number[]): (Point & { id: number })[] {
    const timeline = this.#timeline;
    return ids
      .filter((id) => id < timeline.trace.eventCount && timeline.isShown(id))
      .map((id) => ({ id, ...this.place(id) }))
      .filter(({ x, y }) => x > 0 && y > this.originY - OVERSCAN && y < this.#bottomY);
  }
}
