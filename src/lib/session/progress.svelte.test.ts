import { beforeEach, expect, test } from 'vitest';
import { TraceStore } from '#lib/trace/store.ts';
import { traceText } from '../../../tests/support/fixtures.ts';
import { LessonProgress } from './progress.svelte.ts';

const text = { en: 'x', zh: 'x' };
const prediction = {
  ...{ question: text, choices: [], answer: 'a', verdicts: {} },
  settled: [{ log: '^8$', node: 'client' }],
};
const run = () => TraceStore.from(traceText('first-task'));

let progress: LessonProgress;

beforeEach(() => {
  progress = new LessonProgress({
    ...{ slug: 'x', stepCount: 3, goals: {} },
    predictions: { first: prediction, second: prediction },
    askedAt: (id) => (id === 'first' ? 0 : 1),
  });
});

test('a run answers what was asked for by then, and nothing of a later page', () => {
  progress.record(run());
  expect([progress.isSettled('first'), progress.isSettled('second')]).toEqual([true, false]);
  progress.goTo(1, null);
  progress.record(run());
  expect(progress.isSettled('second')).toBe(true);
});

test('the run of an earlier page, seen again, answers nothing of a later one', () => {
  const earlier = run();
  progress.goTo(1, earlier);
  progress.goTo(2, earlier);
  progress.record(earlier);
  expect([progress.isSettled('first'), progress.isSettled('second')]).toEqual([true, false]);
});
