import { describe, expect, test } from 'vitest';
import { cacheName, cachesOfSite, pathBelow, planOf } from './plan.ts';

const files = (...paths: string[]) => paths.map((path) => ({ path }));

describe('what is kept', () => {
  const { first, later } = planOf({
    immutable: files(
      '_app/immutable/chunks/a.js',
      '_app/immutable/assets/python.x.js',
      '_app/immutable/assets/python-stdlib.x.bin',
      '_app/immutable/assets/node.worker.x.js',
    ),
    assets: files(
      'mark.svg',
      'lessons/course.json',
      'lessons/one/lesson.json',
      'examples/sockets/ts/client.ts',
    ),
    prerendered: files('', '__data.json', 'lessons/one/', 'zh/lessons/one/__data.json', 'zh/play/'),
  });

  test('pages, scripts and workers at the first visit', () => {
    expect(first).toEqual([
      '_app/immutable/chunks/a.js',
      '_app/immutable/assets/node.worker.x.js',
      'mark.svg',
      'lessons/course.json',
      '',
      '__data.json',
      'lessons/one/',
      'zh/play/',
      '404.html',
      '_app/version.json',
    ]);
  });

  test('Python when it is used', () => {
    expect(later).toEqual([
      '_app/immutable/assets/python.x.js',
      '_app/immutable/assets/python-stdlib.x.bin',
    ]);
  });
});

test('an address is of this site when it lies below it', () => {
  const site = 'https://host/course/lightcone/';
  expect(pathBelow(`${site}zh/play/?a#b`, site)).toBe('zh/play/');
  expect(pathBelow(site, site)).toBe('');
  expect(pathBelow('https://host/course/other/', site)).toBe(null);
  expect(pathBelow('https://elsewhere/course/lightcone/play/', site)).toBe(null);
});

test('two sites of one origin never touch each other’s caches', () => {
  const site = 'https://host/course/';
  const names = ['lightcone /course/ 1', 'lightcone /course/b/ 1', 'else', 'lightcone /course/ 2'];
  expect(cachesOfSite(names, site, '2')).toEqual(['lightcone /course/ 2', 'lightcone /course/ 1']);
  expect(cachesOfSite(names, 'https://host/course/b/', '2')).toEqual(['lightcone /course/b/ 1']);
  expect(cacheName(site, '2')).toBe('lightcone /course/ 2');
});
