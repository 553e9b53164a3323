// Placing texts so that none covers another: each tries a few places and is left out when none is
// free. Whoever comes first stays, and they come in order of time, so that a label never gives way
// to something that happens later.

import { turned, type Orientation } from './orientation.ts';
import type { LabelShape } from './shapes.ts';

export const LABEL_SIZE = 12;
const LABEL_HEIGHT = 13;

/** Advance widths at 12 px, by class of character; close enough to keep labels apart. */
const NARROW = new Set(' .,:;\'"|!ijlftr()[]');
const WIDE = new Set('mwMW@%—');
const FULL_FROM = '\u2e80';

function advance(character: string, isMono: boolean): number {
  if (character >= FULL_FROM) return 12;
  if (isMono) return 7.2;
  if (NARROW.has(character)) return 3.8;
  return WIDE.has(character) ? 10 : 6.9;
}

/** About how wide a text of 12 px is. */
export function textWidth(text: string, isMono = false): number {
  let width = 0;
  for (const character of text) width += advance(character, isMono);
  return width;
}

/** The text, cut with an ellipsis to at most so many characters. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, Math.max(1, length - 1))}…`;
}

/** The text, cut with an ellipsis to at most so many pixels. */
export function shortenTo(text: string, width: number, isMono = false): string {
  let short = text;
  while (short.length > 2 && textWidth(short, isMono) > width)
    short = shorten(text, short.length - 1);
  return short;
}

/** A slanted rectangle on the screen. */
interface Box {
  x: number;
  y: number;
  halfWidth: number;
  halfHeight: number;
  cos: number;
  sin: number;
  reach: number;
}

function boxOf(label: LabelShape, orientation: Orientation): Box {
  const { text, angle, anchor, isMono } = label;
  const { x, y } = turned(orientation, label);
  const halfWidth = textWidth(text, isMono) / 2 + 2;
  const shift = anchor === 'middle' ? 0 : anchor === 'start' ? halfWidth - 2 : 2 - halfWidth;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return {
    x: x + shift * cos,
    // Texts stand on their baseline; their middle is higher.
    y: y + shift * sin - 4 * cos,
    halfWidth,
    halfHeight: LABEL_HEIGHT / 2,
    cos,
    sin,
    reach: halfWidth + LABEL_HEIGHT,
  };
}

/** Separating axes: two rectangles are apart when they are along one of their four sides. */
function overlaps(a: Box, b: Box): boolean {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  if (Math.abs(dx) > a.reach + b.reach || Math.abs(dy) > a.reach + b.reach) return false;
  for (const { cos, sin } of [a, b]) {
    for (const [ax, ay] of [
      [cos, sin],
      [-sin, cos],
    ] as const) {
      const distance = Math.abs(dx * ax + dy * ay);
      if (distance > extent(a, ax, ay) + extent(b, ax, ay)) return false;
    }
  }
  return true;
}

function extent({ halfWidth, halfHeight, cos, sin }: Box, ax: number, ay: number): number {
  return halfWidth * Math.abs(cos * ax + sin * ay) + halfHeight * Math.abs(cos * ay - sin * ax);
}

/**
 * The parts of a line across the nodes that no level text stands on.
 *
 * @param y where the line stands in the layout
 * @param range from where to where it goes
 */
export function runsBeside(
  labels: readonly LabelShape[],
  y: number,
  [from, to]: readonly [number, number],
  orientation: Orientation = 'down',
): [number, number][] {
  const spans = labels
    .filter(({ angle }) => angle === 0)
    .map((label) => boxOf(label, orientation))
    .flatMap((box): [number, number][] => {
      const [reach, half] =
        orientation === 'down' ? [box.halfHeight, box.halfWidth] : [box.halfWidth, box.halfHeight];
      const at = turned(orientation, box);
      return Math.abs(at.y - y) < reach ? [[at.x - half, at.x + half]] : [];
    })
    .sort(([a], [b]) => a - b);
  const runs: [number, number][] = [];
  let start = from;
  for (const [left, right] of spans) {
    if (left > start) runs.push([start, Math.min(left, to)]);
    start = Math.max(start, right);
  }
  if (start < to) runs.push([start, to]);
  return runs;
}

/** Boxes are looked for by stretches of so many pixels down the screen. */
const BAND = 32;

export class LabelPlaces {
  readonly #bands = new Map<number, Box[]>();
  readonly labels: LabelShape[] = [];
  readonly #orientation: Orientation;
  #isClosed = false;

  constructor(orientation: Orientation = 'down') {
    this.#orientation = orientation;
  }

  /** From now on no place is free. */
  close(): void {
    this.#isClosed = true;
  }

  /** Takes the first of these places that is free. */
  place(candidates: Iterable<LabelShape>): boolean {
    if (this.#isClosed) return false;
    for (const candidate of candidates) {
      const box = boxOf(candidate, this.#orientation);
      if (!this.#isFree(box)) continue;
      this.#take(box);
      this.labels.push(candidate);
      return true;
    }
    return false;
  }

  /** Keeps texts off a place of the layout. */
  block(x: number, y: number, halfWidth: number, halfHeight: number): void {
    const half = turned(this.#orientation, { x: halfWidth, y: halfHeight });
    const reach = halfWidth + halfHeight;
    const level = { halfWidth: half.x, halfHeight: half.y, cos: 1, sin: 0, reach };
    this.#take({ ...turned(this.#orientation, { x, y }), ...level });
  }

  #isFree(box: Box): boolean {
    const [from, to] = bandsOf(box);
    for (let band = from; band <= to; band++) {
      if (this.#bands.get(band)?.some((taken) => overlaps(taken, box))) return false;
    }
    return true;
  }

  #take(box: Box): void {
    const [from, to] = bandsOf(box);
    for (let band = from; band <= to; band++) {
      const boxes = this.#bands.get(band);
      if (boxes) boxes.push(box);
      else this.#bands.set(band, [box]);
    }
  }
}

/** Two boxes that overlap have a band in common. */
function bandsOf(box: Box): [number, number] {
  const reach = extent(box, 0, 1);
  return [Math.floor((box.y - reach) / BAND), Math.floor((box.y + reach) / BAND)];
}
