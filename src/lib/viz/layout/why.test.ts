import { expect, test } from 'vitest';
import { idOf, traceNamed } from '../../../../tests/support/fixtures.ts';
import { whyOf } from './why.ts';

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
