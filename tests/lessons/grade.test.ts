// What a learner hands in is run again: an answer that reaches its goal, one that does not, one that
// somebody has made up, and files that are no answers.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { gradeCommand } from '../../bin/grade.ts';
import { loadEngine, runInSandbox } from '../../bin/experiment.ts';
import { readLesson } from '#lib/lessons/folder.ts';
import { ownSeed } from '#lib/lessons/seeds.ts';
import { writeSubmission, type Submission } from '#lib/lessons/submission.ts';
import { prepare } from '#lib/runtime/prepare.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'answers-'));
afterAll(() => rmSync(folder, { recursive: true }));

let said: string[];
beforeEach(() => {
  said = [];
  for (const stream of ['log', 'error'] as const) {
    vi.spyOn(console, stream).mockImplementation((text: string) => void said.push(text));
  }
});

// Others are tested in this thread afterwards.
afterEach(() => vi.restoreAllMocks());

const lesson = await readLesson('rpyc-async', (code) => code);
const [goal] = Object.keys(lesson.goals);
const { faults } = lesson.goals[goal!]!;

/** What seed 1 gives: the page would list all of them. */
async function runOf(files: Submission['files']): Promise<Submission['runs'][number]> {
  const prepared = await prepare({ ...files, 'faults.json': JSON.stringify(faults) });
  const [report] = await runInSandbox(prepared, [{ seed: 1, placement: 'inline' }]);
  return { seed: 1, digest: report!.end.digest, hasHeld: true };
}

const answer: Omit<Submission, 'lightconeSubmission'> = {
  build: (await loadEngine()).build,
  author: 'Anna',
  lesson: lesson.slug,
  goal: goal!,
  language: 'ts',
  files: lesson.solution as Record<string, string>,
  runs: [await runOf(lesson.solution as Record<string, string>)],
};

function handIn(name: string, text: string): string {
  const file = path.join(folder, `${name}.submission.json`);
  writeFileSync(file, text);
  return file;
}

test('a folder is graded at once, each answer by running it', { timeout: 120_000 }, async () => {
  const start = { ...answer, author: 'Ben', files: lesson.files as Record<string, string> };
  const forged = {
    ...answer,
    author: 'Cem',
    runs: [{ ...answer.runs[0]!, digest: 'b'.repeat(64) }],
  };
  handIn('a', writeSubmission(answer));
  expect(await gradeCommand([folder])).toBe(0);
  const [anna] = said;
  expect(anna).toContain(`Anna (own seed ${ownSeed('Anna')}), rpyc-async, ${goal} (ts)`);
  expect(anna).toContain('reached on 20 of 20 seeds');
  expect(anna).toMatch(/changed: \w+\.ts/);
  expect(anna).not.toMatch(/DIFFERS|another version/);

  said = [];
  handIn('b', writeSubmission({ ...start, runs: [] }));
  handIn('c', writeSubmission(forged));
  handIn('d', writeSubmission({ ...forged, build: 'older' }));
  handIn('e', '{');
  expect(await gradeCommand([folder])).toBe(1);
  expect(said).toHaveLength(5);
  expect(said[1]).toMatch(/Ben.*\n {2}NOT REACHED: seed 1 breaks it: .*\n {2}changed: nothing/);
  expect(said[2]).toContain('DIFFERS: the digest of seed 1');
  expect(said[3]).toContain('another version ran it');
  expect(said[4]).toMatch(/e\.submission\.json:1:\d: not JSON/);
});

test('what cannot be graded says why', async () => {
  const file = handIn('f', writeSubmission({ ...answer, goal: 'nothing-of-it' }));
  expect(await gradeCommand([file])).toBe(1);
  expect(said.pop()).toContain(`goal: there is no nothing-of-it here (there are: ${goal}`);
  const other = handIn('g', writeSubmission({ ...answer, lesson: 'no-lesson' }));
  expect(await gradeCommand([other])).toBe(1);
  expect(said.pop()).toContain('lesson: there is no no-lesson here');
  const broken = { ...answer.files, 'cluster.json': '{}' };
  expect(await gradeCommand([handIn('h', writeSubmission({ ...answer, files: broken }))])).toBe(1);
  expect(said.pop()).toContain('cluster.json:1:1');
  said = [];
  const named = { ...answer, author: '=1+1, "x"' };
  const places = [handIn('i', writeSubmission(named)), other];
  expect(await gradeCommand(places, undefined, true)).toBe(1);
  const [head, row, problem, ...rest] = said;
  expect(head).toMatch(/^file,author,own seed,lesson,goal,language,reached,seeds,/);
  // A name is no formula.
  expect(row).toContain(
    `,"'=1+1, ""x""",${ownSeed(named.author)},rpyc-async,${goal},ts,yes,20,,,same,`,
  );
  expect(problem).toContain('lesson: there is no no-lesson here');
  expect(rest).toEqual([]);
  const empty = mkdtempSync(path.join(folder, 'empty'));
  expect(await gradeCommand([empty])).toBe(2);
  expect(said.pop()).toContain('nothing to grade');
  expect(await gradeCommand([path.join(folder, 'not-there.json')])).toBe(2);
});
