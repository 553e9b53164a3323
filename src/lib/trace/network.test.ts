import { expect, test } from 'vitest';
import { networkAt } from './network.ts';
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
