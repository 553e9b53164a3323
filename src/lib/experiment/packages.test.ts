import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { bytesOf } from '#lib/protocol/package-files.ts';
import { PACKAGE_FILE_SIZE_MAX, PACKAGES_SIZE_MAX, readPackages } from './packages.ts';

/** A zip of these texts. */
function zip(files: Record<string, string>): Uint8Array {
  return zipSync(
    Object.fromEntries(Object.entries(files).map(([path, text]) => [path, strToU8(text)])),
  );
}

const WHEEL = {
  'shop/__init__.py': 'from .prices import price\n',
  'shop/prices.py': 'price = 3\n',
  'shop/table.csv': 'a,b\n',
  'shop/__pycache__/prices.cpython-311.pyc': 'old',
  'shop-1.2.dist-info/METADATA': 'Name: shop\nVersion: 1.2\n',
  'shop-1.2.data/purelib/shopkit.py': 'kit = 1\n',
  'shop-1.2.data/scripts/shop': '#!python\n',
};

describe('a package in site-packages', () => {
  test('as a folder is its files, without what another interpreter compiled', () => {
    const files = readPackages({
      'shop/__init__.py': strToU8('x = "光"\r\n'),
      'shop/__pycache__/a.cpython-311.pyc': strToU8('old'),
      'kit.py': strToU8(''),
    });
    expect(files).toEqual({
      'site-packages/shop/__init__.py': 'x = "光"\r\n',
      'site-packages/kit.py': '',
    });
  });

  test('as a wheel is what an installer would put there', () => {
    expect(readPackages({ 'shop-1.2-py3-none-any.whl': zip(WHEEL) })).toEqual({
      'site-packages/shop/__init__.py': 'from .prices import price\n',
      'site-packages/shop/prices.py': 'price = 3\n',
      'site-packages/shop/table.csv': 'a,b\n',
      'site-packages/shop-1.2.dist-info/METADATA': 'Name: shop\nVersion: 1.2\n',
      'site-packages/shopkit.py': 'kit = 1\n',
    });
  });

  test.each([
    ['a folder of it', { 'shop/__init__.py': '', 'shop/a.py': '' }],
    ['the folder around it', { 'shop-main/shop/__init__.py': '', 'shop-main/shop/a.py': '' }],
    [
      'its repository',
      {
        'shop-main/setup.py': '',
        'shop-main/shop/__init__.py': '',
        'shop-main/shop/a.py': '',
        'shop-main/docs/conf.py': '',
      },
    ],
    [
      'its repository with the packages in src',
      {
        'shop-main/pyproject.toml': '',
        'shop-main/src/shop/__init__.py': '',
        'shop-main/src/shop/a.py': '',
        'shop-main/tests/__init__.py': '',
      },
    ],
  ])('as a zip of %s is the package alone', (_name, files) => {
    const found = readPackages({ 'shop-main.zip': zip(files) });
    expect(Object.keys(found).sort()).toEqual([
      'site-packages/shop/__init__.py',
      'site-packages/shop/a.py',
    ]);
  });

  test('keeps bytes that are no text, and text that looks as if it stood for bytes', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const disguised = strToU8('data:application/octet-stream;base64,AAAA');
    const files = readPackages({ 'shop/blob.bin': bytes, 'shop/text.txt': disguised });
    expect(bytesOf(files['site-packages/shop/blob.bin']!)).toEqual(bytes);
    expect(bytesOf(files['site-packages/shop/text.txt']!)).toEqual(disguised);
  });
});

describe('a package is refused', () => {
  const so = 'fast/_speed.cpython-311-x86_64-linux-gnu.so';

  test.each([
    ['as a folder', { [so]: strToU8('x'), 'fast/__init__.py': strToU8('') }],
    [
      'as a wheel',
      { 'fast-1-cp311-cp311-linux_x86_64.whl': zip({ [so]: 'x', 'fast/__init__.py': '' }) },
    ],
  ])('with machine code in it, %s', (_name, given) => {
    expect(() => readPackages(given)).toThrow(
      `site-packages/${so}: fast has a part in machine code, which a node here cannot run: use a version of it in Python alone`,
    );
  });

  test.each(['../evil.py', '/etc/evil.py', 'a/../../evil.py', 'a\\..\\evil.py', 'C:/evil.py'])(
    'when a path leads out of it: %s',
    (path) => {
      const given = { 'evil-1-py3-none-any.whl': zip({ 'evil/__init__.py': '', [path]: 'x' }) };
      expect(() => readPackages(given)).toThrow(
        `site-packages/evil-1-py3-none-any.whl: refused: a path leads out of it: ${path}`,
      );
    },
  );

  test('when it is larger than it may be, before it is unpacked', () => {
    const huge = { 'big/__init__.py': ' '.repeat(PACKAGE_FILE_SIZE_MAX + 1) };
    expect(() => readPackages({ 'big.zip': zip(huge) })).toThrow(
      'site-packages/big/__init__.py: 1000001 bytes: a file of a package may have 1000000',
    );
    const many = Object.fromEntries(
      Array.from({ length: PACKAGES_SIZE_MAX / PACKAGE_FILE_SIZE_MAX + 1 }, (_, index) => [
        `big/m${index}.py`,
        new Uint8Array(PACKAGE_FILE_SIZE_MAX),
      ]),
    );
    expect(() => readPackages(many)).toThrow(/big\/m8\.py: too much: all packages together/);
  });

  test('when its header lies about its size', () => {
    const packed = zip({ 'big/__init__.py': ' '.repeat(3_000_000) });
    const view = new DataView(packed.buffer);
    // The size before packing, in the entry of the central directory (APPNOTE 4.3.12).
    const entry = packed.findIndex((_, at) => view.getUint32(at, true) === 0x02014b50);
    view.setUint32(entry + 24, 10, true);
    const [text] = Object.values(readPackages({ 'big.zip': packed }));
    expect(text!.length).toBeLessThanOrEqual(10);
  });

  test.each([
    ['no zip', strToU8('hello'), 'broken: it cannot be unpacked'],
    ['without a package', zip({ 'notes.txt': 'x' }), 'no Python package is in it'],
  ])('when the archive is %s', (_name, bytes, message) => {
    expect(() => readPackages({ 'x.zip': bytes })).toThrow(`site-packages/x.zip: ${message}`);
  });
});
