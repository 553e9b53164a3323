import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { RandomStream } from '#lib/protocol/random.ts';
import { Sha256 } from './sha256.ts';

const random = new RandomStream(7, 'sha256');
let ordinal = 0;
const below = (bound: number): number => random.below(bound, 0, ordinal++);

function hex(parts: readonly Uint8Array[]): string {
  const hash = new Sha256();
  for (const part of parts) hash.update(part);
  return Buffer.from(hash.digest()).toString('hex');
}

const expected = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

test('the digests of the standard', () => {
  const text = (it: string): Uint8Array => new TextEncoder().encode(it);
  expect(hex([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(hex([text('abc')])).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  expect(hex([text('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')])).toBe(
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  );
});

test('every length up to five blocks, as Node.js has it', () => {
  for (let length = 0; length <= 320; length++) {
    const bytes = Uint8Array.from({ length }, () => below(256));
    expect(hex([bytes]), `${length} bytes`).toBe(expected(bytes));
  }
});

test('the same however it is cut', () => {
  const bytes = Uint8Array.from({ length: 20_000 }, () => below(256));
  for (let round = 0; round < 50; round++) {
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length;) {
      const end = Math.min(bytes.length, at + below(4 ** below(7)));
      parts.push(bytes.subarray(at, end));
      at = end;
    }
    expect(hex(parts)).toBe(expected(bytes));
  }
});
