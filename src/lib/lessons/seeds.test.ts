import { expect, test } from 'vitest';
import { ownSeed, SCENARIO_SEEDS_MAX } from './seeds.ts';

test('a student has the same seed whichever way the name is typed', () => {
  // Full-width letters, as a Chinese keyboard types them.
  for (const typed of ['Anna K.', ' anna k. ', 'ＡＮＮＡ Ｋ．']) {
    expect(ownSeed(typed)).toBe(ownSeed('anna k.'));
  }
});

test('a class is spread over all the seeds on which texts are tried', () => {
  const seeds = new Set(Array.from({ length: 400 }, (_, number) => ownSeed(`2026${number}`)));
  expect([...seeds].sort((a, b) => a - b)).toEqual(
    Array.from({ length: SCENARIO_SEEDS_MAX }, (_, index) => index + 1),
  );
});
