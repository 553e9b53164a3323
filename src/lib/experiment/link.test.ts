import { deflateSync, strToU8 } from 'fflate';
import { expect, test } from 'vitest';
import { LINK_SIZE_MAX, LinkError, readLink, writeLink, type SharedRun } from './link.ts';

const run: SharedRun = {
  v: 1,
  build: 'abc123',
  files: { 'cluster.json': '{}', 'client.ts': 'console.log("光锥")\n'.repeat(50) },
  seed: 7,
  cursorUs: 2_500_000,
  lesson: 'celery-first-task',
};

function faultOf(fragment: string): string {
  try {
    readLink(fragment);
  } catch (error) {
    if (error instanceof LinkError) return error.fault;
    throw error;
  }
  return 'none';
}

test('a link carries everything and comes back as it was', () => {
  const fragment = writeLink(run);
  expect(fragment).toMatch(/^1\.[A-Za-z0-9_-]+$/);
  expect(readLink(`#${fragment}`)).toEqual(run);
});

test('a link that was cut off says so, wherever it was cut', () => {
  const fragment = writeLink(run);
  for (const keep of [0.3, 0.6, 0.9, 0.99]) {
    expect(faultOf(fragment.slice(0, Math.floor(fragment.length * keep)))).toBe('cut-off');
  }
});

test('a bomb is refused before it has gone off', () => {
  const text = JSON.stringify({ ...run, files: { 'a.ts': ' '.repeat(LINK_SIZE_MAX * 30) } });
  const bomb = `1.${Buffer.from(deflateSync(strToU8(text))).toString('base64url')}`;
  expect(bomb.length).toBeLessThan(100_000);
  expect(faultOf(bomb)).toBe('too-large');
});

test('no link is made that would be refused', () => {
  const room = LINK_SIZE_MAX - JSON.stringify({ ...run, files: { 'a.py': '' } }).length;
  const sized = (size: number): SharedRun => ({ ...run, files: { 'a.py': 'x'.repeat(size) } });
  expect(faultOf(writeLink(sized(room)))).toBe('none');
  expect(() => writeLink(sized(room + 1))).toThrow(new LinkError('too-large', LINK_SIZE_MAX + 1));
});

test('what is not ours is refused', () => {
  expect(faultOf('')).toBe('invalid');
  expect(faultOf('2.abc')).toBe('invalid');
  expect(faultOf('1.<script>')).toBe('invalid');
  expect(faultOf(writeLink({ ...run, v: 2 } as unknown as SharedRun))).toBe('invalid');
  expect(faultOf(writeLink({ ...run, lesson: '../../x' }))).toBe('invalid');
  expect(faultOf(writeLink({ ...run, files: { 'a.ts': 5 } } as unknown as SharedRun))).toBe(
    'invalid',
  );
});
