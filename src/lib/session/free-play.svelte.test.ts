import { beforeEach, expect, test } from 'vitest';
import { TimeAxis } from '#lib/viz/layout/axis.ts';
import { FreePlay } from './free-play.svelte.ts';

globalThis.cancelAnimationFrame = () => undefined;

let nowMs = 0;
let roomBytes = Infinity;

/** A browser's storage, with so much room. */
class Store {
  [key: string]: unknown;
  getItem(key: string): string | null {
    return typeof this[key] === 'string' ? (this[key] as string) : null;
  }
  setItem(key: string, text: string): void {
    const used = Object.entries(this).filter(([name]) => name !== key);
    const bytes = used.reduce((sum, [, value]) => sum + String(value).length, text.length);
    if (bytes > roomBytes) throw new DOMException('full', 'QuotaExceededError');
    this[key] = text;
  }
  removeItem(key: string): void {
    delete this[key];
  }
}

beforeEach(() => {
  nowMs = 1_000_000;
  roomBytes = Infinity;
  globalThis.localStorage = new Store() as unknown as Storage;
  globalThis.sessionStorage = new Store() as unknown as Storage;
});

const FILES = { 'cluster.json': '{ "nodes": {}, "seed": 4 }', 'main.ts': 'first' };

function begin(): FreePlay {
  const now = () => (nowMs += 1_000);
  const play = new FreePlay('Blank', FILES, { timeline: () => new TimeAxis(), now });
  play.restore();
  return play;
}

function write(play: FreePlay, text: string): void {
  play.session.workspace.write('main.ts', text);
  play.notice();
}

/** What a page finds that is opened later, in another tab. */
function elsewhere(): FreePlay {
  globalThis.sessionStorage = new Store() as unknown as Storage;
  return begin();
}

test('what nobody changed is not kept', () => {
  const play = begin();
  play.notice();
  play.open('Else', FILES);
  play.notice();
  expect(play.recent).toEqual([]);
  expect(play.session.seed).toBe(4);
});

test('each change is kept as it is made, and found after a crash', () => {
  const play = begin();
  write(play, 'second');
  write(play, 'third');
  const later = elsewhere();
  expect(later.recent).toMatchObject([{ name: 'Blank', seed: 4 }]);
  later.openKept(later.recent[0]!);
  expect(later.session.workspace.files).toEqual({ ...FILES, 'main.ts': 'third' });
  expect(later.session.seed).toBe(4);
});

test('a page that is loaded again shows what it showed', () => {
  write(begin(), 'second');
  expect(begin().session.workspace.files['main.ts']).toBe('second');
});

test('what was changed stays when another is begun, and each begins fresh', () => {
  const play = begin();
  write(play, 'second');
  play.open('Blank', FILES);
  expect(play.session.workspace.files).toEqual(FILES);
  write(play, 'other');
  play.rename('Mine');
  expect(play.recent.map(({ name }) => name)).toEqual(['Mine', 'Blank']);
  play.openKept(play.recent[1]!);
  expect(play.session.workspace.files['main.ts']).toBe('second');
});

test('what somebody brought is kept at once', () => {
  const play = begin();
  play.take('theirs', { 'cluster.json': '{}' }, 9);
  expect(elsewhere().recent).toMatchObject([{ name: 'theirs', seed: 9 }]);
});

test('what was deleted comes back, the open one stays on the page', () => {
  const play = begin();
  write(play, 'second');
  play.delete(play.recent[0]!);
  expect(elsewhere().recent).toEqual([]);
  expect(play.session.workspace.files['main.ts']).toBe('second');
  expect(play.undo()).toBe(true);
  const later = elsewhere();
  later.openKept(later.recent[0]!);
  expect(later.session.workspace.files['main.ts']).toBe('second');
});

test('a full disk is told of, and loses nothing that was kept', () => {
  const play = begin();
  write(play, 'second');
  roomBytes = JSON.stringify({ ...globalThis.localStorage }).length;
  write(play, 'x'.repeat(10_000));
  expect(play.isFull).toBe(true);
  expect(play.session.workspace.files['main.ts']).toHaveLength(10_000);
  const later = elsewhere();
  later.openKept(later.recent[0]!);
  expect(later.session.workspace.files['main.ts']).toBe('second');

  // With room again the next change is kept.
  roomBytes = Infinity;
  write(play, 'third');
  expect(play.isFull).toBe(false);
});

test('what is in the storage is not believed', () => {
  const play = begin();
  write(play, 'second');
  globalThis.localStorage.setItem('lightcone:experiment:bad', '{"name":7');
  globalThis.localStorage.setItem('lightcone:experiment:odd', '{"name":"odd","seed":-1}');
  const later = elsewhere();
  expect(later.recent.map(({ name }) => name)).toEqual(['Blank', 'odd']);
  later.openKept(later.recent[1]!);
  expect(later.session.workspace.files).toEqual({});
  expect(later.session.seed).toBe(1);
});
