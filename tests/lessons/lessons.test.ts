// Every lesson of the site keeps what it promises: start states fail, solutions pass, on many seeds.

import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkLesson, checkLessons, type LessonReport } from '../../bin/check.ts';
import { makeLesson } from '../../bin/new-lesson.ts';
import type { Language } from '#lib/lessons/languages.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import {
  lessonLanguages,
  lessonSlugs,
  LESSONS_FOLDER,
  readCatalogue,
  readLesson,
} from '#lib/lessons/folder.ts';

/** All of it runs on more seeds, with variants, in both languages, in tests/law/lessons-*.law.ts. */
const SEED_COUNT = 5;

/** A run with an interpreter takes seconds: here such a lesson is read. */
async function needsPython(slug: string, language: Language): Promise<boolean> {
  const { files } = await readLesson(slug, (code) => code, language);
  return (await prepare(files)).interpreterCount > 0;
}

test('the catalogue lists every folder, chapter by chapter', async () => {
  const { chapters } = await readCatalogue();
  const slugs = chapters.flatMap((chapter) => chapter.slugs);
  expect([...slugs].sort()).toEqual(await lessonSlugs());
  const order = ['celery-first-task', 'pyro4-greeting', 'pyro4-chain', 'rpyc-price'];
  expect(slugs.filter((slug) => order.includes(slug))).toEqual(order);
});

describe('every lesson keeps its promises', { timeout: 600_000 }, async () => {
  const lessons: { slug: string; language: Language; seedCount: number }[] = [];
  for (const slug of await lessonSlugs()) {
    for (const language of await lessonLanguages(slug)) {
      const seedCount = (await needsPython(slug, language)) ? 0 : SEED_COUNT;
      lessons.push({ slug, language, seedCount });
    }
  }
  // The first test waits for all of them.
  let reports: Promise<LessonReport[]> | undefined;

  for (const [at, { slug, language, seedCount }] of lessons.entries()) {
    const promise = seedCount > 0 ? `holds on ${seedCount} seeds` : 'can be read';
    test(`${slug} in ${language} ${promise}`, async () => {
      reports ??= checkLessons(lessons, { seedCount: SEED_COUNT, isBrief: true });
      expect((await reports)[at]).toEqual({ slug, language, problems: [] });
    });
  }
});

describe('a lesson that breaks its promise is refused', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lessons-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  type Change = readonly [file: string, from: string, to: string];

  /** What is wrong with a copy of a lesson in which some texts stand for others. */
  async function problemsWith(...changes: readonly Change[]): Promise<string> {
    const slug = 'pyro4-greeting';
    cpSync(path.join(LESSONS_FOLDER, slug), path.join(folder, slug), { recursive: true });
    for (const [name, from, to] of changes) {
      const file = path.join(folder, slug, name);
      const text = readFileSync(file, 'utf8');
      expect(text).toContain(from);
      writeFileSync(file, text.replace(from, to));
    }
    return (await checkLesson(slug, 'ts', { seedCount: 1, folder })).problems.join('\n');
  }

  test('in its names', async () => {
    const problems = await problemsWith(
      ['lesson.en.md', '::scenario{id=early}', '::scenario{id=late}'],
      ['lesson.zh.md', '::kill{node=server}', '::kill{node=shop}\n\n::quiz{id=who}\n\n[x](term:x)'],
      ['lesson.zh.md', '::run', '::change{file=client.ts to=late}'],
      ['lesson.json', '"changed": ["client.ts"]', '"changed": ["a.ts"], "variant": "late"'],
    );
    expect(problems.split('\n')).toEqual([
      expect.stringContaining(
        'lesson.zh.md:23:1: no such term: x (terms of static/glossary.json: ',
      ),
      expect.stringMatching(
        /lesson\.json:\d+:\d+: scenarios\.silence\.variant: no such folder below variants: late/,
      ),
      expect.stringMatching(
        /lesson\.json:\d+:\d+: scenarios\.silence\.changed\.0: a\.ts is not changed by the solution/,
      ),
      expect.stringContaining('lesson.en.md:31:1: scenario: no such scenario: late'),
      expect.stringContaining('lesson.zh.md:9:1: change: no such folder below variants: late'),
      expect.stringContaining('lesson.zh.md:9:1: change: no such change: client.ts'),
      expect.stringContaining('lesson.zh.md:19:1: kill: no such node: shop'),
      expect.stringContaining('lesson.zh.md:21:1: quiz: no such quiz: who'),
    ]);
  });

  test('in its runs', { timeout: 30_000 }, async () => {
    const problems = await problemsWith(
      ['lesson.json', '"pauseOn": { "log": "^wrote', '"pauseOn": { "log": "^no'],
      ['lesson.json', '"atMs": 1500, "kill"', '"atMs": 1800, "kill"'],
      ['solution/ts/server.ts', 'known >= 0', 'known > 0'],
    );
    expect(problems.split('\n')).toEqual([
      expect.stringMatching(
        /lesson\.json:\d+:\d+: steps\.kill\.pauseOn: matches nothing in the run of seed 1$/,
      ),
      expect.stringMatching(
        /lesson\.json:\d+:\d+: scenarios\.early: not so on seed 1: server prints wrote: never$/,
      ),
      expect.stringMatching(
        /lesson\.json:\d+:\d+: goals\.once: the solution fails on seed 1: server prints wrote Ada, 1 ×$/,
      ),
    ]);
  });

  test('in what it says of answers that a learner may give', { timeout: 30_000 }, async () => {
    const said = '"variable": "fails", "name": "reaches"';
    const wrong = await problemsWith([
      'lesson.json',
      said,
      '"variable": "reaches", "name": "fails"',
    ]);
    expect(wrong.split('\n')).toEqual([
      expect.stringMatching(/goals\.once\.answers\.variable: variable fails on seed 1: \w/),
      expect.stringMatching(/lesson\.json:\d+:\d+: goals\.once\.answers\.name: name reaches it$/),
    ]);
    const unknown = await problemsWith(['lesson.json', said, '"gone": "fails", "name": "reaches"']);
    expect(unknown.split('\n')).toEqual([
      expect.stringContaining('variants/variable is tried by no scenario and no goal'),
      expect.stringContaining('goals.once.answers.gone: no such folder below variants: gone'),
    ]);
  });
});

test('a lesson in Python names its own files where the text names those of TypeScript', async () => {
  const lesson = await readLesson('celery-first-task', (code) => code, 'py');
  expect(lesson.open).toEqual(['tasks.py', 'client.py']);
  const late = lesson.text.en.find(({ id }) => id === 'late')!;
  expect(JSON.stringify(late)).toContain('<code>tasks.py</code>');
  expect(late.parts).toContainEqual(
    expect.objectContaining({ name: 'change', attributes: { file: 'tasks.py' } }),
  );
  expect(Object.keys(lesson.changes)).toEqual(['tasks.py']);

  const repair = await readLesson('celery-repair', (code) => code, 'py');
  const questions = Object.values(repair.predictions).map(({ question }) => question.en);
  expect(questions.join()).toContain('old.py');
  expect(questions.join()).not.toContain('old.ts');
});

describe('a new lesson', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'lessons-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('keeps its promises before anybody has changed it', async () => {
    await makeLesson('made-today', folder);
    // With Python it runs in tests/law/lessons-*.law.ts.
    for (const [language, seedCount] of [['ts', 5] as const, ['py', 0] as const]) {
      const { problems } = await checkLesson('made-today', language, { seedCount, folder });
      expect(problems).toEqual([]);
    }
  });

  test('takes no name that is taken, and none that is no name', async () => {
    await makeLesson('mine', folder);
    const file = path.join(folder, 'mine/lesson.en.md');
    writeFileSync(file, 'my words');
    await expect(makeLesson('mine', folder)).rejects.toThrow('mine already: choose another name');
    expect(readFileSync(file, 'utf8')).toBe('my words');
    for (const name of ['', 'My Lesson', '../mine', '9', '-x', 'a/b', '中']) {
      await expect(makeLesson(name, folder)).rejects.toThrow('bad name for a lesson');
    }
  });
});
