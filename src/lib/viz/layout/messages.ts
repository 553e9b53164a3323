// Messages: straight lines from where they left to where they arrived, drawn by their role. Because
// height is time, the place of a message at an instant is where its line crosses that height.

import { scaleLog } from 'd3-scale';
import { nodeOf, NO_EVENT, type TraceProcess } from '#lib/trace/store.ts';
import type { Role } from '#lib/protocol/wire.ts';
import { textWidth } from './labels.ts';
import { barHalfOf } from './lives.ts';
import { turned, type Orientation, type Point } from './orientation.ts';
import { isInternal } from './prominence.ts';
import type { Sketch } from './scene.ts';
import type { Ink, LabelShape, SymbolName } from './shapes.ts';

/** A lost packet stops after this share of its way, at a cut between two neighbours half-way. */
const LOST_SHARE = 0.6;
const CUT_SHARE = 0.5;
/** It falls so far on its way. */
const LOST_DROP = 22;
/** A message of which nobody knows the end is drawn so far. */
const STUB_LENGTH = 30;
const STUB_DROP = 10;
/** From a life line to the dotted line of a message that is sent again. */
const RETRY_OFFSET = 6;
/** Where a label stands on its line, first choice first. */
const LABEL_SHARES = [0.35, 0.5, 0.65, 0.24];
const LABEL_LIFT = 4;
/** A line steeper than this has its text beside it, */
const STEEP = 0.9;
/** if it spans so many pixels. */
const STEEP_MIN = 20;
const BESIDE_GAP = 6;
/** Folded lines closer than this are one. */
const FOLD_DISTANCE = 4;

interface Style {
  ink: Ink;
  labelInk: Ink;
  width: number;
  dash?: string;
  head: SymbolName | null;
  /** How much of the line the head covers. */
  headLength: number;
}

const STYLES: Record<Role, Style> = {
  command: { ink: 'command', labelInk: 'command', width: 1.5, head: 'head', headLength: 6 },
  answer: {
    ...{ ink: 'answer', labelInk: 'answer', width: 1.5, dash: '6 4' },
    ...{ head: 'head-open', headLength: 1 },
  },
  ack: { ink: 'ack', labelInk: 'ink-2', width: 1, head: 'dot', headLength: 2 },
  background: {
    ...{ ink: 'background-message', labelInk: 'ink-3', width: 1, dash: '1 4' },
    ...{ head: null, headLength: 0 },
  },
};

/** Stroke by size: 1.5 px up to 256 bytes, 4 px at some megabytes. */
export const widthOfBytes = scaleLog().domain([256, 4_000_000]).range([1.5, 4]).clamp(true);

interface Leg {
  originId: number;
  arrivalId: number;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

export function drawMessage(sketch: Sketch, origin: number): void {
  const { trace } = sketch;
  if (isInternal(trace, origin)) return drawPipe(sketch, origin);
  const followers = trace.followersOf(origin).filter((id) => sketch.isKnown(id));
  const style = styleOf(sketch, origin);
  const walk: Walk = { startY: sketch.yOf(origin), tries: 1, arrivals: 0, isUnderWay: true };
  for (const id of followers) drawFollower(sketch, origin, id, style, walk);
  if (walk.isUnderWay) drawStub(sketch, origin, style, walk.startY);
}

/** How far the message has come while its followers are read. */
interface Walk {
  /** Height of the latest try. */
  startY: number;
  tries: number;
  arrivals: number;
  isUnderWay: boolean;
}

function drawFollower(sketch: Sketch, origin: number, id: number, style: Style, walk: Walk): void {
  const { trace } = sketch;
  switch (trace.kindAt(id)) {
    case 'lose':
      walk.isUnderWay = false;
      return drawLost(sketch, origin, id, style, walk.startY);
    case 'retransmit':
      drawRetry(sketch, origin, id, walk.startY);
      walk.startY = sketch.yOf(id);
      walk.tries++;
      walk.isUnderWay = true;
      return;
    case 'duplicate':
      return;
    case 'refuse':
      walk.isUnderWay = false;
      return drawRefusal(sketch, origin, id);
    case 'drop':
      walk.isUnderWay = false;
      if (trace.kindAt(origin) !== 'send') return drawUnheard(sketch, origin, id);
      return drawArrival(sketch, origin, id, { ...style, head: 'cross' }, walk);
    default:
      walk.isUnderWay = false;
      return drawArrival(sketch, origin, id, style, walk);
  }
}

/** How a connection is opened stays folded: nobody waits for the words of it. */
function isFolded({ trace, picture }: Sketch, origin: number): boolean {
  if (trace.roleAt(origin) !== 'background') return false;
  return !picture.showsBackground || trace.kindAt(origin) === 'connect';
}

function styleOf({ trace }: Sketch, origin: number): Style {
  const kind = trace.kindAt(origin);
  const style = STYLES[trace.roleAt(origin)];
  if (kind === 'close') return { ...style, head: 'head-close', headLength: 6 };
  if (kind === 'reset') return { ...style, head: 'head-reset', headLength: 6 };
  if (kind !== 'send' || style.width < 1.5) return style;
  return { ...style, width: widthOfBytes(Math.max(1, trace.intAt(origin, 'bytes') ?? 1)) };
}

function wordOf({ trace }: Sketch, origin: number): string {
  const word = trace.textAt(origin, 'msg') ?? trace.kindAt(origin);
  return trace.textAt(origin, 'mark') === 'redelivered' ? `↻ ${word}` : word;
}

function drawArrival(sketch: Sketch, origin: number, id: number, style: Style, walk: Walk): void {
  const copy = walk.arrivals++;
  const sender = sketch.trace.processAt(origin);
  const receiver = sketch.trace.processAt(id);
  const leg: Leg = {
    originId: origin,
    arrivalId: id,
    x1: sketch.xs[sender.index]!,
    y1: walk.startY,
    x2: sketch.xs[receiver.index]!,
    y2: sketch.yOf(id),
  };
  if (leg.x2 < 0 || leg.x1 === leg.x2) return;
  if (isFolded(sketch, origin)) return drawFolded(sketch, leg);
  const { words } = sketch;
  if (copy > 0) {
    const shifted = { ...leg, y1: leg.y1 + 3, y2: leg.y2 };
    drawLeg(sketch, shifted, sender, receiver, { ...style, width: 1 }, words.copy(copy + 1));
    return;
  }
  const word = wordOf(sketch, origin);
  const text = walk.tries > 1 ? `${word} ${words.tries(walk.tries)}` : word;
  drawLeg(sketch, leg, sender, receiver, style, text);
}

function drawLeg(
  sketch: Sketch,
  leg: Leg,
  sender: TraceProcess,
  receiver: TraceProcess,
  style: Style,
  text: string,
): void {
  const { scene } = sketch;
  const tip = trimmed(
    leg,
    edge(sketch, sender, leg.originId),
    edge(sketch, receiver, leg.arrivalId),
  );
  const angle = Math.atan2(tip.y2 - tip.y1, tip.x2 - tip.x1);
  const key = `message-${leg.originId}-${leg.arrivalId}`;
  const named = { key, firstId: leg.originId, lastId: leg.arrivalId };
  scene.strokes.push({
    ...{ shape: 'line', ...named, x1: tip.x1, y1: tip.y1, ink: style.ink, width: style.width },
    x2: tip.x2 - style.headLength * Math.cos(angle),
    y2: tip.y2 - style.headLength * Math.sin(angle),
    dash: style.dash,
  });
  if (style.head) {
    const isCross = style.head === 'cross';
    scene.marks.push({
      ...{ shape: 'mark', ...named, symbol: style.head, x: tip.x2, y: tip.y2 },
      ...{ angle: isCross ? 0 : angle, ink: isCross ? 'fault' : style.ink, fromY: leg.y2 },
    });
  }
  scene.flights.push({ ...leg, ink: style.ink, isBackground: false });
  if (style.head === 'cross') sketch.places.block(tip.x2, tip.y2, 6, 6);
  placeLabel(sketch, tip, named, text, style.labelInk);
}

/** From the edge of one life line or bar to the edge of the other. */
function trimmed({ x1, y1, x2, y2 }: Leg, start: number, end: number) {
  const length = Math.abs(x2 - x1);
  const [from, to] = [start / length, 1 - end / length];
  return {
    x1: x1 + from * (x2 - x1),
    y1: y1 + from * (y2 - y1),
    x2: x1 + to * (x2 - x1),
    y2: y1 + to * (y2 - y1),
  };
}

/** Half of what is drawn at a process when this event happens there. */
function edge({ trace }: Sketch, process: TraceProcess, id: number): number {
  const { openSpanCount, openWaitCount } = trace.standingAt(process, trace.timeAt(id));
  return openSpanCount + openWaitCount > 0 ? barHalfOf(process) + 1 : 2;
}

interface Named {
  key: string;
  firstId: number;
  lastId: number;
}

interface Ends {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
}

/**
 * Along the line, just above it; beside one that is too steep to read along. Left out when it does not
 * fit or no place is free.
 */
function placeLabel(
  { columns: { orientation }, places }: Sketch,
  ends: Ends,
  named: Named,
  text: string,
  ink: Ink,
): void {
  places.place(labelsOn(ends, orientation, { ...named, text, ink }));
}

/** One after the other, as they are asked for: most labels stand where they are tried first. */
function* labelsOn(
  { x1, y1, x2, y2 }: Ends,
  orientation: Orientation,
  named: Named & { text: string; ink: Ink },
): Generator<LabelShape> {
  const from = turned(orientation, { x: x1, y: y1 });
  const to = turned(orientation, { x: x2, y: y2 });
  const slope = Math.atan2(to.y - from.y, to.x - from.x);
  const angle = to.x < from.x ? slope - Math.PI : slope;
  const isSteep = Math.abs(angle) > STEEP;
  const spots = isSteep ? spotsBeside(from, to, angle) : spotsAlong(from, to, angle, named.text);
  for (const { share, anchor, ...spot } of spots) {
    yield {
      ...{ shape: 'label', ...named, isMono: false, anchor },
      ...{ ...turned(orientation, spot), angle: isSteep ? 0 : angle },
      fromY: y1 + share * (y2 - y1),
    };
  }
}

/** Where a text can stand, on the screen. */
interface TextSpot extends Point {
  /** Of the way from one end of the line to the other. */
  share: number;
  anchor: LabelShape['anchor'];
}

function* spotsAlong(from: Point, to: Point, angle: number, text: string): Generator<TextSpot> {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const width = textWidth(text);
  if (length < width + 16) return;
  const half = width / 2 / length + 0.04;
  for (const lift of [LABEL_LIFT, -11]) {
    for (const wanted of LABEL_SHARES) {
      const share = Math.min(Math.max(wanted, half), 1 - half);
      yield {
        ...{ share, anchor: 'middle' },
        x: from.x + share * (to.x - from.x) + lift * Math.sin(angle),
        y: from.y + share * (to.y - from.y) - lift * Math.cos(angle),
      };
    }
  }
}

/** Level, on the right of the line or else on its left, in the corner that it leaves free. */
function* spotsBeside(from: Point, to: Point, angle: number): Generator<TextSpot> {
  if (Math.abs(to.y - from.y) < STEEP_MIN) return;
  const [right, left] = angle > 0 ? [1, 9] : [9, 1];
  for (const share of LABEL_SHARES) {
    const x = from.x + share * (to.x - from.x);
    const y = from.y + share * (to.y - from.y);
    yield { share, anchor: 'start', x: x + BESIDE_GAP, y: y + right };
    yield { share, anchor: 'end', x: x - BESIDE_GAP, y: y + left };
  }
}

/** A farewell to somebody who is gone already. */
function drawUnheard(sketch: Sketch, originId: number, arrivalId: number): void {
  const { trace, xs } = sketch;
  const x1 = xs[trace.processIndexAt(originId)]!;
  const x2 = xs[trace.processIndexAt(arrivalId)]!;
  if (x1 === x2 || x2 < 0) return;
  const ends = { x1, y1: sketch.yOf(originId), x2, y2: sketch.yOf(arrivalId) };
  drawFolded(sketch, { originId, arrivalId, ...ends });
}

/** Thin and dotted; several at one place are one. */
function drawFolded({ scene, folded }: Sketch, leg: Leg): void {
  const fold = [leg.x1, leg.x2, Math.round(leg.y1 / FOLD_DISTANCE)].join();
  if (folded.has(fold)) return;
  folded.add(fold);
  const { originId, arrivalId, ...ends } = leg;
  const { ink, width, dash } = STYLES.background;
  const named = { key: `message-${originId}-${arrivalId}`, firstId: originId, lastId: arrivalId };
  scene.strokes.push({ shape: 'line', ...named, ...ends, ink, width, dash });
  scene.flights.push({ ...leg, ink, isBackground: true });
}

/** Between a process and its child: a short thin line, no words. */
function drawPipe(sketch: Sketch, origin: number): void {
  const { trace, scene, xs } = sketch;
  const arrival = trace.closerAt(origin);
  if (arrival === NO_EVENT || trace.kindAt(arrival) !== 'deliver' || !sketch.isKnown(arrival))
    return;
  if (trace.roleAt(origin) === 'background' || trace.kindAt(origin) !== 'send') return;
  const x1 = xs[trace.processIndexAt(origin)]!;
  const x2 = xs[trace.processIndexAt(arrival)]!;
  if (x1 === x2) return;
  const ends = { x1, y1: sketch.yOf(origin), x2, y2: sketch.yOf(arrival) };
  const named = { key: `pipe-${origin}`, firstId: origin, lastId: arrival };
  const { ink } = STYLES[trace.roleAt(origin)];
  scene.strokes.push({ shape: 'line', ...named, ...ends, ink, width: 1 });
}

/** The process that a message was meant for, as far as its name tells. */
function targetX({ trace, xs, columns }: Sketch, origin: number): number {
  const to = trace.textAt(origin, 'to') ?? '';
  const process = trace.process(to);
  if (process) return xs[process.index]!;
  return columns.xs[columns.nodes.indexOf(nodeOf(to))] ?? -1;
}

function drawLost(sketch: Sketch, origin: number, id: number, style: Style, startY: number): void {
  const { trace, scene, xs } = sketch;
  const targetsX = targetX(sketch, origin);
  const senderX = xs[trace.processIndexAt(origin)]!;
  if (targetsX < 0 || targetsX === senderX || isFolded(sketch, origin)) return;
  const lostY = sketch.yOf(id);
  const isAtCut = ['partition', 'cut'].includes(trace.textAt(id, 'reason')!);
  const share = isAtCut ? CUT_SHARE : LOST_SHARE;
  const x = senderX + share * (targetsX - senderX);
  const y = Math.max(startY + LOST_DROP, Math.min(lostY, startY + 3 * LOST_DROP));
  const side = Math.sign(targetsX - senderX);
  const named = { key: `lost-${id}`, firstId: origin, lastId: id };
  scene.strokes.push({
    ...{ shape: 'line', ...named, x1: senderX + 2 * side, y1: startY, x2: x - 4 * side, y2: y - 1 },
    ...{ ink: style.ink, width: style.width, dash: style.dash },
  });
  const fromY = Math.min(y, Math.max(lostY, startY));
  scene.marks.push({
    ...{ shape: 'mark', ...named, symbol: 'cross', x, y, angle: 0, ink: 'fault', fromY },
  });
  sketch.places.block(x, y, 6, 6);
  const ends = { x1: senderX + 2 * side, y1: startY, x2: x, y2: y };
  placeLabel(sketch, ends, named, wordOf(sketch, origin), style.labelInk);
}

/** Loss looks like delay: a dotted line beside the sender down to the next try. */
function drawRetry(sketch: Sketch, origin: number, id: number, startY: number): void {
  const { trace, scene, xs } = sketch;
  const targetsX = targetX(sketch, origin);
  if (isFolded(sketch, origin)) return;
  const senderX = xs[trace.processIndexAt(origin)]!;
  const x = senderX + RETRY_OFFSET * (targetsX < senderX ? -1 : 1);
  const named = { key: `retry-${id}`, firstId: origin, lastId: id };
  scene.strokes.push({
    ...{ shape: 'line', ...named, x1: x, y1: startY, x2: x, y2: sketch.yOf(id) },
    ...{ ink: 'command', width: 1, dash: '1 3' },
  });
}

/** There and back, with the sign of a reset where nobody listened. */
function drawRefusal(sketch: Sketch, origin: number, id: number): void {
  const { trace, scene, xs } = sketch;
  const x1 = xs[trace.processIndexAt(origin)]!;
  const by = trace.process(trace.textAt(id, 'from') ?? '');
  const x2 = by ? xs[by.index]! : targetX(sketch, origin);
  if (x2 < 0 || x1 === x2) return;
  const [y1, y2] = [sketch.yOf(origin), sketch.yOf(id)];
  const turnY = (y1 + y2) / 2;
  const side = Math.sign(x2 - x1);
  const named = { firstId: origin, lastId: id };
  const line = { shape: 'line', ...named, ink: 'ack', width: 1 } as const;
  const turnX = x2 - 6 * side;
  scene.strokes.push(
    { ...line, key: `refuse-${id}-there`, x1: x1 + 2 * side, y1, x2: turnX, y2: turnY },
    { ...line, key: `refuse-${id}-back`, x1: turnX, y1: turnY, x2: x1 + 2 * side, y2 },
  );
  scene.marks.push({
    ...{ shape: 'mark', key: `refuse-${id}`, ...named, symbol: 'head-reset', ink: 'fault' },
    ...{ x: x2 - 2 * side, y: turnY, angle: side > 0 ? 0 : Math.PI, fromY: turnY },
  });
  const ends = { x1, y1, x2, y2: turnY };
  placeLabel(sketch, ends, { key: `refuse-${id}`, ...named }, 'connect', 'ink-2');
}

/** It left; nobody here knows more. Through the lens that is said with a question mark. */
function drawStub(sketch: Sketch, origin: number, style: Style, startY: number): void {
  const { trace, scene, xs, lens, places, columns } = sketch;
  if (isFolded(sketch, origin)) return;
  const senderX = xs[trace.processIndexAt(origin)]!;
  const targetsX = targetX(sketch, origin);
  if (targetsX < 0 || targetsX === senderX) return;
  const side = Math.sign(targetsX - senderX);
  const x2 = senderX + side * STUB_LENGTH;
  const y2 = startY + STUB_DROP;
  const named = { key: `stub-${origin}`, firstId: origin, lastId: origin };
  scene.strokes.push({
    ...{ shape: 'line', ...named, x1: senderX + 2 * side, y1: startY, x2, y2 },
    ...{ ink: style.ink, width: style.width, dash: style.dash },
  });
  if (!lens) return;
  const word = wordOf(sketch, origin);
  const label = { shape: 'label', ...named, angle: 0, isMono: false, fromY: startY } as const;
  const rest = { ...label, text: `${word} ?`, ink: 'unknown' } as const;
  if (columns.orientation === 'down') {
    const anchor = side > 0 ? 'start' : 'end';
    places.place([{ ...rest, x: x2 + 4 * side, y: y2 + 5, anchor }]);
  } else {
    places.place([{ ...rest, x: x2 + (side > 0 ? 13 : -5), y: y2 - 4, anchor: 'start' }]);
  }
}
