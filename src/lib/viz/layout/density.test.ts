import { describe, expect, test } from 'vitest';
import { randomTrace } from '../../../../tests/support/random-trace.ts';
import { seenFrom } from '#lib/trace/lens.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { layoutColumns } from './columns.ts';
import { Picture } from './picture.ts';
import { layoutScene, type SceneOptions } from './scene.ts';
import { shapeCount, type RectShape, type Scene } from './shapes.ts';

const WORK = { proto: 'node', msg: 'call' };
const BEAT = { proto: 'amqp', msg: 'heartbeat' };
const words = { effect: String, tries: String, copy: String, exit: String };
const trace = TraceStore.from(randomTrace({ seed: 5, nodeCount: 5, eventCount: 20_000 }));
const picture = new Picture();
picture.extend(trace);
const fullY = picture.axis.lastY;

function sceneAt(zoom: number, options: Partial<SceneOptions> = {}): Scene {
  picture.axis.zoom = zoom;
  const columns = layoutColumns(584, trace.header!.nodes);
  const endY = picture.axis.lastY;
  return layoutScene({
    ...{ trace, picture, columns, fromY: 0, toY: 1400, endY, lens: null, words },
    ...options,
  });
}

const bars = ({ strokes }: Scene) =>
  strokes.filter(({ key }) => key.startsWith('dense-')) as RectShape[];

describe('a trace that is read in parts', () => {
  const columns = layoutColumns(584, trace.header!.nodes);
  const rest = { trace, columns, fromY: 0, endY: Infinity, lens: null, words };
  const part = new Picture();

  test('shows no more than has been read', () => {
    expect(part.extend(trace, 300)).toBe(false);
    const { strokes, spots } = layoutScene({ ...rest, picture: part, toY: 1e6 });
    expect(strokes.length).toBeGreaterThan(100);
    expect(Math.max(...spots.map(({ id }) => id))).toBeLessThan(300);
    expect(part.axis.lastY).toBeLessThan(fullY);
  });

  test('is the same picture in the end', () => {
    while (!part.extend(trace, 7000));
    picture.axis.zoom = 1;
    expect(part.axis.lastY).toBe(fullY);
    const at = { ...rest, fromY: fullY - 700, toY: fullY };
    expect(layoutScene({ ...at, picture: part })).toEqual(layoutScene({ ...at, picture }));
  });
});

describe('a stretch in which too much happens', () => {
  test('is drawn whole as long as it can be told apart', () => {
    const scene = sceneAt(1);
    expect(scene.everyNth).toBe(1);
    expect(bars(scene)).toEqual([]);
    expect(scene.labels.length).toBeGreaterThan(20);
  });

  test.each([0.03, 0.01, 1400 / fullY, 50 / fullY])('at %f stays below a canvas', (zoom) => {
    const scene = sceneAt(zoom);
    expect(Math.log2(scene.everyNth) % 1).toBe(0);
    expect(scene.everyNth).toBeGreaterThan(1);
    expect(shapeCount(scene)).toBeLessThan(5000);
    expect(scene.labels).toEqual([]);
    expect(bars(scene).length).toBeGreaterThan(0);
  });

  test('has a bar wherever a node does something, the wider the more', () => {
    const scene = sceneAt(100 / fullY);
    const { axis } = picture;
    const node = trace.process('n2')!;
    const [x] = scene.spots.filter(({ id }) => trace.processAt(id) === node).map(({ x }) => x);
    const own = bars(scene).filter((bar) => bar.x + bar.width / 2 === x);
    const countIn = ({ y, height }: RectShape): number => {
      const isIn = (id: number) =>
        axis.yAt(trace.timeAt(id)) >= y && axis.yAt(trace.timeAt(id)) < y + height;
      return Array.from(node.events.data.subarray(0, node.events.length)).filter(isIn).length;
    };
    expect(own.reduce((sum, bar) => sum + countIn(bar), 0)).toBe(node.events.length);
    const full = own.filter(({ height }) => height === own[0]!.height);
    const byCount = full.toSorted((a, b) => countIn(a) - countIn(b));
    expect(byCount[0]!.width).toBeLessThanOrEqual(byCount.at(-1)!.width);
  });

  test('leaves the same messages out wherever the window is', () => {
    const [upper, lower] = [sceneAt(0.02, { toY: 1400 }), sceneAt(0.02, { fromY: 300, toY: 1700 })];
    expect(upper.everyNth).toBe(lower.everyNth);
    const both = ({ spots }: Scene) =>
      spots.filter(({ y }) => y > 320 && y < 1380).map(({ id }) => id);
    expect(both(upper)).toEqual(both(lower));
    expect(both(upper).length).toBeGreaterThan(100);
  });

  test('does not count background traffic that is folded', () => {
    // Work in the first half and at the very end; heartbeats all the time.
    const lines = Array.from({ length: 8000 }, (_, tUs) => {
      const isWork = (tUs < 4000 && tUs % 2 === 0) || tUs === 7999;
      const told = { to: 'b', conn: 1, bytes: 1, preview: '' };
      return { tUs: tUs * 1000, kind: 'send', node: 'a', ...told, ...(isWork ? WORK : BEAT) };
    });
    const header = { lightcone: 1, build: 'test', seed: 1, nodes: ['a', 'b'] };
    const mixed = new TraceStore();
    mixed.take([header, ...lines] as never);
    const sceneOf = (showsBackground: boolean): Scene => {
      const own = new Picture('true', { showsBackground });
      own.extend(mixed);
      own.axis.zoom = 0.01;
      return layoutScene({
        ...{ trace: mixed, picture: own, columns: layoutColumns(584, ['a', 'b']) },
        ...{ fromY: 0, toY: own.axis.lastY, endY: own.axis.lastY, lens: null, words },
      });
    };
    const lengthOf = (scene: Scene) => bars(scene).reduce((sum, { height }) => sum + height, 0);
    const [folded, shown] = [sceneOf(false), sceneOf(true)];
    expect(lengthOf(folded) / lengthOf(shown)).toBeCloseTo(0.5, 1);
    expect(folded.spots.every(({ id }) => mixed.roleAt(id) === 'command')).toBe(true);
    expect(shown.spots.some(({ id }) => mixed.roleAt(id) === 'background')).toBe(true);
  });

  test('tells through a lens only what its node can know', () => {
    const lens = seenFrom(trace, 'n1', trace.timeAt(9000));
    const scene = sceneAt(1400 / fullY, { lens });
    expect(bars(scene)).toEqual([]);
    expect(scene.spots.length).toBeGreaterThan(50);
    expect(scene.spots.every(({ id }) => lens.has(id))).toBe(true);
  });
});
