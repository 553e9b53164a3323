import { expect, test } from 'vitest';
import { readLessonText } from './markdown.ts';

const read = (text: string) => readLessonText('x/lesson.en.md', text, (code) => code);

test('steps begin at headings, directives stand between pieces of HTML', () => {
  const steps = read(
    '## One {#one}\n\nHello *you*.\n\n::predict{id=who}\n\nBye.\n\n## Two {#two}\n\n::run\n',
  );
  expect(steps).toEqual([
    {
      id: 'one',
      title: 'One',
      parts: [
        { type: 'html', html: '<p>Hello <em>you</em>.</p>\n' },
        { type: 'directive', name: 'predict', attributes: { id: 'who' } },
        { type: 'html', html: '<p>Bye.</p>\n' },
      ],
      terms: [],
    },
    {
      id: 'two',
      title: 'Two',
      parts: [{ type: 'directive', name: 'run', attributes: {} }],
      terms: [],
    },
  ]);
});

test('a heading without id is refused, with its line', () => {
  expect(() => read('## One {#one}\n\n## Two\n')).toThrow(
    'x/lesson.en.md:3:1: a step begins with "## Title {#id}"',
  );
});

test('an unknown directive and a missing attribute are refused', () => {
  expect(() => read('## One {#one}\n::riddle{id=a}\n')).toThrow('unknown directive: riddle');
  expect(() => read('## One {#one}\n::predict\n')).toThrow('predict: missing id');
});

test('a step that is too long is refused', () => {
  expect(() => read(`## One {#one}\n${'word '.repeat(121)}`)).toThrow('121 words: at most 120');
});

test('an empty text is refused: it is no lesson', () => {
  expect(() => read('')).toThrow('no step');
});

test('a link to a term becomes the button of its explanation, any other link stays', () => {
  const [step] = read('## One {#one}\n\nA [*broker*](term:broker) and a [page](../two/).\n');
  expect(step!.terms).toEqual(['broker']);
  expect(step!.parts).toEqual([
    {
      type: 'html',
      html:
        '<p>A <button type="button" class="term" popovertarget="term-broker"><em>broker</em></button>' +
        ' and a <a href="../two/">page</a>.</p>\n',
    },
  ]);
});
