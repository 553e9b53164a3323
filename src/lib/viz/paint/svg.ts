// A scene as the text of an SVG file: the same shapes as SceneSvg, in plain colours, for papers,
// slides and whoever has not got the page. Pure: the same run gives the same text.

import { nodeFactsAt } from '#lib/trace/facts.ts';
import { seenFrom } from '#lib/trace/lens.ts';
import type { TraceStore } from '#lib/trace/store.ts';
import { ticks } from '../layout/axis.ts';
import { layoutColumns, type Columns } from '../layout/columns.ts';
import { gutterOf } from '../layout/gutter.ts';
import { positionAt } from '../layout/hits.ts';
import { textWidth } from '../layout/labels.ts';
import { Picture } from '../layout/picture.ts';
import { layoutScene, type SceneWords } from '../layout/scene.ts';
import {
  SYMBOLS,
  type Flight,
  type Ink,
  type LabelShape,
  type MarkShape,
  type StrokeShape,
} from '../layout/shapes.ts';

export interface SvgOptions {
  trace: TraceStore;
  nodes: readonly string[];
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

/** A pitch at which labels have room. */
const PITCH = 148;
const HEAD = 40;
/** Life lines go on a little below the cursor. */
const TAIL = 28;

/** The run from its start to the cursor. */
export function svgPicture(options: SvgOptions): SvgPicture {
  const { trace, nodes, cursorUs, words, colours, fonts, fontFaces } = options;
  const picture = new Picture();
  picture.extend(trace);
  const columns = layoutColumns(176 + PITCH * Math.max(1, nodes.length - 1), nodes);
  const cursorY = picture.axis.yAt(cursorUs);
  const endY = trace.end && cursorUs >= trace.end.tUs ? cursorY + TAIL : cursorY;
  const lens = options.lens === null ? null : seenFrom(trace, options.lens, cursorUs);
  const scene = layoutScene({
    ...{ trace, picture, columns, endY, lens, words },
    fromY: -HEAD,
    toY: endY + TAIL,
  });
  const width = Math.max(columns.width, ...scene.labels.map(rightOf));
  const height = Math.ceil(endY + HEAD + 12);
  const isPast = ({ fromY }: { fromY: number }): boolean => fromY <= endY;
  const text = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<style>${fontFaces}text{font:12px ${fonts.ui};font-variant-numeric:tabular-nums;white-space:pre}.mono{font-family:${fonts.mono}}.label{paint-order:stroke;stroke:${colours.canvas};stroke-width:3px;stroke-linejoin:round}</style>`,
    hatches(colours),
    `<clipPath id="past"><rect x="0" y="-${HEAD}" width="${width}" height="${round(endY + HEAD)}"/></clipPath>`,
    `<rect width="${width}" height="${height}" fill="${colours.canvas}"/>`,
    heads(options, columns),
    `<g transform="translate(0 ${HEAD})">`,
    gutter(picture, columns, endY, colours),
    '<g clip-path="url(#past)">',
    ...scene.strokes.map((stroke) => strokeText(stroke, colours)),
    '</g>',
    ...scene.flights.map((flight) => dotText(flight, cursorY, colours)),
    ...scene.marks.filter(isPast).map((mark) => markText(mark, colours)),
    ...scene.labels.filter(isPast).map((label) => labelText(label, colours)),
    '</g></svg>\n',
  ].join('\n');
  return { text, width, height };
}

function heads({ trace, nodes, cursorUs, colours }: SvgOptions, { xs }: Columns): string {
  return nodes
    .map((node, index) => {
      const isGone = ['killed', 'off'].includes(nodeFactsAt(trace, node, cursorUs).status);
      const ink = isGone ? colours.fault : colours.ink;
      return `<text class="mono" x="${xs[index]}" y="26" text-anchor="middle" fill="${ink}">${escaped(node)}</text>`;
    })
    .join('\n');
}

function gutter(
  { axis }: Picture,
  columns: Columns,
  endY: number,
  colours: SvgOptions['colours'],
): string {
  const { inset, isNarrow } = gutterOf(columns.gutter);
  const x = columns.gutter - inset;
  return ticks(axis, 0, endY, isNarrow)
    .map(({ y, text }) => {
      return `<text x="${x}" y="${round(y + 4)}" text-anchor="end" fill="${colours['ink-3']}">${escaped(text)}</text>`;
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

function markText({ symbol, x, y, angle, ink }: MarkShape, colours: SvgOptions['colours']): string {
  const { d, stroke, ...rest } = SYMBOLS[symbol];
  const back = 'back' in rest ? colours[rest.back] : 'none';
  const fill = stroke === 0 ? colours[ink] : back;
  const line = stroke === 0 ? 'none' : colours[ink];
  return `<path d="${d}" transform="translate(${round(x)} ${round(y)}) rotate(${degrees(angle)})" fill="${fill}" stroke="${line}" stroke-width="${stroke}" stroke-linecap="round" stroke-linejoin="round"/>`;
}

function labelText(label: LabelShape, colours: SvgOptions['colours']): string {
  const { x, y, angle, anchor, ink, isMono, text } = label;
  return `<text class="label${isMono ? ' mono' : ''}" transform="translate(${round(x)} ${round(y)}) rotate(${degrees(angle)})" fill="${colours[ink]}" text-anchor="${anchor}">${escaped(text)}</text>`;
}

/** Where a label needs the paper to end: those of the last node may reach beyond its column. */
function rightOf({ x, anchor, text }: LabelShape): number {
  return anchor === 'start' ? Math.ceil(x + textWidth(text) + 12) : 0;
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
