// A scene on a canvas: the same shapes as SceneSvg, for stretches with too many of them for a
// document. Colours come from the tokens, read where the canvas stands.

import type { TraceStore } from '#lib/trace/store.ts';
import { isDimmed, type Cone } from '../layout/cone.ts';
import { positionAt } from '../layout/hits.ts';
import { MATRIX, turned } from '../layout/orientation.ts';
import {
  markOnScreen,
  SYMBOLS,
  type Ink,
  type LabelShape,
  type MarkShape,
  type Scene,
  type StrokeShape,
  type SymbolName,
} from '../layout/shapes.ts';

/**
 * A dashed slanted line takes ten times as long as a whole one. With more of them than this no frame would be
 * in time: while the picture moves they are whole, told apart by their colour alone.
 */
const DASHED_MAX = 120;
/** What lies outside a cone, or ahead of the cursor. */
const FAINT = 0.24;

export interface PaintOptions {
  trace: TraceStore;
  /** The canvas's own left and top edge in the scene, and its size, before they are turned. */
  leftX: number;
  topY: number;
  width: number;
  height: number;
  clipY: number;
  cursorY: number;
  ghostY: number;
  cone: Cone | null;
  /** What a search has found; null where nothing is searched. */
  found?: ReadonlySet<number> | null;
  theme: Theme;
  /** Another picture follows at once. */
  isMoving?: boolean;
}

export interface Theme {
  colours: Record<Ink, string>;
  labelFont: string;
  monoFont: string;
  /** The same as `font-family`. */
  families: { readonly ui: string; readonly mono: string };
}

const INKS: readonly Ink[] = [
  'ink',
  'ink-2',
  'ink-3',
  'control',
  'hairline',
  'canvas',
  'command',
  'answer',
  'ack',
  'background-message',
  'fault',
  'unknown',
  'light',
  'node-busy',
];

/** Reads the tokens as they are at this element: custom properties themselves are not resolved. */
export function readTheme(element: HTMLElement): Theme {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  const style = getComputedStyle(probe);
  const colours = Object.fromEntries(
    INKS.map((ink) => {
      probe.style.color = `var(--${ink})`;
      return [ink, style.color];
    }),
  ) as Record<Ink, string>;
  probe.style.font = 'var(--text-label)';
  const labelFont = style.font;
  const ui = style.fontFamily;
  probe.style.fontFamily = 'var(--font-mono)';
  const monoFont = style.font;
  const families = { ui, mono: style.fontFamily };
  probe.remove();
  return { colours, labelFont, monoFont, families };
}

const paths = new Map<SymbolName, Path2D>();

function pathOf(symbol: SymbolName): Path2D {
  let path = paths.get(symbol);
  if (!path) paths.set(symbol, (path = new Path2D(SYMBOLS[symbol].d)));
  return path;
}

/** Paints a scene; the context's transform must map CSS pixels. */
export function paint(
  context: CanvasRenderingContext2D,
  scene: Scene,
  options: PaintOptions,
): void {
  const { leftX, topY, width, height, clipY, ghostY } = options;
  const { orientation } = scene;
  const size = turned(orientation, { x: width, y: height });
  const corner = turned(orientation, { x: leftX, y: topY });
  context.clearRect(0, 0, size.x, size.y);
  context.save();
  context.translate(-corner.x, -corner.y);
  context.save();
  context.transform(...MATRIX[orientation]);
  paintBetween(context, scene, options, -Infinity, clipY, 1);
  if (ghostY > clipY) paintBetween(context, scene, options, clipY, ghostY, FAINT);
  paintDots(context, scene, options);
  context.restore();
  for (const mark of scene.marks) {
    if (mark.fromY > Math.max(clipY, ghostY)) continue;
    paintMark(context, mark, scene, options, mark.fromY <= clipY ? 1 : FAINT);
  }
  context.lineWidth = 3;
  context.lineJoin = 'round';
  for (const label of scene.labels) {
    if (label.fromY <= clipY) paintLabel(context, label, scene, options);
  }
  context.restore();
}

function paintBetween(
  context: CanvasRenderingContext2D,
  scene: Scene,
  options: PaintOptions,
  fromY: number,
  toY: number,
  alpha: number,
): void {
  const top = Math.max(fromY, options.topY);
  const bottom = Math.min(toY, options.topY + options.height);
  if (bottom <= top) return;
  context.save();
  context.beginPath();
  context.rect(options.leftX, top, options.width, bottom - top);
  context.clip();
  const isDashed = !options.isMoving || dashedCount(scene) <= DASHED_MAX;
  for (const stroke of scene.strokes) {
    context.setLineDash(isDashed ? dashOf(stroke) : []);
    paintStroke(context, stroke, options, alpha);
  }
  context.restore();
}

function dashedCount({ strokes }: Scene): number {
  return strokes.filter(({ dash }) => dash !== undefined).length;
}

function dashOf({ dash }: StrokeShape): number[] {
  return dash ? dash.split(' ').map(Number) : [];
}

function isDim(options: PaintOptions, firstId: number, lastId: number): boolean {
  const { trace, cone, found = null } = options;
  return isDimmed(trace, cone, found, firstId, lastId);
}

function paintStroke(
  context: CanvasRenderingContext2D,
  stroke: StrokeShape,
  options: PaintOptions,
  alpha: number,
): void {
  const { colours } = options.theme;
  context.globalAlpha = isDim(options, stroke.firstId, stroke.lastId) ? alpha * FAINT : alpha;
  if (stroke.shape === 'line') {
    context.strokeStyle = colours[stroke.ink];
    context.lineWidth = stroke.width;
    context.beginPath();
    context.moveTo(stroke.x1, stroke.y1);
    context.lineTo(stroke.x2, stroke.y2);
    context.stroke();
    return;
  }
  const { x, y, width, height, fill, hatch } = stroke;
  if (fill) {
    context.fillStyle = colours[fill];
    context.fillRect(x, y, width, height);
  }
  if (hatch) paintHatch(context, stroke, colours[hatch], options);
  if (stroke.stroke) {
    context.strokeStyle = colours[stroke.stroke];
    context.lineWidth = 1;
    context.strokeRect(x, y, width, height);
  }
}

function paintHatch(
  context: CanvasRenderingContext2D,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  colour: string,
  { topY, height: viewHeight }: PaintOptions,
): void {
  const from = Math.max(y, topY - width);
  const to = Math.min(y + height, topY + viewHeight + width);
  context.save();
  context.beginPath();
  context.rect(x, from, width, Math.max(0, to - from));
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  for (let start = Math.floor(from / 7) * 7 - width; start < to; start += 7) {
    context.moveTo(x, start + width);
    context.lineTo(x + width, start);
  }
  context.stroke();
  context.restore();
}

function paintDots(context: CanvasRenderingContext2D, scene: Scene, options: PaintOptions): void {
  const { colours } = options.theme;
  context.setLineDash([]);
  for (const flight of scene.flights) {
    const place = positionAt(flight, options.cursorY);
    if (!place) continue;
    context.globalAlpha = isDim(options, flight.originId, flight.arrivalId) ? FAINT : 1;
    context.beginPath();
    context.arc(place.x, place.y, flight.isBackground ? 2 : 5, 0, 2 * Math.PI);
    context.fillStyle = colours.canvas;
    context.fill();
    context.beginPath();
    context.arc(place.x, place.y, flight.isBackground ? 1.5 : 4, 0, 2 * Math.PI);
    context.fillStyle = colours[flight.ink];
    context.fill();
  }
}

function paintMark(
  context: CanvasRenderingContext2D,
  mark: MarkShape,
  { orientation }: Scene,
  options: PaintOptions,
  alpha: number,
): void {
  const { colours } = options.theme;
  const symbol = SYMBOLS[mark.symbol];
  const path = pathOf(mark.symbol);
  context.globalAlpha = isDim(options, mark.firstId, mark.lastId) ? alpha * FAINT : alpha;
  context.save();
  const { x, y, angle } = markOnScreen(orientation, mark);
  context.translate(x, y);
  context.rotate(angle);
  context.lineCap = context.lineJoin = 'round';
  if ('back' in symbol) {
    context.fillStyle = colours[symbol.back];
    context.fill(path);
  }
  if (symbol.stroke === 0) {
    context.fillStyle = colours[mark.ink];
    context.fill(path);
  } else {
    context.strokeStyle = colours[mark.ink];
    context.lineWidth = symbol.stroke;
    context.stroke(path);
  }
  context.restore();
}

function paintLabel(
  context: CanvasRenderingContext2D,
  label: LabelShape,
  { orientation }: Scene,
  options: PaintOptions,
): void {
  if (isDim(options, label.firstId, label.lastId)) return;
  const { colours, labelFont, monoFont } = options.theme;
  context.globalAlpha = 1;
  context.save();
  const { x, y } = turned(orientation, label);
  context.translate(x, y);
  context.rotate(label.angle);
  context.font = label.isMono ? monoFont : labelFont;
  context.textAlign = label.anchor === 'middle' ? 'center' : label.anchor;
  context.strokeStyle = colours.canvas;
  context.strokeText(label.text, 0, 0);
  context.fillStyle = colours[label.ink];
  context.fillText(label.text, 0, 0);
  context.restore();
}
