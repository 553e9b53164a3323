import { expect, test } from 'vitest';
import { packPages, unpackPages } from './assets.ts';

test('a packed memory image comes back byte for byte, and its empty pages take no room', () => {
  const image = new Uint8Array(40 * 4096 + 17);
  image[5 * 4096] = 1;
  image[7 * 4096 - 1] = 2;
  image[image.length - 1] = 3;
  const packed = packPages(image);
  expect(packed.length).toBe(8 + 3 * (4 + 4096));
  expect(unpackPages(packed)).toEqual(image);
});
