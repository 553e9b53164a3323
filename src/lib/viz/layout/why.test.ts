import { expect, test } from 'vitest';
import { TraceStore } from '#lib/trace/store.ts';
import { idOf, traceNamed } from '../../../../tests/support/fixtures.ts';
import { STEPS_MAX, whyOf } from './why.ts';

const trace = traceNamed('first-task');

const told = (id: number): string[] =>
  whyOf(trace, id).map(({ id: step, foldedCount }) => {
    if (foldedCount > 0) return `${foldedCount} folded`;
    const { kind, node } = trace.eventAt(step);
    return `${node} ${kind} ${trace.textAt(step, 'msg') ?? ''}`.trim();
  });

test('a line that was printed is told from the beginning, through the messages that led to it', () => {
  const printed = idOf(trace, 'log', 2, 'client');
  expect(told(printed)).toEqual([
    'client start',
    '3 folded',
    'client send task',
    'broker send task',
    '2 folded',
    'worker1/1 send result',
    'backend send notify',
    'client log',
  ]);
});

test('an event that nothing caused is all of its chain', () => {
  const start = idOf(trace, 'start', 1);
  expect(whyOf(trace, start)).toEqual([{ id: start, foldedCount: 0 }]);
});

test('of a long chain the end is told, and what came before is one step', () => {
  const count = STEPS_MAX + 50;
  const header = { lightcone: 1, build: 'test', seed: 1, nodes: ['a'] };
  const lines = Array.from({ length: count }, (_, id) => ({
    tUs: id,
    kind: 'effect',
    node: 'a',
    name: 'step',
    ...(id > 0 && { cause: id - 1 }),
  }));
  const long = TraceStore.from([header, ...lines].map((it) => `${JSON.stringify(it)}\n`).join(''));
  const steps = whyOf(long, count - 1);
  expect(steps).toHaveLength(STEPS_MAX + 2);
  expect(steps[0]).toEqual({ id: 48, foldedCount: 49 });
  expect(steps.slice(1).every(({ foldedCount }) => foldedCount === 0)).toBe(true);
});
