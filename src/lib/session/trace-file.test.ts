import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { randomTrace } from '../../../tests/support/random-trace.ts';
import type { Session } from './session.svelte.ts';
import { openTrace } from './trace-file.ts';

const text = randomTrace({ seed: 1, nodeCount: 4, eventCount: 30_000 });
const file = new File([text], 'long.jsonl');

// A clock on which every part of the file takes 5 ms.
let nowMs = 0;
beforeEach(() => void vi.spyOn(performance, 'now').mockImplementation(() => (nowMs += 5)));
afterEach(() => void vi.restoreAllMocks());

test('a long file tells how far it has been read, and gives the page its turn', async () => {
  const open = vi.fn<Session['open']>();
  const shares: number[] = [];
  let turnCount = 0;
  const turns = setInterval(() => turnCount++);
  const { signal } = new AbortController();
  const fault = await openTrace({ open }, file, { signal, onshare: (it) => shares.push(it) });
  clearInterval(turns);
  expect(fault).toBeNull();
  expect(open).toHaveBeenCalledOnce();
  expect(open.mock.calls[0]![0].eventCount).toBe(30_000);
  expect(shares.length).toBeGreaterThan(2);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.every((share) => share >= 0 && share < 1)).toBe(true);
  expect(turnCount).toBeGreaterThan(2);
});

test('nothing is shown of a file whose reading was stopped', async () => {
  const open = vi.fn<Session['open']>();
  const abort = new AbortController();
  const onshare = vi.fn<(share: number) => void>(() => abort.abort());
  expect(await openTrace({ open }, file, { signal: abort.signal, onshare })).toBeNull();
  expect(onshare).toHaveBeenCalledOnce();
  expect(open).not.toHaveBeenCalled();
});
