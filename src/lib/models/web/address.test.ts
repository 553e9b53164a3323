import { expect, test } from 'vitest';
import { addressText, readAddress } from './address.ts';

test.each([
  ['http://web:8000/orders?id=7#top', 'http://web:8000/orders?id=7'],
  ['web:8000', 'http://web:8000/'],
  ['http://web', 'http://web/'],
  ['http://web?x=1', 'http://web/?x=1'],
  ['http://web/a b', 'http://web/a%20b'],
])('%s is read as %s', (text, expected) => {
  expect(addressText(readAddress(text)!)).toBe(expected);
});

test.each(['', 'https://web/', 'mailto:ada', 'http://web:0/', 'http://web:70000/'])(
  '%s is no address of the cluster',
  (text) => {
    expect(readAddress(text)).toBeNull();
  },
);

const base = readAddress('http://web:8000/shop/list?page=2')!;
test.each([
  ['cart', '/shop/cart'],
  ['/cart', '/cart'],
  ['../cart', '/cart'],
  ['../../../cart', '/cart'],
  ['.', '/shop/'],
  ['?page=3', '/shop/list?page=3'],
  ['', '/shop/list?page=2'],
  ['http://bank/', '/'],
])('from a page, %s leads to %s', (reference, target) => {
  expect(readAddress(reference, base)?.target).toBe(target);
});

test('a script is no link', () => {
  expect(readAddress('javascript:alert(1)', base)).toBeNull();
});
