import { expect, test } from 'vitest';
import { formatDiagnostic } from '#lib/protocol/errors.ts';
import { readLessonText } from './markdown.ts';

const readAll = (text: string) => readLessonText('x/lesson.en.md', text, (code) => code);
const read = (text: string) => readAll(text).steps;
/** What is wrong with a text. */
const wrong = (text: string) => readAll(text).problems.map(formatDiagnostic).join('\n');

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
  expect(wrong('## One {#one}\n\n## Two\n')).toContain(
    'x/lesson.en.md:3:1: a step begins with "## Title {#id}"',
  );
});

test('what stands before the first heading is refused: no step has it', () => {
  expect(wrong('\nHello.\n\n## One {#one}\n')).toContain('x/lesson.en.md:2:1: nobody would see');
  expect(wrong('::run\n## One {#one}\n')).toContain('x/lesson.en.md:1:1: nobody would see');
});

test('an unknown directive and a missing attribute are refused', () => {
  expect(wrong('## One {#one}\n::riddle{id=a}\n')).toContain('unknown directive: riddle');
  expect(wrong('## One {#one}\n::predict\n')).toContain('predict: missing id');
});

test('a step that is too long is refused', () => {
  expect(wrong(`## One {#one}\n${'word '.repeat(121)}`)).toContain('121 words: at most 120');
});

test('an empty text is refused: it is no lesson', () => {
  expect(wrong('')).toContain('no step');
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

test('a text acts on nothing: HTML and images are shown as text, and refused with their line', () => {
  const text =
    '## One {#one}\n\nSee <b onclick="x()">here</b>.\n\n<script>\nx()\n</script>\n\n![a](b.png)\n';
  expect(wrong(text)).toContain('x/lesson.en.md:3:1: no HTML and no images in a text: <b onclick');
  expect(wrong(text)).toContain('x/lesson.en.md:5:1: no HTML and no images in a text: <script>');
  expect(wrong(text)).toContain('x/lesson.en.md:9:1: no HTML and no images in a text: ![a](b.png)');
  const html = JSON.stringify(read(text));
  expect(html).not.toMatch(/<(b|script|img)\b/);
  expect(html).toContain('&lt;script&gt;');
});

test('a link leads outside by http, or to another lesson', () => {
  const links = [
    '[a](javascript:alert`1`)',
    '[a](JavaScript:alert`1`)',
    '[a](<javascript:alert(1)>)',
    '<javascript:alert`1`>',
    '[a](data:text/html,x)',
    '[a][b]\n\n[b]: vbscript:x',
  ];
  for (const link of links) {
    const text = `## One {#one}\n\n${link}\n`;
    expect(wrong(text), link).toContain('a link leads to http, https or another lesson');
    expect(JSON.stringify(read(text)), link).not.toContain('<a ');
  }
  expect(wrong('## One {#one}\n\n[a](https://example.org/?q=a:b) [b](../two/)\n')).toBe('');
  const coded = read('## One {#one}\n\n[a](&#106;avascript:alert`1`)\n');
  expect(JSON.stringify(coded)).toContain('&amp;#106;avascript');
  const [step] = read('## One {#one}\n\n[a](term:"><script>)\n');
  expect(JSON.stringify(step!.parts)).not.toContain('<script');
});

test('a name that every object has is no directive', () => {
  expect(wrong('## One {#one}\n::constructor\n')).toContain('unknown directive: constructor');
  expect(wrong('## One {#one}\n::check{toString=x}\n')).toContain('check: missing goal');
});
