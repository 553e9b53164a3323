import { expect, test } from 'vitest';
import { menuGroups, type MenuOptions, type MenuPage } from './fault-menu.ts';

const options: MenuOptions = {
  node: 'a',
  nodes: ['a', 'b', 'c'],
  isPaused: false,
  message: null,
  network: { cuts: new Set(), partitions: [], isPartitioned: false },
};

function actions(page: MenuPage, changed: Partial<MenuOptions> = {}) {
  return menuGroups(page, { ...options, ...changed }).flatMap(({ entries }) =>
    entries.map(({ does }) =>
      'page' in does ? does.page : 'column' in does ? does.column : does.action,
    ),
  );
}

test('a node is offered its four verbs and the pages behind them', () => {
  expect(actions('first')).toEqual([
    { kill: 'a' },
    { powerOff: 'a' },
    { pause: 'a' },
    { restart: 'a' },
    'links',
    'signals',
    'clock',
  ]);
  expect(actions('signals')).toContainEqual({ signal: 'a', name: 'SIGTERM' });
  expect(actions('clock')).toContainEqual({ skew: 'a', ms: -1000 });
  expect(actions('clock')).toContainEqual({ speed: 'a', factor: 1 });
  expect(actions('first', { isPaused: true })).toContainEqual({ resume: 'a' });
  expect(actions('first', { nodes: ['a'] })).not.toContain('links');
});

test('a message comes before the node it was found at', () => {
  const found = menuGroups('first', { ...options, message: 'ack, a → b' });
  expect(found.map(({ name }) => name)).toEqual(['ack, a → b', 'a']);
  expect(actions('first', { message: 'ack' }).slice(0, 3)).toEqual([
    { drop: true },
    { delay: 100 },
    { duplicate: true },
  ]);
});

test('NET4 a link is cut both ways or one, and mended where it is cut', () => {
  expect(actions('links')).toEqual([
    { partition: [['a'], ['b', 'c']] },
    ...[{ cut: 'a<->b' }, { cut: 'a->b' }, { cut: 'b->a' }],
    ...[{ cut: 'a<->c' }, { cut: 'a->c' }, { cut: 'c->a' }],
  ]);
  const network = { cuts: new Set(['a->b']), partitions: [], isPartitioned: true };
  expect(actions('links', { network, nodes: ['a', 'b'] })).toEqual([
    { heal: true },
    { cut: 'b->a' },
    { mend: 'a<->b' },
  ]);
});

test('a column moves to either side where there is one, and hides while others are shown', () => {
  const columns = ['a', 'b', 'c'];
  expect(actions('first', { columns })).toContain('column');
  expect(actions('first')).not.toContain('column');
  expect(actions('column', { node: 'a', columns })).toEqual([1, 'hidden']);
  expect(actions('column', { node: 'b', columns })).toEqual([0, 2, 'hidden']);
  expect(actions('column', { node: 'a', columns: ['a'] })).toEqual([]);
  const names = (changed: Partial<MenuOptions>) =>
    menuGroups('column', { ...options, node: 'b', columns, ...changed }).flatMap(({ entries }) =>
      entries.map(({ icon, name }) => `${icon}: ${name}`),
    );
  expect(names({})).toEqual(['from: Move left', 'to: Move right', 'hide: Hide']);
  expect(names({ orientation: 'across' })).toEqual([
    'up: Move up',
    'down: Move down',
    'hide: Hide',
  ]);
});
