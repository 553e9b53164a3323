// The gutter has room for one thing at a height: the cursor's tag, a fault's mark, the time of a row.
// A phone's is so narrow that times there are written shorter. Where time goes across the screen it lies
// above the picture, with the marks over the times.

import { formatTick, type Tick } from './axis.ts';
import { textWidth } from './labels.ts';
import type { Orientation } from './orientation.ts';

/** The strip of fault marks at its left edge. */
const STRIP = 20;
/** Texts and marks closer than this would touch. */
const CLEARANCE = 16;
/** From the middle of the tag to that of a mark beside it. */
const TAG_CLEARANCE = 19;
const NARROW = 60;

export interface Gutter {
  orientation: Orientation;
  /** Its height where it lies above the picture. */
  width: number;
  /** From its right edge to its texts. */
  inset: number;
  /** Times have their shortest form. */
  isNarrow: boolean;
}

export function gutterOf(width: number, orientation: Orientation = 'down'): Gutter {
  const isNarrow = orientation === 'down' && width < NARROW;
  return { orientation, width, inset: isNarrow ? 5 : 10, isNarrow };
}

export interface Tag {
  text: string;
  width: number;
  y: number;
  /** It reaches into the strip. */
  isWide: boolean;
}

/** The cursor's time, on a ground that never leaves the gutter. */
export function tagOf(gutter: Gutter, tUs: number, y: number): Tag {
  const text = formatTick(tUs, gutter.isNarrow);
  // Its figures are bold and all of one width.
  const room = 1.1 * textWidth(text) + gutter.inset + 4;
  if (gutter.orientation === 'across') {
    return { text, width: Math.max(36, room), y, isWide: false };
  }
  const width = Math.min(gutter.width, Math.max(36, room));
  return { text, width, y, isWide: gutter.width - width < STRIP };
}

/** Between the tag and a time beside it. */
const BESIDE_TAG = 5;

/** The ticks that neither the tag nor a mark stands on. */
export function freeTicks(
  ticks: readonly Tick[],
  gutter: Gutter,
  tag: Tag,
  markYs: readonly number[],
): Tick[] {
  if (gutter.orientation === 'across') {
    const reach = tag.width / 2 + BESIDE_TAG;
    return ticks.filter(({ y, text }) => Math.abs(y - tag.y) > reach + textWidth(text) / 2);
  }
  const isCovered = ({ y, text }: Tick): boolean =>
    gutter.width - gutter.inset - textWidth(text) < STRIP &&
    markYs.some((markY) => Math.abs(markY - y) < CLEARANCE);
  return ticks.filter((tick) => Math.abs(tick.y - tag.y) > CLEARANCE && !isCovered(tick));
}

/** Where a mark stands: at its height, or just clear of a tag that reaches so far. */
export function markY(y: number, tag: Tag): number {
  if (!tag.isWide || Math.abs(y - tag.y) >= TAG_CLEARANCE) return y;
  return y <= tag.y ? tag.y - TAG_CLEARANCE : tag.y + TAG_CLEARANCE;
}
