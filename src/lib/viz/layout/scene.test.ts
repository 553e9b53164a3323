import { describe, expect, test } from 'vitest';
import { idOf, traceNamed } from '../../../../tests/support/fixtures.ts';
import { randomTrace } from '../../../../tests/support/random-trace.ts';
import { seenFrom } from '#lib/trace/lens.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { layoutColumns } from './columns.ts';
import { eventAtPoint, neighbour, nodeAtX, positionAt } from './hits.ts';
import { Picture } from './picture.ts';
import { countBackground } from './prominence.ts';
import { layoutScene, type SceneOptions } from './scene.ts';
import type { LineShape, RectShape, Scene } from './shapes.ts';

const words = {
  effect: (count: number) => `effect ${count}`,
  tries: (count: number) => `${count}×`,
  copy: (number: number) => `${number}nd`,
  exit: (code: number) => `exit ${code}`,
};

function sceneOf(trace: TraceStore, options: Partial<SceneOptions> = {}): Scene {
  const picture = new Picture();
  picture.extend(trace);
  const columns = layoutColumns(584, trace.header!.nodes);
  const endY = picture.axis.lastY + 28;
  return layoutScene({
    ...{ trace, picture, columns, fromY: 0, toY: endY, endY, lens: null, words },
    ...options,
  });
}

const killed = traceNamed('first-task-killed');
const everyShape = traceNamed('every-shape');

const strokesOf = (scene: Scene, prefix: string) =>
  scene.strokes.filter(({ key }) => key.startsWith(prefix));
const symbolsOf = (scene: Scene) => scene.marks.map(({ symbol }) => symbol);
const textsOf = (scene: Scene) => scene.labels.map(({ text }) => text);

describe('a scene', () => {
  const scene = sceneOf(killed);

  test('a message is a straight line from sending to arrival', () => {
    const task = scene.flights.find(({ originId }) => originId === idOf(killed, 'send', 3))!;
    expect([task.x1, task.x2]).toEqual([528, 120]);
    expect(killed.kindAt(task.arrivalId)).toBe('deliver');
    const half = positionAt(task, (task.y1 + task.y2) / 2)!;
    expect(half.x).toBeCloseTo(324);
    expect(positionAt(task, task.y1)).toBeNull();
    expect(positionAt(task, task.y2 + 1)).toBeNull();
  });

  test('roles have their own lines: commands solid, background dotted and thin', () => {
    const command = strokesOf(scene, 'message-').find(({ firstId }) => {
      return killed.textAt(firstId, 'msg') === 'task';
    }) as LineShape;
    expect(command).toMatchObject({ ink: 'command', dash: undefined });
    expect(command.width).toBeGreaterThanOrEqual(1.5);
    const connect = strokesOf(scene, `message-${idOf(killed, 'connect')}`)[0] as LineShape;
    expect(connect).toMatchObject({ ink: 'background-message', width: 1, dash: '1 4' });
  });

  test('the ack leaves above the bar and the kill falls inside it', () => {
    const span = strokesOf(scene, `bar-${idOf(killed, 'span')}`)[0] as RectShape;
    const ack = scene.flights.find(({ originId }) => killed.textAt(originId, 'msg') === 'ack')!;
    const kill = scene.marks.find(({ symbol }) => symbol === 'killed')!;
    expect(ack.y1).toBeLessThan(span.y);
    expect(kill.y).toBeCloseTo(span.y + span.height);
    expect(textsOf(scene)).toContain('tasks.add(4, 4)');
  });

  test('a line of a killed process ends; only a trace of dots goes on', () => {
    const index = killed.process('worker1')!.index;
    const pieces = strokesOf(scene, `life-${index}-`) as LineShape[];
    expect(pieces.map(({ dash }) => dash)).toEqual([undefined, '1 4']);
    expect(pieces[0]!.y2).toBe(pieces[1]!.y1);
  });

  test('the start-up prints of a worker are not drawn, those of the client are', () => {
    expect(textsOf(scene)).toContain('sending');
    expect(textsOf(scene).filter((text) => text.includes('celery@'))).toEqual([]);
  });

  test('every shape of the book is drawn', () => {
    const shapes = sceneOf(everyShape);
    const symbols = new Set(symbolsOf(shapes));
    for (const symbol of [
      ...['head', 'head-reset', 'cross', 'killed', 'off', 'ended', 'ring', 'effect'],
      ...['fired', 'clock', 'cut', 'mend', 'point', 'born'],
    ]) {
      expect(symbols.has(symbol as never), symbol).toBe(true);
    }
    const texts = textsOf(shapes);
    for (const text of ['call 3×', '2nd', 'effect 1', 'effect 2', '#2', 'exit 1', 'retry']) {
      expect(texts, text).toContain(text);
    }
    expect(strokesOf(shapes, 'cut-')).toHaveLength(1);
    expect(shapes.labels.find(({ text }) => text === 'effect 2')!.ink).toBe('fault');
    expect((strokesOf(shapes, 'retry-')[0] as LineShape).dash).toBe('1 3');
  });

  test('a packet lost at the cut stops half-way', () => {
    const lost = sceneOf(everyShape).marks.filter(({ key }) => key.startsWith('lost-'));
    const atCut = lost.find(({ lastId }) => everyShape.textAt(lastId, 'reason') === 'partition')!;
    const [client, server] = layoutColumns(584, everyShape.header!.nodes).xs;
    expect(atCut.x).toBe((client! + server!) / 2);
  });

  test.each([1, 2, 3])('no label covers another, seed %i', (seed) => {
    const trace = TraceStore.from(randomTrace({ seed, nodeCount: 5, eventCount: 400 }));
    const { labels } = sceneOf(trace);
    expect(labels.length).toBeGreaterThan(20);
    const level = labels.filter(({ angle }) => angle === 0);
    for (const a of level) {
      for (const b of level) {
        if (a === b || a.anchor !== 'start' || b.anchor !== 'start') continue;
        const isApart = Math.abs(a.y - b.y) >= 12 || Math.abs(a.x - b.x) > 20;
        expect(isApart, `${a.text} ${b.text}`).toBe(true);
      }
    }
  });

  test.each([1, 2])('a part looks as in the whole, seed %i', (seed) => {
    const trace = TraceStore.from(randomTrace({ seed, nodeCount: 4, eventCount: 3000 }));
    const whole = sceneOf(trace);
    for (const fromY of [1000, 7000]) {
      const toY = fromY + 900;
      const part = sceneOf(trace, { fromY, toY });
      const keys = new Set(part.strokes.map(({ key }) => key));
      for (const stroke of whole.strokes) {
        if (!stroke.key.startsWith('message-') || stroke.shape !== 'line') continue;
        if (Math.max(stroke.y1, stroke.y2) < fromY + 5 || stroke.y1 > toY - 5) continue;
        expect(keys.has(stroke.key), stroke.key).toBe(true);
      }
      expect(part.strokes.length).toBeLessThan(whole.strokes.length);
    }
  });

  test('background traffic is folded, or drawn with words when it is asked for', () => {
    const asks = (trace: TraceStore, id: number) =>
      trace.kindAt(id) === 'send' && trace.roleAt(id) === 'background';
    const trace = TraceStore.from(
      [
        '{"lightcone":1,"build":"","seed":1,"nodes":["a","b"]}',
        '{"tUs":0,"kind":"start","node":"a","incarnation":1,"command":"x"}',
        '{"tUs":0,"kind":"start","node":"b","incarnation":1,"command":"x"}',
        '{"tUs":1000,"kind":"send","node":"a","to":"b","proto":"amqp","msg":"heartbeat","bytes":1}',
        '{"tUs":11000,"kind":"deliver","node":"b","send":2,"from":"a","proto":"amqp","msg":"heartbeat"}',
        '{"tUs":50000,"kind":"exit","node":"a","code":0}',
      ].join('\n') + '\n',
    );
    const beat = trace.firstAtOrAfter(1000);
    expect(asks(trace, beat)).toBe(true);
    const [folded, shown] = [false, true].map((showsBackground) => {
      const picture = new Picture('elastic', { showsBackground });
      picture.extend(trace);
      const scene = sceneOf(trace, { picture, endY: picture.axis.lastY + 28 });
      return { picture, scene };
    });
    const prefix = `message-${beat}`;
    expect(strokesOf(folded!.scene, prefix)).toMatchObject([{ dash: '1 4', width: 1 }]);
    expect(textsOf(folded!.scene)).not.toContain('heartbeat');
    expect(strokesOf(shown!.scene, prefix)).toHaveLength(1);
    expect(textsOf(shown!.scene)).toContain('heartbeat');
    expect(shown!.picture.axis.rowCount).toBe(folded!.picture.axis.rowCount + 2);
    expect(shown!.scene.spots.map(({ id }) => id)).toContain(beat);
    // And it is walked along.
    const nodes = ['a', 'b'];
    const isShown = () => true;
    expect(neighbour(trace, nodes, beat, 'right', isShown, true)).toBe(trace.closerAt(beat));
    expect(neighbour(trace, nodes, beat, 'right', isShown)).not.toBe(trace.closerAt(beat));
    const seen = { seenUs: 50_000, cursorUs: 50_000 };
    expect(countBackground(trace, { ...seen, lens: null })).toBe(1);
    expect(countBackground(trace, { ...seen, seenUs: 0, cursorUs: 500, lens: null })).toBe(0);
    expect(countBackground(trace, { ...seen, cursorUs: 5_000, lens: 'b' })).toBe(0);
    expect(countBackground(trace, { ...seen, lens: 'b' })).toBe(1);
  });

  test('an empty trace is an empty scene', () => {
    const trace = new TraceStore();
    trace.append('{"lightcone":1,"build":"","seed":1,"nodes":["a"]}\n');
    expect(sceneOf(trace).strokes).toEqual([]);
  });
});

describe('through the lens', () => {
  const lens = seenFrom(killed, 'client', killed.frontierUs);
  const scene = sceneOf(killed, { lens });

  test('the death is not in the picture, nor what followed from it', () => {
    expect(symbolsOf(scene)).not.toContain('killed');
    const kill = idOf(killed, 'kill');
    for (const shape of [...scene.strokes, ...scene.marks, ...scene.labels]) {
      expect(shape.firstId).toBeLessThan(kill);
      if (shape.lastId >= 0) expect(lens.has(shape.lastId), shape.key).toBe(true);
    }
  });

  test('the lines of others end where knowledge of them does', () => {
    const known = lens.past[killed.process('worker1')!.index]!;
    const lines = strokesOf(scene, `life-${killed.process('worker1')!.index}-`) as LineShape[];
    expect(lines.at(-1)!.y2).toBeLessThan(100);
    expect(killed.timeAt(known)).toBe(23_200);
    expect(textsOf(scene)).toContain('?');
  });

  test('nobody sees the network: a loss looks like a delay', () => {
    const all = sceneOf(everyShape, { lens: seenFrom(everyShape, 'server', 2_000_000) });
    expect(symbolsOf(all)).not.toContain('cross');
    const call = idOf(everyShape, 'send', 1, 'client');
    expect(all.flights.some(({ originId }) => originId === call)).toBe(true);
  });
});

describe('pointing and walking', () => {
  const scene = sceneOf(killed);
  const nodes = killed.header!.nodes;
  const all = () => true;

  test('an event is found near its point, a message along its line', () => {
    const ack = scene.flights.find(({ originId }) => killed.textAt(originId, 'msg') === 'ack')!;
    expect(eventAtPoint(scene, ack.x1 - 5, ack.y1 + 4, Infinity)).toBe(ack.originId);
    const near = positionAt(ack, ack.y1 + 0.4 * (ack.y2 - ack.y1))!;
    expect(eventAtPoint(scene, near.x, near.y + 3, Infinity)).toBe(ack.originId);
    expect(eventAtPoint(scene, near.x, near.y + 3, ack.y1 - 1)).toBe(-1);
    expect(eventAtPoint(scene, 2, 2, Infinity)).toBe(-1);
  });

  test('a life line is found by its column', () => {
    const columns = layoutColumns(584, nodes);
    expect(nodeAtX(columns, 395)).toBe('worker1');
    expect(nodeAtX(columns, 330)).toBeNull();
  });

  test('arrows walk down a life line and along a message', () => {
    const task = idOf(killed, 'send', 3);
    const arrival = killed.closerAt(task);
    expect(neighbour(killed, nodes, task, 'left', all)).toBe(arrival);
    expect(neighbour(killed, nodes, arrival, 'right', all)).toBe(task);
    const start = idOf(killed, 'start', 1, 'worker1');
    const below = neighbour(killed, nodes, start, 'down', all);
    expect(killed.kindAt(below)).toBe('deliver');
    expect(neighbour(killed, nodes, below, 'up', all)).toBe(start);
    expect(neighbour(killed, nodes, start, 'up', all)).toBe(-1);
  });

  test('and step over to the next life line where no message leads', () => {
    const wait = idOf(killed, 'wait');
    const next = neighbour(killed, nodes, wait, 'left', all);
    expect(killed.processAt(next).node).toBe('worker1');
    expect(neighbour(killed, nodes, wait, 'right', all)).toBe(-1);
  });

  test('what the lens hides is stepped over', () => {
    const { has } = seenFrom(killed, 'client', killed.frontierUs);
    const task = idOf(killed, 'send', 3);
    expect(neighbour(killed, nodes, task, 'left', has)).toBe(killed.closerAt(task));
    const arrival = killed.closerAt(task);
    expect(neighbour(killed, nodes, idOf(killed, 'start', 1, 'worker1'), 'down', has)).toBe(-1);
    expect(neighbour(killed, nodes, arrival, 'right', has)).toBe(task);
  });
});
