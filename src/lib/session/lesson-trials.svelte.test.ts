import { expect, test } from 'vitest';
import type { Lesson } from '#lib/lessons/lesson.ts';
import type { LabThread } from '#lib/runtime/lab.ts';
import type { Prepared } from '#lib/runtime/prepare.ts';
import { LessonTrials } from './lesson-trials.svelte.ts';

const JSON_TEXT = `{
  "scenarios": {
    "late": {}
  },
  "goals": {
    "once": {}
  }
}`;
const SAYS = [{ log: '^done$', node: 'client' }];

const lessonWith = (start: string, solution: string) =>
  ({
    language: 'ts',
    files: { 'a.ts': start },
    solution: { 'a.ts': solution },
    variants: {},
    steps: {},
    scenarios: { late: { faults: [], checks: SAYS } },
    goals: { once: { faults: [], checks: SAYS, seeds: 20 } },
  }) as unknown as Lesson;

/** A program that `answers` prints "done"; one that `sometimes` does, on odd seeds. */
const engine = {
  prepare: async (files: Readonly<Record<string, string>>) => {
    if (files['a.ts'] === 'broken') throw new Error('no sandbox');
    return files as unknown as Prepared;
  },
  start: async (files: Prepared) => {
    const program = (files as unknown as Record<string, string>)['a.ts'];
    return {
      async run({ seed, ontext }: Parameters<LabThread['run']>[0]) {
        const isDone = program === 'answers' || (program === 'sometimes' && seed! % 2 === 1);
        const log = { tUs: 1, kind: 'log', node: 'client', stream: 'stdout', text: 'done' };
        const end = { tUs: 2, kind: 'end', reason: 'quiescent', waiting: [], deadlocks: [] };
        const header = { lightcone: 1, build: '', seed, nodes: ['client'] };
        const lines = [header, ...(isDone ? [log] : []), end];
        await ontext?.(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
        return { end, reports: [] };
      },
      close: () => undefined,
    } as unknown as LabThread;
  },
  close: () => undefined,
};

async function problemsOf(lesson: Lesson): Promise<string[]> {
  const trials = new LessonTrials(engine);
  await trials.start([lesson], JSON_TEXT);
  expect(trials.isRunning).toBe(false);
  return trials.problems!.map(({ file, line, message }) => `${file}:${line} ${message}`);
}

test('a start that passes its own check and a solution that fails it are named with their line', async () => {
  expect(await problemsOf(lessonWith('answers', 'sometimes'))).toEqual([
    'lesson.json:6 goals.once: the start state reaches it already',
    'lesson.json:6 goals.once: the solution fails on seed 2: client prints done',
  ]);
  expect(await problemsOf(lessonWith('', 'answers'))).toEqual([
    'lesson.json:3 scenarios.late: not so on seed 1: client prints done',
  ]);
});

test('what cannot be run says so, and the others are tried', async () => {
  expect(await problemsOf(lessonWith('answers', 'broken'))).toEqual([
    'lesson.json:6 goals.once: the start state reaches it already',
    'lesson.json:0 no sandbox',
  ]);
});

test('a lesson that has changed meanwhile has no findings', async () => {
  const trials = new LessonTrials(engine);
  const running = trials.start([lessonWith('', '')], JSON_TEXT);
  expect(trials.isRunning).toBe(true);
  expect(trials.count).toBe(3);
  trials.forget();
  await running;
  expect(trials.problems).toBeNull();
  expect(trials.isRunning).toBe(false);
});
