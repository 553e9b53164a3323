import { expect, test } from 'vitest';
import { callOf, chainAtEnd, contextOf } from './context.ts';

const link = (name: string, isCalled = false) => ({ name, isCalled });

test.each([
  ['import ti', { type: 'module', prefix: 'ti' }],
  ['import os, concurrent.', { type: 'module', prefix: 'concurrent.' }],
  ['x = 1\nfrom ', { type: 'module', prefix: '' }],
  ['from threading import ', { type: 'import', module: 'threading' }],
  ['from .shop import (\n    A, B', { type: 'import', module: '.shop' }],
  ['socket.', { type: 'member', chain: [link('socket')] }],
  ['  if f(a.b(")").c', { type: 'member', chain: [link('a'), link('b', true)] }],
  ['x[0].', { type: 'unknown' }],
  ['pri', { type: 'name', isFirst: true }],
  ['a = "#" + pri', { type: 'name', isFirst: false }],
  ['"a', { type: 'text' }],
  ['a # b.', { type: 'text' }],
  ['"""a\nb.', { type: 'text' }],
  ['import time\n', { type: 'name', isFirst: true }],
])('%j', (before, context) => {
  expect(contextOf(before)).toEqual(context);
});

test.each([
  ['time.sleep(', { chain: [link('time'), link('sleep')], position: 0, keyword: null }],
  ['f(1, (2, 3), [4', { chain: [link('f')], position: 2, keyword: null }],
  ['f(a, timeout=', { chain: [link('f')], position: 1, keyword: 'timeout' }],
  ['f(a,\n  ', { chain: [link('f')], position: 1, keyword: null }],
  ['f(g(1), ", (", ', { chain: [link('f')], position: 2, keyword: null }],
  ['f(1)', null],
  ['def f(', null],
  ['x = (1, ', null],
])('call: %j', (before, call) => {
  expect(callOf(before)).toEqual(call);
});

test('the name at the end is found with what leads to it', () => {
  expect(chainAtEnd('print(add.delay(4).get')).toEqual([
    link('add'),
    link('delay', true),
    link('get'),
  ]);
  expect(chainAtEnd('# add')).toBeNull();
});
