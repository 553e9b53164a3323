// A scene as the text of an SVG file: the same shapes as SceneSvg, in plain colours, for papers,
// slides and whoever has not got the page. Pure: the same run gives the same text.

import { nodeFactsAt } from '#lib/trace/facts.ts';
import { seenFrom } from '#lib/trace/lens.ts';
import type { TraceStore } from '#lib/trace/store.ts';
import { ticks, TICK_DISTANCE_ACROSS, type Scale } from '../layout/axis.ts';
import { layoutColumns, type Columns } from '../layout/columns.ts';
import { gutterOf } from '../layout/gutter.ts';
import { positionAt } from '../layout/hits.ts';
import { textWidth } from '../layout/labels.ts';
import { transformOf, turned, type Orientation, type Point } from '../layout/orientation.ts';
import { Picture } from '../layout/picture.ts';
import { layoutScene, type SceneWords } from '../layout/scene.ts';
import {
  markOnScreen,
  SYMBOLS,
  type Flight,
  type Ink,
  type LabelShape,
  type MarkShape,
  type StrokeShape,
} from '../layout/shapes.ts';

export interface SvgOptions {
  trace: TraceStore;
  /** The columns, in their order. A node of the trace that is missing is hidden. */
  nodes: readonly string[];
  scale: Scale;
  /** Background traffic is drawn like the rest. */
  showsBackground: boolean;
  orientation: Orientation;
  /** The picture goes so far. */
  cursorUs: number;
  /** The node whose knowledge is shown; null shows everything. */
  lens: string | null;
  words: SceneWords;
  colours: Readonly<Record<Ink, string>>;
  /** As in `font-family`. */
  fonts: { readonly ui: string; readonly mono: string };
  /** CSS that brings the fonts along, or ''. */
  fontFaces: string;
}

export interface SvgPicture {
  text: string;
  width: number;
  height: number;
}

/** A pitch at which labels have room, of columns and of rows. */
const PITCH = 148;
const ROW_PITCH = 96;
/** Above the columns; before the rows it is as wide as the longest name. */
const HEAD = 40;
/** Life lines go on a little below the cursor. */
const TAIL = 28;
/** Free at the end of the paper. */
const MARGIN = 12;
/** From the edge of times above the picture to their baseline. */
const RULE_BASELINE = 9;

/** The run from its start to the cursor. */
export function svgPicture(options: SvgOptions): SvgPicture {
  const { trace, cursorUs, orientation, words, colours, fonts, fontFaces } = options;
  const picture = new Picture(options.scale, { showsBackground: options.showsBackground });
  picture.extend(trace);
  const columns = columnsOf(options);
  const head = headOf(options);
  const cursorY = picture.axis.yAt(cursorUs);
  const endY = trace.end && cursorUs >= trace.end.tUs ? cursorY + TAIL : cursorY;
  const lens = options.lens === null ? null : seenFrom(trace, options.lens, cursorUs);
  const scene = layoutScene({
    ...{ trace, picture, columns, endY, lens, words },
    fromY: -HEAD,
    toY: endY + TAIL,
  });
  const isPast = ({ fromY }: { fromY: number }): boolean => fromY <= endY;
  const labels = scene.labels.filter(isPast);
  const size = turned(orientation, { x: columns.width, y: endY + MARGIN });
  const origin = turned(orientation, { x: 0, y: head });
  const width = Math.ceil(
    origin.x + Math.max(size.x, ...labels.map((label) => rightOf(label, orientation))),
  );
  const height = Math.ceil(origin.y + size.y);
  const turn = transformOf(orientation);
  const text = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<style>${fontFaces}text{font:12px ${fonts.ui};font-variant-numeric:tabular-nums;white-space:pre}.mono{font-family:${fonts.mono}}.label{paint-order:stroke;stroke:${colours.canvas};stroke-width:3px;stroke-linejoin:round}</style>`,
    hatches(colours),
    `<clipPath id="past"><rect x="0" y="-${HEAD}" width="${columns.width}" height="${round(endY + HEAD)}"/></clipPath>`,
    `<rect width="${width}" height="${height}" fill="${colours.canvas}"/>`,
    heads(options, columns, head),
    `<g transform="translate(${origin.x} ${origin.y})">`,
    gutter(picture, columns, endY, colours),
    `<g${turn ? ` transform="${turn}"` : ''}><g clip-path="url(#past)">`,
    ...scene.strokes.map((stroke) => strokeText(stroke, colours)),
    '</g>',
    ...scene.flights.map((flight) => dotText(flight, cursorY, colours)),
    '</g>',
    ...scene.marks.filter(isPast).map((mark) => markText(mark, orientation, colours)),
    ...labels.map((label) => labelText(label, orientation, colours)),
    '</g></svg>\n',
  ].join('\n');
  return { text, width, height };
}

function columnsOf({ nodes, orientation }: SvgOptions): Columns {
  const gaps = Math.max(1, nodes.length - 1);
  if (orientation === 'down') return layoutColumns(176 + PITCH * gaps, nodes);
  return layoutColumns(128 + ROW_PITCH * (nodes.length - 1), nodes, {
    ...{ orientation, isPhone: false },
  });
}

/** Room for the names, along time. */
function headOf({ nodes, orientation }: SvgOptions): number {
  if (orientation === 'down') return HEAD;
  return Math.ceil(Math.max(0, ...nodes.map((node) => textWidth(node, true)))) + 2 * MARGIN;
}

function heads(
  { trace, nodes, cursorUs, orientation, colours }: SvgOptions,
  { xs }: Columns,
  head: number,
): string {
  return nodes
    .map((node, index) => {
      const isGone = ['killed', 'off'].includes(nodeFactsAt(trace, node, cursorUs).status);
      const ink = isGone ? colours.fault : colours.ink;
      const place =
        orientation === 'down'
          ? `x="${xs[index]}" y="26" text-anchor="middle"`
          : `x="${head - MARGIN}" y="${xs[index]! + 4}" text-anchor="end"`;
      return `<text class="mono" ${place} fill="${ink}">${escaped(node)}</text>`;
    })
    .join('\n');
}

function gutter(
  { axis }: Picture,
  columns: Columns,
  endY: number,
  colours: SvgOptions['colours'],
): string {
  const { orientation, gutter: width } = columns;
  const { inset, isNarrow } = gutterOf(width, orientation);
  const ink = `fill="${colours['ink-3']}"`;
  if (orientation === 'across') {
    return ticks(axis, 0, endY, isNarrow, TICK_DISTANCE_ACROSS)
      .map(({ y, text }) => {
        return `<text x="${round(y)}" y="${width - RULE_BASELINE}" text-anchor="middle" ${ink}>${escaped(text)}</text>`;
      })
      .join('\n');
  }
  return ticks(axis, 0, endY, isNarrow)
    .map(({ y, text }) => {
      return `<text x="${width - inset}" y="${round(y + 4)}" text-anchor="end" ${ink}>${escaped(text)}</text>`;
    })
    .join('\n');
}

function hatches(colours: SvgOptions['colours']): string {
  const hatch = (ink: Ink): string =>
    `<pattern id="hatch-${ink}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line y2="5" stroke="${colours[ink]}" stroke-width="2"/></pattern>`;
  return `<defs>${hatch('ink-3')}${hatch('fault')}</defs>`;
}

function strokeText(stroke: StrokeShape, colours: SvgOptions['colours']): string {
  const dash = stroke.dash === undefined ? '' : ` stroke-dasharray="${stroke.dash}"`;
  if (stroke.shape === 'line') {
    const { x1, y1, x2, y2, ink, width } = stroke;
    const cap = stroke.dash?.startsWith('1 ') ? ' stroke-linecap="round"' : '';
    return `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="${colours[ink]}" stroke-width="${width}"${dash}${cap}/>`;
  }
  const { x, y, width, height, radius = 0, fill, stroke: edge, hatch } = stroke;
  const box = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(Math.max(0, height))}"`;
  const inkOf = (ink: Ink | undefined): string => (ink ? colours[ink] : 'none');
  const over = hatch ? `<rect ${box} fill="url(#hatch-${hatch})" opacity="0.6"/>` : '';
  return `<rect ${box} rx="${radius}" fill="${inkOf(fill)}" stroke="${inkOf(edge)}"${dash}/>${over}`;
}

/** A message under way. */
function dotText(flight: Flight, cursorY: number, colours: SvgOptions['colours']): string {
  const place = positionAt(flight, cursorY);
  if (!place) return '';
  const radius = flight.isBackground ? 2 : 4;
  return `<circle cx="${round(place.x)}" cy="${round(place.y)}" r="${radius}" fill="${colours[flight.ink]}" stroke="${colours.canvas}" stroke-width="${radius / 2}"/>`;
}

function markText(
  mark: MarkShape,
  orientation: Orientation,
  colours: SvgOptions['colours'],
): string {
  const { symbol, ink } = mark;
  const { angle, ...place } = markOnScreen(orientation, mark);
  const { d, stroke, ...rest } = SYMBOLS[symbol];
  const back = 'back' in rest ? colours[rest.back] : 'none';
  const fill = stroke === 0 ? colours[ink] : back;
  const line = stroke === 0 ? 'none' : colours[ink];
  return `<path d="${d}" transform="${placed(place, angle)}" fill="${fill}" stroke="${line}" stroke-width="${stroke}" stroke-linecap="round" stroke-linejoin="round"/>`;
}

function labelText(
  label: LabelShape,
  orientation: Orientation,
  colours: SvgOptions['colours'],
): string {
  const { angle, anchor, ink, isMono, text } = label;
  return `<text class="label${isMono ? ' mono' : ''}" transform="${placed(turned(orientation, label), angle)}" fill="${colours[ink]}" text-anchor="${anchor}">${escaped(text)}</text>`;
}

function placed({ x, y }: Point, angle: number): string {
  return `translate(${round(x)} ${round(y)}) rotate(${degrees(angle)})`;
}

/** Where a label needs the paper to end: those of the last node may reach beyond its column. */
function rightOf(label: LabelShape, orientation: Orientation): number {
  if (label.anchor !== 'start') return 0;
  return turned(orientation, label).x + textWidth(label.text, label.isMono) + MARGIN;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function degrees(radians: number): number {
  return round((radians * 180) / Math.PI);
}

/** Text of programs is hostile: nothing of it may become markup, or a character that XML has not. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(UNFIT, '\uFFFD');
}

// eslint-disable-next-line no-control-regex -- exactly what XML 1.0 has no way to write
const UNFIT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;
