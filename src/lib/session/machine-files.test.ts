import { unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { fileName, SHOWN_MAX, sizeText, textOf, zipOf, type MachineFile } from './machine-files.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const file = (path: string, bytes: Uint8Array | null, size = bytes?.length ?? 0): MachineFile => ({
  ...{ path, size, tUs: 0, isWritten: true, isSafe: true, safeSize: size },
  bytes: () => bytes,
});

test('text is shown as it is, in any script', () => {
  const text = 'one\n\ttwo 光锥 👩‍🚀\n';
  expect(textOf(bytesOf(text))).toEqual({ text, isBinary: false, shown: bytesOf(text).length });
});

test('what would not be seen in a text is escaped', () => {
  expect(textOf(bytesOf('a\u0000b\u001b[31m\r\n\u202egpj.exe\ufeff')).text).toBe(
    'a\\x00b\\x1b[31m\\x0d\n\\u{202e}gpj.exe\\u{feff}',
  );
});

test('other bytes are escaped', () => {
  expect(textOf(Uint8Array.of(0x80, 4, 0x41, 0x0a, 0x5c, 0xff))).toMatchObject({
    text: '\\x80\\x04A\n\\\\\\xff',
    isBinary: true,
  });
  // Half a character at the end of a file is no text.
  expect(textOf(bytesOf('光').subarray(0, 2)).isBinary).toBe(true);
});

test('of a large file the beginning is shown', () => {
  const large = bytesOf('a'.repeat(SHOWN_MAX - 1) + '光'.repeat(100));
  const { text, isBinary, shown } = textOf(large);
  expect([text.length, isBinary, shown]).toEqual([SHOWN_MAX - 1, false, SHOWN_MAX]);
  expect(textOf(new Uint8Array(SHOWN_MAX * 2).fill(0xfe))).toMatchObject({ shown: 16 * 1024 });
});

test('an archive holds every file under its path, and the same files make the same one', () => {
  const files = [
    file('/work/orders/1.txt', bytesOf('one')),
    file('/tmp/blob', Uint8Array.of(0, 255)),
    { ...file('/work/gone', null), size: null },
  ];
  const zip = zipOf(files)!;
  const entries = unzipSync(zip);
  expect(Object.keys(entries)).toEqual(['work/orders/1.txt', 'tmp/blob']);
  expect(entries['tmp/blob']).toEqual(Uint8Array.of(0, 255));
  expect(zipOf(files)).toEqual(zip);
});

test('an archive with something missing is none', () => {
  expect(zipOf([file('/work/a', bytesOf('a')), file('/work/b', null, 5)])).toBeNull();
});

test('hostile names leave no folder and overwrite nobody', () => {
  const names = ['/work/..\\..\\evil', '/work/.._.._evil', '/work/c:x', '/__proto__'];
  const zip = zipOf(names.map((name) => file(name, bytesOf(name))))!;
  expect(Object.keys(unzipSync(zip)).sort()).toEqual(
    ['work/.._.._evil', 'work/.._.._evil~2', 'work/c_x', '__proto'].sort(),
  );
  expect(fileName('/work/a/..\\x\u202etxt')).toBe('.._x_txt');
});

test('sizes', () => {
  expect([0, 1023, 1024, 1536, 16 * 1024 ** 2].map(sizeText)).toEqual([
    '0 B',
    '1023 B',
    '1.0 KiB',
    '1.5 KiB',
    '16.0 MiB',
  ]);
});
