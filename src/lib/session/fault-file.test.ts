import { expect, test } from 'vitest';
import { isFaultList, parseFaults, timedFault, writeFaults } from './fault-file.ts';

test('a fault made by hand is a line of the file, in milliseconds with three decimals', () => {
  const text = writeFaults([timedFault({ kill: 'worker1' }, 2_146_057)]);
  expect(text).toBe('[\n  { "atMs": 2146.057, "kill": "worker1" }\n]\n');
  expect(parseFaults(text)).toEqual([{ atMs: 2146.057, kill: 'worker1' }]);
});

test('what is no list counts as no faults: Run says what is wrong with it', () => {
  expect(parseFaults(undefined)).toEqual([]);
  expect(parseFaults('{')).toEqual([]);
  expect(parseFaults('{"kill":"w"}')).toEqual([]);
});

test('a text that is no list of entries is not appended to', () => {
  expect(isFaultList(undefined)).toBe(true);
  expect(isFaultList('[]')).toBe(true);
  expect(isFaultList('[{ "kill": "w" },]')).toBe(false);
  expect(isFaultList('[1]')).toBe(false);
  expect(isFaultList('{"kill":"w"}')).toBe(false);
});
