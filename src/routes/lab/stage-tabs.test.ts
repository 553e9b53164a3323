import { expect, test } from 'vitest';
import { STAGE_TABS } from './stage-tabs.ts';

/** Keys that the stage has itself: src/routes/lab/Lab.svelte. */
const TAKEN = '[]pPxXle/?f';

test('each panel has a word and a letter of its own', () => {
  const keys = STAGE_TABS.map(({ key }) => key);
  expect(new Set([...keys, ...TAKEN]).size).toBe(keys.length + TAKEN.length);
  expect(new Set(STAGE_TABS.map(({ view }) => view)).size).toBe(STAGE_TABS.length);
});
