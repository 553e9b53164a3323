import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { formatDiagnostic } from '#lib/protocol/errors.ts';
import { lessonIn, type LessonFolder } from './lesson.ts';

const TEMPLATE = 'static/lesson-template';
const files = Object.fromEntries(
  readdirSync(TEMPLATE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => [path.relative(TEMPLATE, file), readFileSync(file, 'utf8')]),
);
const folder: LessonFolder = {
  slug: 'mine',
  files,
  glossary: { file: 'glossary.json', text: '{}' },
  slugs: ['other'],
};

/** The template with one piece of a file replaced, or without the file. */
function read(file: string, from?: string, to = '') {
  const { [file]: text = '', ...rest } = files;
  expect(text).toContain(from ?? '');
  const changed = from === undefined ? rest : { ...files, [file]: text.replace(from, to) };
  const { lesson, problems } = lessonIn('ts', { ...folder, files: changed }, (code) => code);
  return { lesson, problems: problems.map(formatDiagnostic) };
}

test('each mistake has its file and line, and what is left can be shown', () => {
  const unknown = read('lesson.en.md', '::run', '::runn');
  expect(unknown.problems).toEqual([
    expect.stringMatching(/^mine\/lesson\.en\.md:11:1: unknown directive: runn \(directives: /),
  ]);
  expect(unknown.lesson?.text.en).toHaveLength(4);

  const dead = read('lesson.zh.md', '然后让读者', '[那一课](../gone/) 然后让读者');
  expect(dead.problems).toEqual(['mine/lesson.zh.md:9:1: link leads nowhere: ../gone/']);
  expect(read('lesson.zh.md', '然后让读者', '[那一课](../other/) 然后').problems).toEqual([]);

  const scenario = read('lesson.en.md', '::scenario{id=back}', '::scenario{id=toString}');
  expect(scenario.problems).toEqual([
    'mine/lesson.en.md:31:1: scenario: no such scenario: toString',
  ]);
  const shown = scenario.lesson!.text.en.flatMap(({ parts }) => parts);
  expect(shown.some((part) => part.type === 'directive' && part.name === 'scenario')).toBe(false);

  expect(read('lesson.json', '"answer": "error"', '"answer": "late"').problems).toEqual([
    expect.stringMatching(/^mine\/lesson\.json:\d+:17: predictions\.reply\.answer: no such choice/),
  ]);
  expect(read('lesson.json', '"^asked"', '"(asked"').problems).toEqual([
    expect.stringMatching(/^mine\/lesson\.json:\d+:\d+: steps\.break\.pauseOn/),
  ]);
  expect(read('ts/cluster.json', '"seed": 1', '"sead": 1').problems).toEqual([
    expect.stringMatching(/^mine\/ts\/cluster\.json:\d+:\d+: unknown key: sead/),
  ]);
});

test('a trial rests on scenarios that exist, and is left out where one does not', () => {
  const words = { en: 'x', zh: 'x' };
  const withTrial = (tries: string[]) => {
    const json = JSON.parse(files['lesson.json']!) as object;
    const trials = { safe: { claim: words, verdict: 'false', because: words, tries } };
    const changed = {
      ...files,
      'lesson.json': JSON.stringify({ ...json, trials }),
      'lesson.en.md': files['lesson.en.md']!.replace('::run', '::trial{id=safe}'),
    };
    const { lesson, problems } = lessonIn('ts', { ...folder, files: changed }, (code) => code);
    const parts = lesson!.text.en.flatMap((step) => step.parts);
    const isShown = parts.some((part) => part.type === 'directive' && part.name === 'trial');
    return { isShown, problems: problems.map(formatDiagnostic) };
  };
  expect(withTrial(['back'])).toEqual({ isShown: true, problems: [] });
  expect(withTrial(['back', 'gone'])).toEqual({
    isShown: false,
    problems: ['mine/lesson.en.md:11:1: trial: no such scenario: gone'],
  });
});

test('a table names scenarios and variants that exist, and says what comes of each cell', () => {
  const table = {
    ...{ title: { en: 'x', zh: 'x' }, answer: { log: 'x', node: 'client', untilMs: 1 } },
    ...{ pieces: 1, done: { log: 'x' }, columns: ['back', 'gone'] },
    rows: {
      a: {
        ...{ title: { en: 'x', zh: 'x' }, variant: 'none', changed: ['none.ts'] },
        shows: { gone: 'lost', more: 'lost' },
      },
    },
  };
  const { problems } = read(
    'lesson.json',
    '"goals"',
    `"tables": { "t": ${JSON.stringify(table)} }, "goals"`,
  );
  expect(problems.map((problem) => problem.replace(/^.*?tables/, 'tables'))).toEqual([
    'tables.t.columns.1: no such scenario: gone',
    'tables.t.rows.a.variant: no such folder below variants: none',
    'tables.t.rows.a.changed: none.ts is not changed by the solution',
    'tables.t.rows.a.shows: missing: back',
    'tables.t.rows.a.shows.more: no such column: more',
  ]);
});

test('a missing translation is named, and the other language stands in', () => {
  const { lesson, problems } = read('lesson.zh.md');
  expect(problems).toEqual(['mine/lesson.zh.md: missing: every lesson needs one']);
  expect(lesson?.text.zh).toEqual(lesson?.text.en);
  const step = read('lesson.zh.md', '## 再演示一遍 {#again}', '');
  expect(step.problems).toContain(
    'mine/lesson.zh.md: steps differ from lesson.en.md: start, break, now-you (there: start, break, again, now-you)',
  );
});

test('without lesson.json or a step there is nothing to show', () => {
  expect(read('lesson.json').lesson).toBeNull();
  expect(read('lesson.json', '"title"', 'title').lesson).toBeNull();
  expect(read('lesson.en.md').lesson).toBeNull();
});
