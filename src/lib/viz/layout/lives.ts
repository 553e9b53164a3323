// Life lines and what happens on them: idle, busy, waiting, paused, dead; prints, effects, timers.

import { nodeOf, NO_EVENT, type Life, type TraceProcess } from '#lib/trace/store.ts';
import { LABEL_SIZE, shorten, shortenTo, textWidth } from './labels.ts';
import { isDrawnLog, isProminent } from './prominence.ts';
import type { Sketch } from './scene.ts';
import type { Ink, LabelShape, MarkShape, SymbolName } from './shapes.ts';

/** Half of the bar of a process at work, and of a child's. */
const BAR_HALF = 4;
const CHILD_BAR_HALF = 3;
/** Further bars of one process stand beside the first. */
const LANE_PITCH = 10;
const LANE_MAX = 3;
/** A bar without an end is drawn so far beyond where the picture is cut off. */
const OPEN_END = 8;
/** From a life line to its texts. */
const TEXT_GAP = 10;
/** From a level life line to the baseline of a text below it, and above it. */
const BELOW_LINE = 17;
const ABOVE_LINE = 9;
/** A text is given so many pixels even where it crosses a life line. */
const ROOM_MIN = 56;
/** Characters of a print that fit a picture. */
const PRINT_LENGTH = 24;
const TIMER_OFFSET = 7;
/** From the end of a line without power to the sign of the button. */
const POWER_SIGN = 10;
/** A turn is looked through for so many events of the trace. */
const TURN_REACH = 400;
/** A shorter bracket says nothing. */
const TIMER_MIN = 12;

export function isChild(process: TraceProcess): boolean {
  return process.name !== process.node;
}

export function barHalfOf(process: TraceProcess): number {
  return isChild(process) ? CHILD_BAR_HALF : BAR_HALF;
}

/** The line of one process through the stretch, piece by piece, with its ends and beginnings. */
export function drawLife(
  sketch: Sketch,
  process: TraceProcess,
  firstId: number,
  lastId: number,
): void {
  const { trace, xs, lens, fromY, toY } = sketch;
  const x = xs[process.index]!;
  if (x < 0) return;
  const limitY = Math.min(lifeLimit(sketch, process), toY);
  const { landmarks } = process;
  let position = landmarks.lastAtMost(firstId - 1);
  let { life } = trace.standingFrom(process, position);
  let startY = fromY;
  for (position++; position < landmarks.length; position++) {
    const id = landmarks.data[position]!;
    if (id > lastId || !sketch.isKnown(id)) break;
    const standing = trace.standingFrom(process, position);
    if (standing.life === life && trace.kindAt(id) !== 'start') continue;
    drawPiece(sketch, process, life, startY, sketch.yOf(id), position);
    drawTurn(sketch, process, id, x);
    life = standing.life;
    startY = sketch.yOf(id);
  }
  drawPiece(sketch, process, life, startY, limitY, position);
  if (lens && lens.node !== process.node && !isChild(process)) {
    drawLimit(sketch, process, x, limitY);
  }
}

/** A life line goes on to the end of the picture; through the lens, to what is known of it. */
function lifeLimit({ lens, endY, picture, trace }: Sketch, process: TraceProcess): number {
  if (!lens || lens.node === process.node) return endY;
  const known = lens.past[process.index] ?? NO_EVENT;
  return known === NO_EVENT ? -Infinity : picture.axis.yAt(trace.timeAt(known));
}

function drawPiece(
  { scene, xs }: Sketch,
  process: TraceProcess,
  life: Life,
  fromY: number,
  toY: number,
  position: number,
): void {
  const isAlive = life === 'alive' || life === 'paused';
  if (life === 'unborn' || toY <= fromY || (isChild(process) && !isAlive)) return;
  const x = xs[process.index]!;
  scene.strokes.push({
    shape: 'line',
    key: `life-${process.index}-${position}`,
    firstId: NO_EVENT,
    lastId: NO_EVENT,
    ...{ x1: x, y1: fromY, x2: x, y2: toY },
    ink: 'control',
    width: isAlive && !isChild(process) ? 2 : 1,
    dash: isAlive ? undefined : '1 4',
  });
}

/** What the lens knows of another node ends here. */
function drawLimit(sketch: Sketch, process: TraceProcess, x: number, y: number): void {
  if (!Number.isFinite(y) || y < sketch.fromY || y >= sketch.toY) return;
  const key = `limit-${process.index}`;
  const named = { key, firstId: NO_EVENT, lastId: NO_EVENT, fromY: y };
  const look = { angle: 0, anchor: 'middle', isMono: false } as const;
  // Behind the end: below it, or to the right.
  const place = sketch.columns.orientation === 'down' ? { x, y: y + 16 } : { x: x + 4, y: y + 12 };
  sketch.places.place([{ shape: 'label', ...named, ...look, ...place, text: '?', ink: 'unknown' }]);
}

function drawTurn(sketch: Sketch, process: TraceProcess, id: number, x: number): void {
  const { trace, words } = sketch;
  const small = isChild(process);
  switch (trace.kindAt(id)) {
    case 'kill':
      return mark(sketch, id, small ? 'killed-small' : 'killed', 'fault', x);
    case 'powerOff':
      return small ? undefined : drawPowerOff(sketch, id, x);
    case 'exit': {
      const code = trace.intAt(id, 'code') ?? 0;
      if (small) return;
      mark(sketch, id, 'ended', code === 0 ? 'control' : 'fault', x);
      if (code !== 0) label(sketch, id, words.exit(code), 'fault', x);
      return;
    }
    case 'start': {
      if (small) return;
      const incarnation = trace.intAt(id, 'incarnation') ?? 1;
      mark(sketch, id, incarnation > 1 ? 'ring' : 'born', incarnation > 1 ? 'ink' : 'control', x);
      if (incarnation > 1) label(sketch, id, `#${incarnation}`, 'ink', x);
      return;
    }
    default:
  }
}

/** The line ends flat, and the sign of the button stands behind it. */
function drawPowerOff({ scene, places, yOf }: Sketch, id: number, x: number): void {
  const y = yOf(id);
  scene.marks.push(markOf(id, 'cap', 'fault', x, y));
  scene.marks.push({ ...markOf(id, 'off', 'fault', x, y + POWER_SIGN), fromY: y });
  places.block(x, y + POWER_SIGN / 2, 6, POWER_SIGN);
}

/** Work, waits, pauses and timers: bars beside or on the line from their beginning to their end. */
export function drawBracket(sketch: Sketch, id: number): void {
  const { trace } = sketch;
  switch (trace.kindAt(id)) {
    case 'span':
      if (trace.textAt(id, 'op') === 'begin') drawSpan(sketch, id);
      return;
    case 'wait':
      if (trace.textAt(id, 'op') !== 'begin' || trace.textAt(id, 'line') === undefined) return;
      return bar(sketch, id, { fill: 'canvas', stroke: 'control', dash: '3 3' });
    case 'pause':
      return bar(sketch, id, { fill: 'canvas', stroke: 'control', hatch: 'ink-3' });
    case 'timer':
      if (trace.textAt(id, 'op') === 'set') drawTimer(sketch, id);
      return;
    default:
  }
}

/** Where a bracket stops: at its end, or where knowledge of its process does. */
function bracketEnd(sketch: Sketch, id: number): { closer: number; y: number } {
  const { trace } = sketch;
  const closer = trace.closerAt(id);
  if (closer !== NO_EVENT && sketch.isKnown(closer)) return { closer, y: sketch.yOf(closer) };
  return { closer: id, y: lifeLimit(sketch, trace.processAt(id)) };
}

interface BarStyle {
  fill?: Ink;
  stroke?: Ink;
  dash?: string;
  hatch?: Ink;
}

function bar(sketch: Sketch, id: number, style: BarStyle, lane = 0): void {
  const { trace, scene, xs, toY } = sketch;
  const process = trace.processAt(id);
  const half = barHalfOf(process);
  const y = sketch.yOf(id);
  const end = bracketEnd(sketch, id);
  // What goes on leaves the picture open at the bottom.
  const openY = end.closer === id ? end.y + OPEN_END : end.y;
  const height = Math.min(openY, toY + OPEN_END) - y;
  if (end.y < y || height <= 0) return;
  const x = xs[process.index]! - half + lane * LANE_PITCH;
  const place = { x: x + 0.5, y, width: 2 * half - 1, height, radius: 1 };
  const key = `bar-${id}`;
  const named = { shape: 'rect', firstId: id, lastId: id, ...place } as const;
  if (style.fill === 'node-busy')
    scene.strokes.push({ ...named, key: `${key}-back`, fill: 'canvas' });
  scene.strokes.push({ ...named, key, ...style });
}

function drawSpan(sketch: Sketch, id: number): void {
  const { trace, picture, xs } = sketch;
  const process = trace.processAt(id);
  const lane = Math.min(picture.laneOf(id), LANE_MAX);
  bar(sketch, id, { fill: 'node-busy', stroke: 'control' }, lane);
  const name = trace.textAt(id, 'name')!;
  const detail = trace.textAt(id, 'detail');
  const children = trace.processesOf(process.node).length - 1;
  // A crowd of children leaves no room for names.
  if (children > 4 && isChild(process)) return;
  const x = xs[process.index]! + lane * LANE_PITCH;
  const text = detail === undefined ? name : `${name}${spaced(detail)}`;
  label(sketch, id, text, 'ink-2', x, { dy: 14, isLeftAllowed: false });
}

function spaced(detail: string): string {
  return detail.startsWith('(') ? detail : ` ${detail}`;
}

/**
 * Timers guard most waits of a model and nearly all are put off: drawn is one that fired and had
 * the process do something that shows.
 */
function drawTimer(sketch: Sketch, id: number): void {
  const { trace, scene, xs } = sketch;
  const text = trace.textAt(id, 'label');
  const end = bracketEnd(sketch, id);
  if (text === undefined || end.closer === id || !hasConsequence(sketch, end.closer)) return;
  const y = sketch.yOf(id);
  if (end.y - y < TIMER_MIN) return;
  const x = xs[trace.processIndexAt(id)]! + TIMER_OFFSET;
  scene.strokes.push({
    ...{ shape: 'line', key: `timer-${id}`, firstId: id, lastId: id },
    ...{ x1: x, y1: y, x2: x, y2: end.y, ink: 'ink-3', width: 1, dash: '1 3' },
  });
  scene.marks.push(markOf(id, 'clock', 'ink-3', x, y));
  label(sketch, id, shorten(text, PRINT_LENGTH), 'ink-3', x, { isLeftAllowed: false });
  scene.marks.push(markOf(end.closer, 'fired', 'unknown', x, end.y));
}

/** A fired timer began a turn in which something prominent happened. */
function hasConsequence({ trace, picture }: Sketch, firedId: number): boolean {
  if (trace.textAt(firedId, 'op') !== 'fired') return false;
  const process = trace.processIndexAt(firedId);
  const last = Math.min(trace.eventCount, firedId + TURN_REACH);
  for (let id = firedId + 1; id < last; id++) {
    if (trace.processIndexAt(id) !== process || trace.isOffstage(id)) continue;
    if (trace.causeAt(id) !== firedId) return false;
    if (isProminent(trace, id, picture.showsBackground)) return true;
  }
  return false;
}

/** What happens at one instant on a life line. */
export function drawMoment(sketch: Sketch, id: number): void {
  const { trace, xs, words, picture } = sketch;
  const x = xs[trace.processIndexAt(id)]!;
  switch (trace.kindAt(id)) {
    case 'log':
      if (!isDrawnLog(trace, id)) return;
      mark(sketch, id, 'point', 'ink', x);
      return label(sketch, id, shorten(trace.textAt(id, 'text')!, PRINT_LENGTH), 'ink', x, {
        isMono: true,
      });
    case 'effect': {
      const number = picture.effectNumberOf(id);
      const ink = number > 1 ? 'fault' : 'ink';
      mark(sketch, id, 'effect', ink, x);
      return label(sketch, id, words.effect(number), ink, x);
    }
    case 'signal':
      // It is drawn where it strikes, not where it was sent.
      if (trace.textAt(id, 'to') !== undefined) return;
      mark(sketch, id, 'signal', 'fault', x);
      return label(sketch, id, trace.textAt(id, 'name')!, 'fault', x);
    case 'timeout':
      mark(sketch, id, 'fired', 'unknown', x);
      return label(sketch, id, 'timeout', 'ink-2', x);
    default:
  }
}

function markOf(id: number, symbol: SymbolName, ink: Ink, x: number, y: number): MarkShape {
  const named = { key: `${symbol}-${id}`, firstId: id, lastId: id };
  return { shape: 'mark', ...named, symbol, ink, x, y, angle: 0, fromY: y };
}

function mark(sketch: Sketch, id: number, symbol: SymbolName, ink: Ink, x: number): void {
  const y = sketch.yOf(id);
  sketch.scene.marks.push(markOf(id, symbol, ink, x, y));
  sketch.places.block(x, y, 5, 5);
}

interface LabelOptions {
  isMono?: boolean;
  /** Baseline below the event. */
  dy?: number;
  isLeftAllowed?: boolean;
}

/**
 * A text beside the life line: to the right where it fits, else on the side with more room. No
 * message crosses the outer side of the first line, so a text that fits there stands there.
 */
function label(
  sketch: Sketch,
  id: number,
  text: string,
  ink: Ink,
  x: number,
  { isMono = false, dy = 4, isLeftAllowed = true }: LabelOptions = {},
): void {
  if (sketch.columns.orientation === 'across') {
    return labelAlong(sketch, id, text, { ink, isMono, x, isAboveAllowed: isLeftAllowed });
  }
  const y = sketch.yOf(id);
  const outer = x + outerLanes(sketch, id) + TEXT_GAP;
  const room = roomBeside(sketch, x, outer);
  const width = textWidth(text, isMono);
  const isOuter = x === sketch.columns.xs[0] && width <= room.left;
  const isRight = !isLeftAllowed || (!isOuter && (width <= room.right || room.right > room.left));
  const fitting = shortenTo(text, Math.max(ROOM_MIN, isRight ? room.right : room.left), isMono);
  const rest = { key: `text-${id}`, firstId: id, lastId: id, angle: 0, ink, isMono, fromY: y };
  const side: LabelShape = {
    ...{ shape: 'label', ...rest, text: fitting, y: y + dy },
    x: isRight ? outer : x - TEXT_GAP,
    anchor: isRight ? 'start' : 'end',
  };
  sketch.places.place([
    side,
    { ...side, y: side.y + LABEL_SIZE },
    { ...side, y: side.y - LABEL_SIZE },
  ]);
}

interface AlongOptions {
  ink: Ink;
  isMono: boolean;
  x: number;
  isAboveAllowed: boolean;
}

/** Where life lines are level: the text begins at its event, below the line or above it. */
function labelAlong(sketch: Sketch, id: number, text: string, options: AlongOptions): void {
  const { ink, isMono, x, isAboveAllowed } = options;
  const y = sketch.yOf(id);
  const below = x + outerLanes(sketch, id) + BELOW_LINE;
  const above = x - ABOVE_LINE;
  const places = [below, ...(isAboveAllowed ? [above] : []), below + LABEL_SIZE];
  if (isAboveAllowed) places.push(above - LABEL_SIZE);
  const rest = { key: `text-${id}`, firstId: id, lastId: id, angle: 0, ink, isMono, fromY: y };
  sketch.places.place(
    places.map((place): LabelShape => {
      return { shape: 'label', ...rest, text, x: place, y: y - 2, anchor: 'start' };
    }),
  );
}

/** Pixels for a text on both sides of a life line, up to the next one or the picture's edge. */
function roomBeside({ columns }: Sketch, x: number, outer: number) {
  const next = columns.xs.find((other) => other > outer);
  const before = columns.xs.findLast((other) => other < x - CHILD_BAR_HALF * 8);
  return {
    right: next === undefined ? columns.width - 4 - outer : next - TEXT_GAP - outer,
    left: x - TEXT_GAP - (before === undefined ? columns.gutter : before + TEXT_GAP),
  };
}

/** How far children's lines reach to the right of where this event's text would begin. */
function outerLanes({ trace, xs }: Sketch, id: number): number {
  const process = trace.processAt(id);
  const own = xs[process.index]!;
  let outer = own;
  for (const other of trace.processes) {
    if (nodeOf(other.name) === process.node) outer = Math.max(outer, xs[other.index]!);
  }
  return outer - own;
}
