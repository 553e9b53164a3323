import { expect, test } from 'vitest';
import { InputError } from '#lib/protocol/errors.ts';
import { installedPackages, withPackages } from './installed.ts';
import { PACKAGE_FILE_SIZE_MAX } from './packages.ts';

const below = (files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).map(([path, text]) => [`site-packages/${path}`, text]));

const SHOP = below({
  'shop/__init__.py': '',
  'shop/prices.py': '',
  'shopkit.py': '',
  'Shop-1.2.dist-info/METADATA': 'Metadata-Version: 2.1\nName: Shop\nVersion: 1.2\n',
  'Shop-1.2.dist-info/RECORD': 'shop/__init__.py,sha256=a,0\nshopkit.py,,\n',
});

test('a distribution is one package, with its modules and its metadata', () => {
  const files = { 'main.py': '', ...SHOP, ...below({ 'other.py': '' }) };
  expect(installedPackages(files)).toEqual([
    { name: 'Shop', version: '1.2', paths: expect.arrayContaining(Object.keys(SHOP)) },
    { name: 'other', paths: ['site-packages/other.py'] },
  ]);
});

test('without a list of its files a distribution has the module of its name', () => {
  const files = below({
    'name_server/a.py': '',
    'name-server.egg-info/PKG-INFO': 'Name: name-server\nVersion: 3\n',
    'else/b.py': '',
  });
  expect(installedPackages(files).map(({ name, paths }) => [name, paths.length])).toEqual([
    ['else', 1],
    ['name-server', 2],
  ]);
});

test('another version takes the place of the one that is there, with all its files', () => {
  const next = below({
    'shop/__init__.py': 'new',
    'shop-2.0.dist-info/METADATA': 'Name: shop\nVersion: 2.0\n',
  });
  const files = withPackages({ 'main.py': 'x', ...SHOP }, next);
  expect(files).toEqual({ 'main.py': 'x', ...next });
});

test('all packages together keep the limits of one', () => {
  const large = 'x'.repeat(PACKAGE_FILE_SIZE_MAX);
  const many = Object.fromEntries(
    Array.from({ length: 8 }, (_, index) => [`site-packages/m${index}/a.py`, large]),
  );
  expect(withPackages({}, many)).toEqual(many);
  expect(() => withPackages(many, below({ 'more.py': 'x' }))).toThrow(InputError);
});
