import { expect, test } from 'vitest';
import { PagesFold } from './pages.ts';
import { TraceStore } from './store.ts';

const asked = { method: 'GET', url: 'http://web/' };
const answer = { status: 200, reason: 'OK', type: 'text/html', body: '<p>hi</p>', bytes: 9 };
const trace = TraceStore.from(
  [
    { lightcone: 1, build: 'test', seed: 1, nodes: ['ada', 'web'] },
    { tUs: 0, kind: 'start', node: 'ada', incarnation: 1 },
    { tUs: 10, kind: 'state', node: 'ada', name: 'page/1', value: asked },
    { tUs: 30, kind: 'state', node: 'ada', name: 'page/1', value: { ...asked, ...answer } },
    {
      tUs: 40,
      kind: 'state',
      node: 'ada',
      name: 'page/2',
      value: { ...asked, url: 'http://web/b' },
    },
    { tUs: 45, kind: 'state', node: 'ada', name: 'page/3', value: 'no page' },
    {
      tUs: 60,
      kind: 'state',
      node: 'ada',
      name: 'page/2',
      value: { url: 'http://web/b', error: 'ERR' },
    },
    { tUs: 70, kind: 'kill', node: 'ada' },
    { tUs: 80, kind: 'restart', node: 'ada' },
    { tUs: 80, kind: 'start', node: 'ada', incarnation: 2 },
    { tUs: 90, kind: 'state', node: 'ada', name: 'page/1', value: asked },
  ]
    .map((line) => `${JSON.stringify(line)}\n`)
    .join(''),
);
const fold = new PagesFold(trace);
const seen = (atUs: number) =>
  fold
    .at(atUs)
    .map(({ node, life, pages }) => [
      node,
      life,
      ...pages.map(({ url, beganUs, endedUs, status, error }) => [
        url,
        beganUs,
        endedUs,
        status || error,
      ]),
    ]);

test('a page is on its way until its answer is told', () => {
  expect(seen(5)).toEqual([]);
  expect(seen(20)).toEqual([['ada', 'alive', ['http://web/', 10, null, '']]]);
  expect(seen(30)).toEqual([['ada', 'alive', ['http://web/', 10, 30, 200]]]);
});

test('what has no such shape is left out, and a failure has its words', () => {
  expect(seen(65)).toEqual([
    ['ada', 'alive', ['http://web/', 10, 30, 200], ['http://web/b', 40, 60, 'ERR']],
  ]);
});

test('a browser that was killed has its last page, one that is started again begins anew', () => {
  expect(seen(75)[0]?.slice(0, 2)).toEqual(['ada', 'killed']);
  expect(seen(85)).toEqual([]);
  expect(seen(95)).toEqual([['ada', 'alive', ['http://web/', 90, null, '']]]);
});

test('it goes back as well as forward', () => {
  expect(seen(95)).not.toEqual(seen(20));
  expect(seen(20)).toEqual([['ada', 'alive', ['http://web/', 10, null, '']]]);
});

test('through a lens there is only what is known', () => {
  expect(new PagesFold(trace, (id) => trace.timeAt(id) < 30).at(65)[0]?.pages).toMatchObject([
    { url: 'http://web/', endedUs: null },
  ]);
});
