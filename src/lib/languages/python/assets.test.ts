import { expect, test } from 'vitest';
import { packPages, unpackOver, unpackStart } from './assets.ts';

function image(): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(4096 * 5 + 104);
  made.set([1, 2, 3], 0);
  made.set([4], 4096 * 2 - 1);
  made.set([5], 4096 * 5 + 103);
  return made;
}

test('a memory image loses its empty pages and comes back over whatever was there', () => {
  const packed = packPages(image());
  expect(packed.length).toBeLessThan(4096 * 3 + 50);
  for (const from of [0, 16, 4096, 5000]) {
    const memory = new Uint8Array(4096 * 8).fill(7, 0, 4096 * 3);
    unpackOver(packed, from, memory);
    const length = image().length - from;
    expect(memory.subarray(0, length)).toEqual(image().subarray(from));
    expect(memory.subarray(length).every((byte) => byte === 0)).toBe(true);
  }
  expect(unpackStart(packed, 9000)).toEqual(image().subarray(0, 9000));
});
