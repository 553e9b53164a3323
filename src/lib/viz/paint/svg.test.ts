import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TraceStore } from '#lib/trace/store.ts';
import { nodesOf } from '#lib/trace/facts.ts';
import type { Ink } from '../layout/shapes.ts';
import { readXml, type XmlElement } from '../../../../tests/support/xml.ts';
import { svgPicture, type SvgOptions } from './svg.ts';

const TEXT = readFileSync(
  new URL('../../../../tests/fixtures/traces/first-task-killed.jsonl', import.meta.url),
  'utf8',
);
const INKS = ['ink', 'ink-2', 'ink-3', 'control', 'hairline', 'canvas', 'command', 'answer', 'ack'];
const REST = ['background-message', 'fault', 'unknown', 'light', 'node-busy'];
const colours = Object.fromEntries(
  [...INKS, ...REST].map((ink, index) => [ink, `#0000${String(index).padStart(2, '0')}`]),
) as Record<Ink, string>;

function drawn(
  trace: TraceStore,
  cursorUs = trace.frontierUs,
  lens: string | null = null,
  options: Partial<SvgOptions> = {},
) {
  return svgPicture({
    ...({ trace, cursorUs, lens, colours, nodes: nodesOf(trace) } as const),
    ...({ scale: 'elastic', orientation: 'down', showsBackground: false } as const),
    words: {
      effect: (count) => `effect ${count}`,
      tries: (count) => `${count}x`,
      copy: (number) => `copy ${number}`,
      exit: (code) => `exit ${code}`,
    },
    fonts: { ui: 'sans-serif', mono: 'monospace' },
    fontFaces: '',
    ...options,
  });
}

/** The names of the nodes as they stand on the picture, with their places. */
function namesOf(svg: XmlElement): { text: string; x: number; y: number }[] {
  return svg.children
    .filter(({ name, attributes }) => name === 'text' && attributes['class'] === 'mono')
    .map(({ text, attributes }) => ({
      text,
      x: Number(attributes['x']),
      y: Number(attributes['y']),
    }));
}

function all(element: XmlElement, name: string): XmlElement[] {
  const own = element.children.filter((child) => child.name === name);
  return [...own, ...element.children.flatMap((child) => all(child, name))];
}

/** The texts of the labels that stand on the picture. */
function labels(text: string): string[] {
  return [...text.matchAll(/<text class="label[^>]*>([^<]*)<\/text>/g)].map(([, it]) => it!);
}

test('a picture has every node, its messages and the death', () => {
  const trace = TraceStore.from(TEXT);
  const { text, width, height } = drawn(trace);
  expect(text).toContain(`viewBox="0 0 ${width} ${height}"`);
  for (const node of nodesOf(trace)) expect(text).toContain(`>${node}</text>`);
  expect(labels(text)).toEqual(expect.arrayContaining(['task', 'ack']));
  expect(text).toContain(`stroke="${colours.fault}"`);
  expect(text).not.toMatch(/NaN|undefined|var\(/);
});

test('a trace that came in pieces gives the same picture as its file', () => {
  const pieces = new TraceStore();
  for (const line of TEXT.trimEnd().split('\n')) pieces.append(`${line}\n`);
  expect(drawn(pieces).text).toBe(drawn(TraceStore.from(TEXT)).text);
});

test('it goes as far as the cursor, and shows what a node can know', () => {
  const trace = TraceStore.from(TEXT);
  const whole = labels(drawn(trace).text);
  const half = labels(drawn(trace, trace.timeAt(trace.sends.data[1]!)).text);
  expect(half.length).toBeGreaterThan(0);
  expect(half.length).toBeLessThan(whole.length);
  const client = drawn(trace, trace.frontierUs, 'client').text;
  expect(labels(client).length).toBeLessThan(whole.length);
});

test('what a program prints is never markup', () => {
  const hostile = '</text>\u0000\ud800&<script>alert(1)</script>';
  const { text } = drawn(TraceStore.from(TEXT.replace('"sending"', JSON.stringify(hostile))));
  expect(text).not.toContain('<script');
  expect(labels(text).join()).toContain('&lt;/text&gt;\uFFFD\uFFFD&amp;&lt;scr');
  // eslint-disable-next-line no-control-regex -- what XML cannot hold
  expect(text).not.toMatch(/[\u0000\ud800]/);
});

test('it is read again by a parser, turned or not, with the same lines', () => {
  const trace = TraceStore.from(TEXT);
  const [down, across] = (['down', 'across'] as const).map((orientation) =>
    readXml(drawn(trace, undefined, null, { orientation }).text),
  );
  for (const svg of [down!, across!]) {
    expect(svg.name).toBe('svg');
    expect(svg.attributes['xmlns']).toBe('http://www.w3.org/2000/svg');
  }
  const key = ({ attributes: { stroke, 'stroke-width': width } }: XmlElement) => [stroke, width];
  expect(all(across!, 'line').map(key)).toEqual(all(down!, 'line').map(key));
  expect(all(across!, 'path')).toHaveLength(all(down!, 'path').length);
  const turns = (svg: XmlElement) =>
    all(svg, 'g').filter(({ attributes }) => attributes['transform'] === 'matrix(0 1 1 0 0 0)');
  expect([turns(down!).length, turns(across!).length]).toEqual([0, 1]);
});

test('its columns are those that are shown, in their order, and its rows too', () => {
  const trace = TraceStore.from(TEXT);
  const nodes = [...nodesOf(trace)].reverse().filter((node) => node !== 'worker1');
  expect(nodes.length).toBeGreaterThan(2);
  const columns = readXml(drawn(trace, undefined, null, { nodes }).text);
  expect(namesOf(columns).map(({ text }) => text)).toEqual(nodes);
  expect(namesOf(columns).map(({ x }) => x)).toEqual(
    namesOf(columns)
      .map(({ x }) => x)
      .sort((a, b) => a - b),
  );
  const rows = readXml(drawn(trace, undefined, null, { nodes, orientation: 'across' }).text);
  const ys = namesOf(rows).map(({ y }) => y);
  expect(namesOf(rows).map(({ text }) => text)).toEqual(nodes);
  expect(ys).toEqual([...ys].sort((a, b) => a - b));
  expect(new Set(namesOf(rows).map(({ x }) => x)).size).toBe(1);
});

test('its scale of time is the one that is chosen', () => {
  const trace = TraceStore.from(TEXT);
  const heights = (['elastic', 'steps', 'true'] as const).map(
    (scale) => drawn(trace, undefined, null, { scale }).height,
  );
  expect(new Set(heights).size).toBe(3);
});
