// What Pyro4.util's JSON serializer wrote (Pyro 4.82).

import { expect, test } from 'vitest';
import { dumpJson, loadJson } from './json.ts';
import { Float, Tuple } from './values.ts';

const written = (value: unknown): string =>
  new TextDecoder().decode(dumpJson(value, () => undefined));

test.each<[unknown, string]>([
  [new Map([[1, 2]]), '{"1": 2}'],
  [new Set([1, 2]), '[1, 2]'],
  [Tuple.holding([1]), '[1]'],
  [NaN, 'NaN'],
  [2n ** 70n, '1180591620717411303424'],
  [new Float(4), '4.0'],
  [{ a: null }, '{"a": null}'],
  [[true], '[true]'],
  [
    { object: 'o', method: 'm', params: Tuple.holding([1, 'é']), kwargs: { k: 1 } },
    '{"object": "o", "method": "m", "params": [1, "é"], "kwargs": {"k": 1}}',
  ],
])('JSON of %s is that of Python', (value, text) => {
  expect(written(value)).toBe(text);
});

test('what JSON cannot say is refused', () => {
  expect(() => written(new Uint8Array(1))).toThrow(
    "don't know how to serialize class <class 'bytes'>",
  );
  const circle: unknown[] = [];
  circle.push(circle);
  expect(() => written(circle)).toThrow('Circular reference detected');
  expect(() => loadJson(new TextEncoder().encode('{'))).toThrow('the data is not JSON');
});
