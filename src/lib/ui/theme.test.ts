import { expect, test } from 'vitest';
import { nextTheme, type Theme } from './theme.ts';

test('one button reaches every theme and comes back', () => {
  const seen: Theme[] = ['system'];
  while (seen.length < 4) seen.push(nextTheme(seen.at(-1) ?? 'system'));
  expect(seen).toEqual(['system', 'light', 'dark', 'system']);
});
