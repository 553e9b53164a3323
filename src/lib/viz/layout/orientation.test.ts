import { describe, expect, test } from 'vitest';
import { traceNamed } from '../../../../tests/support/fixtures.ts';
import { randomTrace } from '../../../../tests/support/random-trace.ts';
import { seenFrom } from '#lib/trace/lens.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { ticks, TICK_DISTANCE_ACROSS } from './axis.ts';
import { layoutColumns } from './columns.ts';
import { coneOf, futurePolygon, pastPolygon, placeCaptions } from './cone.ts';
import { freeTicks, gutterOf, tagOf } from './gutter.ts';
import { eventAtPoint } from './hits.ts';
import { runsBeside, textWidth } from './labels.ts';
import { turned, turnedAngle, type Orientation } from './orientation.ts';
import { Picture } from './picture.ts';
import { layoutScene } from './scene.ts';
import { markOnScreen, type LabelShape, type Scene } from './shapes.ts';

const words = { effect: String, tries: String, copy: String, exit: String };
const ROOM = 584;

function sceneOf(trace: TraceStore, orientation: Orientation, lensNode: string | null = null) {
  const picture = new Picture();
  picture.extend(trace);
  const endY = picture.axis.lastY + 28;
  // The measures of rows are others; here the very same columns are turned.
  const columns = { ...layoutColumns(ROOM, trace.header!.nodes), orientation };
  const lens = lensNode === null ? null : seenFrom(trace, lensNode, trace.frontierUs);
  const scene = layoutScene({
    ...{ trace, picture, columns, fromY: 0, toY: endY, endY, lens, words },
  });
  return { scene, picture, columns, endY };
}

const traces = ['first-task-killed', 'every-shape'].map((name) => traceNamed(name));
const random = TraceStore.from(randomTrace({ seed: 2, nodeCount: 5, eventCount: 400 }));

/** A level text on the screen, as a box. */
function boxOf(label: LabelShape) {
  const { x, y } = turned('across', label);
  const width = textWidth(label.text, label.isMono);
  const left = label.anchor === 'start' ? x : label.anchor === 'end' ? x - width : x - width / 2;
  return { left, right: left + width, top: y - 9, bottom: y + 2 };
}

describe('a turned picture', () => {
  test('places that change twice are where they were, and so are directions', () => {
    expect(turned('across', { x: 3, y: 8 })).toEqual({ x: 8, y: 3 });
    expect(turned('across', turned('across', { x: 3, y: 8 }))).toEqual({ x: 3, y: 8 });
    expect(turned('down', { x: 3, y: 8 })).toEqual({ x: 3, y: 8 });
    // Down the screen becomes to the right, and to the right becomes down.
    expect(turnedAngle('across', Math.PI / 2)).toBeCloseTo(0);
    expect(turnedAngle('across', 0)).toBeCloseTo(Math.PI / 2);
  });

  test.each([null, 'client'])('is the same set of marks, seen from %s', (lens) => {
    for (const trace of traces) {
      const { orientation, labels, ...down } = sceneOf(trace, 'down', lens).scene;
      const { labels: texts, orientation: way, ...across } = sceneOf(trace, 'across', lens).scene;
      expect([orientation, way]).toEqual(['down', 'across']);
      expect(across).toEqual(down);
      // No word is said that the other does not say; where there is room both say all.
      const said = new Set(labels.map(({ key, text }) => `${key} ${text.slice(0, 3)}`));
      const missing = texts.filter(({ key, text }) => !said.has(`${key} ${text.slice(0, 3)}`));
      expect(missing.length).toBeLessThan(0.2 * texts.length + 1);
    }
  });

  test('a head points along its line, a sign that is read stands upright', () => {
    const { scene } = sceneOf(traces[1]!, 'across');
    const head = scene.marks.find(
      ({ key, symbol }) => symbol === 'head' && key.startsWith('mess'),
    )!;
    const line = scene.strokes.find(({ key }) => key === head.key)! as { y1: number; x1: number };
    const at = markOnScreen('across', head);
    const slope = Math.atan2(head.x - line.x1, head.y - line.y1);
    expect(at.angle).toBeCloseTo(slope, 1);
    expect(at).toMatchObject({ x: head.y, y: head.x });
    const clock = scene.marks.find(({ symbol }) => symbol === 'clock')!;
    expect(markOnScreen('across', clock).angle).toBe(0);
  });

  test('no text stands on its head or on its side, and level ones keep apart', () => {
    for (const trace of [...traces, random]) {
      const { labels } = sceneOf(trace, 'across').scene;
      for (const { angle, text } of labels) expect(Math.abs(angle), text).toBeLessThanOrEqual(0.9);
      const boxes = labels.filter(({ angle }) => angle === 0).map(boxOf);
      expect(boxes.length).toBeGreaterThan(3);
      for (const [index, a] of boxes.entries()) {
        for (const b of boxes.slice(index + 1)) {
          const isApart =
            a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
          expect(isApart).toBe(true);
        }
      }
    }
  });

  test('a text at an event begins where the event is', () => {
    const { scene } = sceneOf(traces[0]!, 'across');
    const text = scene.labels.find((label) => label.text === 'sending')!;
    const point = scene.marks.find(({ symbol, firstId }) => {
      return symbol === 'point' && firstId === text.firstId;
    })!;
    expect(text.anchor).toBe('start');
    expect(Math.abs(text.y - point.y)).toBeLessThan(4);
    expect(Math.abs(text.x - point.x)).toBeLessThan(32);
  });

  test('the pointer finds an event where it is seen', () => {
    const { scene } = sceneOf(traces[0]!, 'across');
    const found = (scene: Scene, seen: { x: number; y: number }) => {
      const { x, y } = turned(scene.orientation, seen);
      return eventAtPoint(scene, x, y, Infinity);
    };
    for (const { id, x, y } of scene.spots.slice(3, 6)) {
      expect(found(scene, { x: y, y: x })).toBe(id);
    }
  });
});

describe('rows', () => {
  const names = (count: number) => Array.from({ length: count }, (_, index) => `n${index + 1}`);

  test.each([
    [4, 640, false, 60],
    [9, 640, false, 60],
    [4, 600, true, 100],
    [20, 640, false, 24],
  ])('of %i nodes have room for their heads', (count, room, isPhone, head) => {
    const rows = layoutColumns(room, names(count), { orientation: 'across', isPhone });
    expect(rows.pitch).toBeGreaterThanOrEqual(head);
    expect(rows.xs[0]! - head / 2).toBeGreaterThanOrEqual(rows.gutter);
    expect(rows.width).toBeGreaterThanOrEqual(rows.xs.at(-1)! + head / 2);
  });

  test('begin below the times, and below what stands above those', () => {
    const four = layoutColumns(640, names(4), { orientation: 'across', isPhone: false });
    const strip = layoutColumns(640, names(4), {
      ...{ orientation: 'across', isPhone: false, strip: 28 },
    });
    expect(four.xs[0]).toBe(four.gutter + 42);
    expect(strip.xs[0]).toBe(four.xs[0]! + 28);
  });

  test('times above them do not touch each other, nor the cursor', () => {
    const { picture, endY } = sceneOf(random, 'across');
    const gutter = gutterOf(44, 'across');
    const all = ticks(picture.axis, 0, endY, false, TICK_DISTANCE_ACROSS);
    const rows = all.filter(({ isBreak }) => !isBreak);
    for (const [index, tick] of rows.slice(1).entries()) {
      const half = (textWidth(tick.text) + textWidth(rows[index]!.text)) / 2;
      expect(tick.y - rows[index]!.y).toBeGreaterThan(half);
    }
    const tag = tagOf(gutter, 412_000, rows[2]!.y + 20);
    const free = freeTicks(all, gutter, tag, []);
    expect(free.length).toBeLessThan(all.length);
    for (const { y, text } of free) {
      expect(Math.abs(y - tag.y)).toBeGreaterThan((tag.width + textWidth(text)) / 2);
    }
  });

  test('the line of the cursor is open where a text stands on it', () => {
    const label: LabelShape = {
      ...({ shape: 'label', key: 'a', firstId: 0, lastId: 0, text: 'printed' } as const),
      ...({ x: 120, y: 90, angle: 0, anchor: 'start', ink: 'ink' } as const),
      ...{ isMono: false, fromY: 90 },
    };
    // On the screen it goes from 90 to the right, 120 below the edge.
    const runs = runsBeside([label], 100, [40, 300], 'across');
    expect(runs).toHaveLength(2);
    expect(runs[0]![1]).toBeLessThan(120);
    expect(runs[1]![0]).toBeGreaterThan(118);
    expect(runsBeside([label], 200, [40, 300], 'across')).toEqual([[40, 300]]);
  });

  test('captions of a cone stand inside their areas', () => {
    const [trace] = traces;
    const { picture, columns, endY, scene } = sceneOf(trace!, 'across');
    const apexId = scene.spots[Math.floor(scene.spots.length / 2)]!.id;
    const cone = coneOf(trace!, apexId);
    const stage = { trace: trace!, picture, columns };
    const past = pastPolygon(stage, cone, 12);
    const future = futurePolygon(stage, cone, endY);
    const apex = scene.spots.find(({ id }) => id === apexId)!;
    const captions = placeCaptions({
      ...{ past, future, apex, orientation: 'across', topY: 0, bottomY: endY, labels: [] },
      words: { past: 'past', future: 'future', concurrent: 'beside' },
    });
    const told = captions.find(({ name }) => name === 'past')!;
    const half = textWidth('past') / 2;
    for (const { x, y } of past.edge.slice(1, -1)) {
      if (Math.abs(x - told.x) < 60) expect(told.y + half).toBeLessThan(Math.max(y, apex.y));
    }
    expect(told.y - half).toBeGreaterThan(12);
  });
});
