import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { ArchiveError, readArchive, writeArchive } from './archive.ts';

const files = {
  'cluster.json': '{\n  "nodes": { "a": { "run": "main.ts" } },\n  "seed": 3\n}\n',
  'main.ts': `console.log('${'光锥'.repeat(300)}');\n`,
  'site-packages/six.py': 'x = 1\n',
};

const faultOf = (bytes: Uint8Array): string => {
  try {
    readArchive(bytes);
    return 'none';
  } catch (error) {
    if (!(error instanceof ArchiveError)) throw error;
    return `${error.fault} ${error.file}`.trim();
  }
};

test('what is written is read, with the seed of the page', () => {
  const read = readArchive(writeArchive(files, 7));
  expect(read.seed).toBe(7);
  const cluster = files['cluster.json'].replace('"seed": 3', '"seed": 7');
  expect(read.files).toEqual({ ...files, 'cluster.json': cluster });
});

test('a seed that cluster.json has already leaves it as it was written', () => {
  expect(readArchive(writeArchive(files, 3)).files).toEqual(files);
});

test('the same experiment gives the same bytes', () => {
  const turned = Object.fromEntries(Object.entries(files).reverse());
  expect(writeArchive(turned, 1)).toEqual(writeArchive(files, 1));
});

test('a folder around the experiment, and what systems add, is left out', () => {
  const bytes = zipSync({
    'mine/cluster.json': strToU8('{}'),
    'mine/main.py': strToU8('print()'),
    'mine/__pycache__/main.pyc': new Uint8Array([255]),
    '__MACOSX/mine/._main.py': new Uint8Array([255]),
  });
  expect(readArchive(bytes).files).toEqual({ 'cluster.json': '{}', 'main.py': 'print()' });
});

test('any byte that is cut off or changed is noticed, or changes nothing', () => {
  const whole = writeArchive(files, 3);
  for (let length = 0; length < whole.length; length++) {
    expect(faultOf(whole.subarray(0, length))).toBe('damaged');
  }
  for (let at = 0; at < whole.length; at++) {
    const changed = whole.slice();
    changed[at]! ^= 0x55;
    let read;
    try {
      read = readArchive(changed);
    } catch (error) {
      expect(error).toBeInstanceOf(ArchiveError);
      continue;
    }
    // A name, a time or a note about a file: no text of one differs.
    for (const text of Object.values(read.files)) expect(Object.values(files)).toContain(text);
  }
});

test('what is no experiment says why', () => {
  expect(faultOf(strToU8('not a zip'))).toBe('damaged');
  expect(faultOf(zipSync({}))).toBe('damaged');
  expect(faultOf(zipSync({ 'notes.txt': strToU8('hello') }))).toBe('no-cluster');
  expect(faultOf(zipSync({ 'cluster.json': strToU8('{}'), '../x': strToU8('') }))).toBe(
    'path ../x',
  );
  const image = { 'cluster.json': strToU8('{}'), 'a.png': new Uint8Array([137, 80, 255]) };
  expect(faultOf(zipSync(image))).toBe('not-text a.png');
  const bomb = { 'cluster.json': strToU8('{}'), 'big.txt': new Uint8Array(10_000_000) };
  expect(faultOf(zipSync(bomb))).toBe('too-large');
});
