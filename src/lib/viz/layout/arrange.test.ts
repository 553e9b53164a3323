import { expect, test } from 'vitest';
import { arrange, columnsOf, type Arrangement } from './arrange.ts';

const nodes = ['a', 'b', 'c', 'd'];
const asTheyAre: Arrangement = { order: [], hidden: [] };

test('a column is moved to the place of another', () => {
  const moved = arrange(nodes, asTheyAre, 'd', 1);
  expect(columnsOf(nodes, moved)).toEqual(['a', 'd', 'b', 'c']);
  expect(columnsOf(nodes, arrange(nodes, moved, 'a', 3))).toEqual(['d', 'b', 'c', 'a']);
});

test('a hidden one is gone, and the others can still be moved; the last one stays', () => {
  const hidden = arrange(nodes, asTheyAre, 'b', 'hidden');
  expect(columnsOf(nodes, hidden)).toEqual(['a', 'c', 'd']);
  expect(columnsOf(nodes, arrange(nodes, hidden, 'd', 0))).toEqual(['d', 'a', 'c']);
  let one = hidden;
  for (const node of ['a', 'c', 'd']) one = arrange(nodes, one, node, 'hidden');
  expect(columnsOf(nodes, one)).toEqual(['d']);
});

test('another run may have other nodes', () => {
  const moved = arrange(nodes, asTheyAre, 'd', 0);
  expect(columnsOf(['a', 'x', 'd'], moved)).toEqual(['d', 'a', 'x']);
  expect(columnsOf(['b'], arrange(nodes, asTheyAre, 'b', 'hidden'))).toEqual(['b']);
});
