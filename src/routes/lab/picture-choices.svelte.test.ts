import { beforeEach, expect, test, vi } from 'vitest';
import { PictureChoices } from './picture-choices.svelte.ts';

const KEY = 'lightcone:picture';
let kept: Map<string, string>;

beforeEach(() => {
  kept = new Map();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});

function restored(): PictureChoices {
  const choices = new PictureChoices();
  choices.restore();
  return choices;
}

test('which way time goes, and whether background traffic shows, is kept on this device', () => {
  const choices = restored();
  expect([choices.orientation, choices.showsBackground]).toEqual(['down', false]);
  choices.turn();
  choices.showsBackground = true;
  choices.scale = 'true';
  const next = restored();
  expect([next.orientation, next.showsBackground]).toEqual(['across', true]);
  expect(next.scale).toBe('elastic');
  next.turn();
  expect(restored().orientation).toBe('down');
});

test.each(['', '{', '7', '{"orientation":"up"}', '{"orientation":["across"],"showsBackground":1}'])(
  'what is kept may be anything: %s',
  (text) => {
    kept.set(KEY, text);
    expect([restored().orientation, restored().showsBackground]).toEqual(['down', false]);
  },
);

test('without storage a choice lasts as long as the page', () => {
  vi.stubGlobal('localStorage', undefined);
  const choices = restored();
  choices.turn();
  expect(choices.orientation).toBe('across');
});
