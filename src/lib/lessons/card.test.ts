import { expect, test } from 'vitest';
import { CARD_SECTIONS, readCard } from './card.ts';

const text = CARD_SECTIONS.map((id) => `## ${id} {#${id}}\n\nSee [before](../first/).\n`).join(
  '\n',
);

function read(files: Record<string, string>) {
  const { card, problems } = readCard({ slug: 'mine', files, slugs: ['first'] });
  return {
    card,
    problems: problems.map(({ file, line, message }) => `${file}:${line} ${message}`),
  };
}

test('a lesson without a card lacks nothing', () => {
  expect(read({ 'lesson.en.md': '' })).toEqual({ card: null, problems: [] });
});

test('a card has its sections in both languages', () => {
  const { card, problems } = read({ 'teacher.en.md': text, 'teacher.zh.md': text });
  expect(problems).toEqual([]);
  expect(card?.zh.map(({ id }) => id)).toEqual([...CARD_SECTIONS]);
});

test('what is missing or out of place is named with file and line', () => {
  expect(read({ 'teacher.en.md': text }).problems).toEqual([
    'mine/teacher.zh.md:0 missing: a teacher’s card is there in both languages, or in none',
  ]);
  const wrong = text
    .replace('{#objective}', '{#goal}')
    .replace('../first/', '../second/')
    .replace('## plan', '::run\n\n[x](term:x)\n\n## plan');
  expect(read({ 'teacher.en.md': wrong, 'teacher.zh.md': text }).problems).toEqual([
    expect.stringMatching(
      /^mine\/teacher\.en\.md:1 sections of a teacher’s card: objective, .*here: goal/,
    ),
    'mine/teacher.en.md:9 no directives on a teacher’s card: run',
    'mine/teacher.en.md:11 words are explained in the lesson’s text: x',
    'mine/teacher.en.md:3 link leads nowhere: ../second/',
  ]);
});
