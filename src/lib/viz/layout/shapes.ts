// What a picture is made of. Both painters, SVG and canvas, draw these and nothing else, so the
// choice between them is the last step and no layout knows of it. Places are of the layout, where time
// goes down; painters turn them to the screen (orientation.ts).

import { turned, turnedAngle, type Orientation, type Point } from './orientation.ts';

/** A colour by its token's name in ui/tokens.css. */
export type Ink =
  | 'ink'
  | 'ink-2'
  | 'ink-3'
  | 'control'
  | 'hairline'
  | 'canvas'
  | 'command'
  | 'answer'
  | 'ack'
  | 'background-message'
  | 'fault'
  | 'unknown'
  | 'light'
  | 'node-busy';

interface Drawn {
  /** Stable over redraws. */
  key: string;
  /**
   * The first and the last event that it stands for; -1 for none. A cone lights it up when the
   * last one is in the past or the first one in the future.
   */
  firstId: number;
  lastId: number;
}

export interface LineShape extends Drawn {
  shape: 'line';
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  ink: Ink;
  width: number;
  /** As in `stroke-dasharray`. */
  dash?: string | undefined;
}

export interface RectShape extends Drawn {
  shape: 'rect';
  x: number;
  y: number;
  width: number;
  height: number;
  fill?: Ink | undefined;
  stroke?: Ink | undefined;
  dash?: string | undefined;
  /** Diagonal lines in this colour instead of a fill. */
  hatch?: Ink | undefined;
  radius?: number | undefined;
}

/** A sign at a point, drawn from `SYMBOLS`. It appears when the cursor has passed `fromY`. */
export interface MarkShape extends Drawn {
  shape: 'mark';
  symbol: SymbolName;
  x: number;
  y: number;
  /** Radians; 0 points right in the layout. */
  angle: number;
  ink: Ink;
  fromY: number;
}

/** A text of 12 px with a halo of the paper. It appears when the cursor has passed `fromY`. */
export interface LabelShape extends Drawn {
  shape: 'label';
  text: string;
  x: number;
  y: number;
  /** Radians, on the screen, as `anchor` is: a text is never turned. */
  angle: number;
  anchor: 'start' | 'middle' | 'end';
  ink: Ink;
  isMono: boolean;
  fromY: number;
}

export type StrokeShape = LineShape | RectShape;

/** How a symbol is drawn: filled, stroked with a width, or stroked over the paper. */
interface Symbol {
  d: string;
  /** Stroke width; 0 fills. */
  stroke: number;
  /** Fill behind the stroke. */
  back?: Ink;
  /** A sign that is read: it stands upright whichever way time goes. */
  isUpright?: true;
}

/** Every sign, around (0, 0), pointing right. */
export const SYMBOLS = {
  /** Command: filled, 8 x 7, the point at the origin. */
  head: { d: 'M0 0L-8 -3.5L-8 3.5Z', stroke: 0 },
  /** Answer: open. */
  'head-open': { d: 'M-7.500 -3.500L-0.500 0L-7.500 3.500', stroke: 1.5 },
  /** Ack: a dot of radius 2. */
  dot: { d: 'M-4.500 0a2.250 2.250 0 1 0 4.500 0a2.250 2.250 0 1 0 -4.500 0Z', stroke: 0 },
  /** End of stream. */
  'head-close': { d: 'M-6.500 -3H-0.500V3H-6.500Z', stroke: 1.25, back: 'canvas' },
  /** Reset or refusal. */
  'head-reset': { d: 'M-1 -4.500V4.500M-7 0H-1', stroke: 1.5 },
  /** A lost packet. */
  cross: { d: 'M-4 -4L4 4M4 -4L-4 4', stroke: 2 },
  /** A killed process. */
  killed: { d: 'M-6 -6L6 6M6 -6L-6 6', stroke: 2.5 },
  /** A killed child. */
  'killed-small': { d: 'M-3.500 -3.500L3.500 3.500M3.500 -3.500L-3.500 3.500', stroke: 2 },
  /** A machine without power: a flat cap on its line, and the sign of the button. */
  cap: { d: 'M-8 0H8', stroke: 2 },
  off: { d: 'M0 -4.500V0M-3 -3A4.250 4.250 0 1 0 3 -3', stroke: 2, isUpright: true },
  /** A process that ended by itself. */
  ended: { d: 'M-4 -4H4V4H-4Z', stroke: 0 },
  ring: { d: 'M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0Z', stroke: 2, back: 'canvas' },
  born: { d: 'M-4 0H4', stroke: 2 },
  effect: { d: 'M0 -5L5 0L0 5L-5 0Z', stroke: 0 },
  fired: { d: 'M0 -4L4 0L0 4L-4 0Z', stroke: 1.5, back: 'canvas' },
  clock: {
    d: 'M-4.500 0a4.500 4.500 0 1 0 9 0a4.500 4.500 0 1 0 -9 0ZM0 -2.500V0L2 1.200',
    stroke: 1.25,
    back: 'canvas',
    isUpright: true,
  },
  signal: { d: 'M1.500 -6L-3 1H0.500L-1.500 6L3 -1H-0.500Z', stroke: 0, isUpright: true },
  /** Lucide's unlink and link, at 13 px. */
  cut: {
    d: 'M3.76 0.14l0.95 -0.94h-0.01a2.75 2.75 0 0 0 -0.07 -3.89a2.75 2.75 0 0 0 -3.82 0l-0.95 0.94M-3.76 -0.14l-0.94 0.94a2.75 2.75 0 0 0 0.07 3.89a2.75 2.75 0 0 0 3.82 0l0.94 -0.94M-2.2 -5.5L-2.2 -3.85M-5.5 -2.2L-3.85 -2.2M2.2 3.85L2.2 5.5M3.85 2.2L5.5 2.2',
    stroke: 1.25,
    isUpright: true,
  },
  mend: {
    d: 'M-1.1 0.55a2.75 2.75 0 0 0 4.15 0.3l1.65 -1.65a2.75 2.75 0 0 0 -3.89 -3.89l-0.95 0.94M1.1 -0.55a2.75 2.75 0 0 0 -4.15 -0.3l-1.65 1.65a2.75 2.75 0 0 0 3.89 3.89l0.94 -0.94',
    stroke: 1.25,
    isUpright: true,
  },
  /** Where a print stands. */
  point: { d: 'M-2.500 0a2.500 2.500 0 1 0 5 0a2.500 2.500 0 1 0 -5 0Z', stroke: 0 },
  /** A gap in the axis, across a life line. */
  gap: { d: 'M-5 -1.500L5 -4.500M-5 4.500L5 1.500', stroke: 1.25 },
} as const satisfies Record<string, Symbol>;

export type SymbolName = keyof typeof SYMBOLS;

/** A message on its way, for the dot that moves: a point of a straight line at the cursor's height. */
export interface Flight {
  originId: number;
  arrivalId: number;
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  ink: Ink;
  isBackground: boolean;
}

/** Where the pointer finds an event. */
export interface Spot {
  id: number;
  x: number;
  y: number;
}

/** Where a mark stands on the screen, and how it is turned. */
export function markOnScreen(orientation: Orientation, mark: MarkShape): Point & { angle: number } {
  const isUpright = 'isUpright' in SYMBOLS[mark.symbol];
  const angle = isUpright ? mark.angle : turnedAngle(orientation, mark.angle);
  return { ...turned(orientation, mark), angle };
}

/** Everything to draw in one stretch of the picture. It does not depend on the cursor. */
export interface Scene {
  orientation: Orientation;
  /** Cut off at the cursor. */
  strokes: StrokeShape[];
  marks: MarkShape[];
  labels: LabelShape[];
  flights: Flight[];
  spots: Spot[];
  /** Where more happens than can be told apart only each so manieth event is drawn; 1: every one. */
  everyNth: number;
}

export function emptyScene(orientation: Orientation): Scene {
  const none = { strokes: [], marks: [], labels: [], flights: [], spots: [] };
  return { orientation, ...none, everyNth: 1 };
}

export function shapeCount({ strokes, marks, labels }: Scene): number {
  return strokes.length + marks.length + labels.length;
}
