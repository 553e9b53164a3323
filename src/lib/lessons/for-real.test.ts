import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readCards } from './for-real.ts';

const source = readFileSync('static/for-real.json', 'utf8');
const change = (from: string, to: string) => () =>
  readCards('for-real.json', source.replace(from, to));

test('every model has a card in both languages', () => {
  const cards = readCards('for-real.json', source);
  expect(Object.keys(cards)).toEqual(['celery', 'scoop', 'pyro4', 'rpyc', 'pycsp', 'disco']);
  expect(cards.rpyc.install).toEqual(['pip install rpyc']);
});

test('a mistake in a card has its place', () => {
  expect(change('"state": "alive"', '"state": "well"')).toThrow(
    /for-real\.json:\d+:\d+: celery\.standing\.state/,
  );
  expect(change('"scoop":', '"scop":')).toThrow('unknown key: scop');
  expect(change('https://docs.celeryq.dev', 'javascript:x')).toThrow('celery.link');
});
