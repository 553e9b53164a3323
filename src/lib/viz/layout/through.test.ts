import { expect, test } from 'vitest';
import { idOf, traceNamed } from '../../../../tests/support/fixtures.ts';
import { layoutColumns } from './columns.ts';
import { Picture } from './picture.ts';
import { layoutScene } from './scene.ts';
import { causeThrough } from './through.ts';

const trace = traceNamed('first-task-killed');
const words = { effect: String, tries: String, copy: String, exit: String };
const isHidden = (node: string) => (process: number) => trace.processes[process]!.node === node;

test('what came out of a hidden node leads back to what went in and caused it', () => {
  const task = idOf(trace, 'send', 3);
  expect(trace.processAt(task).node).toBe('client');
  const toBroker = trace.closerAt(task);
  const onwards = Array.from({ length: trace.eventCount }, (_, id) => id).find(
    (id) =>
      trace.kindAt(id) === 'send' &&
      trace.textAt(id, 'msg') === 'task' &&
      trace.processAt(id).node === 'broker',
  )!;
  const arrival = trace.closerAt(onwards);
  expect(causeThrough(trace, arrival, isHidden('broker'))).toBe(task);
  // Shown nodes have lines of their own, and only arrivals are asked about.
  expect(causeThrough(trace, arrival, isHidden('nobody'))).toBe(-1);
  expect(causeThrough(trace, toBroker, isHidden('broker'))).toBe(-1);
  expect(causeThrough(trace, onwards, isHidden('broker'))).toBe(-1);
});

test('it is one dashed line for each message, and nothing else of the node is drawn', () => {
  const nodes = trace.header!.nodes.filter((node) => node !== 'broker');
  const picture = new Picture();
  picture.extend(trace);
  const endY = picture.axis.lastY;
  const columns = layoutColumns(584, nodes);
  const range = { fromY: 0, toY: endY, endY };
  const scene = layoutScene({ trace, picture, columns, ...range, lens: null, words });
  const through = scene.strokes.filter(({ key }) => key.startsWith('through-'));
  expect(through.length).toBeGreaterThan(0);
  for (const { firstId, lastId } of through) {
    expect(nodes).toContain(trace.processAt(firstId).node);
    expect(trace.processAt(trace.messageOf(lastId)).node).toBe('broker');
  }
  const broker = trace.process('broker')!.index;
  expect(scene.strokes.filter(({ key }) => key.startsWith(`life-${broker}-`))).toEqual([]);
});
