import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TraceStore } from '#lib/trace/store.ts';
import { nodesOf } from '#lib/trace/facts.ts';
import type { Ink } from '../layout/shapes.ts';
import { svgPicture } from './svg.ts';

const TEXT = readFileSync(
  new URL('../../../../tests/fixtures/traces/first-task-killed.jsonl', import.meta.url),
  'utf8',
);
const INKS = ['ink', 'ink-2', 'ink-3', 'control', 'hairline', 'canvas', 'command', 'answer', 'ack'];
const REST = ['background-message', 'fault', 'unknown', 'light', 'node-busy'];
const colours = Object.fromEntries(
  [...INKS, ...REST].map((ink, index) => [ink, `#0000${String(index).padStart(2, '0')}`]),
) as Record<Ink, string>;

function drawn(trace: TraceStore, cursorUs = trace.frontierUs, lens: string | null = null) {
  return svgPicture({
    ...{ trace, cursorUs, lens, colours, nodes: nodesOf(trace) },
    words: {
      effect: (count) => `effect ${count}`,
      tries: (count) => `${count}x`,
      copy: (number) => `copy ${number}`,
      exit: (code) => `exit ${code}`,
    },
    fonts: { ui: 'sans-serif', mono: 'monospace' },
    fontFaces: '',
  });
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
