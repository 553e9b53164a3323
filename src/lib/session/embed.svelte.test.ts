import { expect, test } from 'vitest';
import { EMBED_DEFAULTS, frameCode, readEmbed, writeEmbed, type EmbedOptions } from './embed.ts';

const all: EmbedOptions = {
  lesson: 'pyro4-greeting',
  program: 'py',
  panels: ['text'],
  goal: 'once',
  scenario: 'back',
  file: 'server.py',
  view: 'events',
  lens: 'client',
  speed: '1:100',
  seed: 7,
  isReadOnly: true,
  theme: 'dark',
};

test('what is written is read again', () => {
  expect(readEmbed(`?${writeEmbed(all)}`)).toEqual(all);
  expect(writeEmbed(EMBED_DEFAULTS)).toBe('');
  expect(readEmbed('')).toEqual(EMBED_DEFAULTS);
  expect(readEmbed(writeEmbed({ ...all, panels: [] })).panels).toEqual([]);
});

test('what is not understood is left out', () => {
  const search =
    '?lesson=<script>&program=java&panels=code,evil&speed=fast&seed=-1&seed=2&theme=url(x)&lens=a b&file=';
  expect(readEmbed(search)).toEqual({ ...EMBED_DEFAULTS, panels: ['code'] });
  expect(readEmbed('?seed=99999999999999999').seed).toBeNull();
});

test('the code of a frame is one element, whatever the title says', () => {
  const code = frameCode('https://x.org/embed/?a=1&b="', '"><script>', 480);
  expect(code).toContain('src="https://x.org/embed/?a=1&amp;b=&quot;" title="&quot;>&lt;script>"');
  expect(code.match(/<(?!\/iframe>)/g)).toHaveLength(1);
});
