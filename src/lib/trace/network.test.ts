import { expect, test } from 'vitest';
import { blockedBetween, networkAt } from './network.ts';
import { TraceStore } from './store.ts';

const line = (tUs: number, fault: object): string =>
  `${JSON.stringify({ tUs, kind: 'fault', node: '', fault })}\n`;

test('NET4 cuts are mended and partitions healed, each by its own', () => {
  const trace = TraceStore.from(
    line(10, { cut: 'a<->b' }) +
      line(20, { partition: [['a'], ['b']] }) +
      line(30, { mend: 'a->b' }) +
      line(40, { heal: true }) +
      line(50, { mend: 'b->a' }),
  );
  const facts = (atUs: number) => {
    const { cuts, isPartitioned } = networkAt(trace, atUs);
    return [[...cuts], isPartitioned];
  };
  expect(facts(9)).toEqual([[], false]);
  expect(facts(10)).toEqual([['a->b', 'b->a'], false]);
  expect(facts(20)).toEqual([['a->b', 'b->a'], true]);
  expect(facts(30)).toEqual([['b->a'], true]);
  expect(facts(40)).toEqual([['b->a'], false]);
  expect(facts(50)).toEqual([[], false]);
});

test('NET4 a cut and a partition block the directions that they name, by node or machine', () => {
  const trace = TraceStore.from(
    line(10, { cut: 'a->m2' }) +
      line(20, { partition: [['c'], ['a', 'd']], oneWay: true }) +
      line(30, { heal: true }),
  );
  const machines: Record<string, string> = { b: 'm2', c: 'm2' };
  const between = (atUs: number, from: string, to: string) =>
    blockedBetween(networkAt(trace, atUs), from, to, (node) => machines[node] ?? node);
  expect([between(10, 'a', 'b'), between(10, 'b', 'a'), between(10, 'a', 'd')]).toEqual([
    'cut',
    '',
    '',
  ]);
  expect([between(20, 'c', 'd'), between(20, 'd', 'c')]).toEqual(['partition', '']);
  // Loopback passes whatever is cut.
  expect(between(20, 'c', 'b')).toBe('');
  expect(between(30, 'c', 'd')).toBe('');
});
