// What the last lesson says of single cells of its table, beyond the word that stands in them.

import { expect, test } from 'vitest';
import { readLesson } from '#lib/lessons/folder.ts';
import { filesOf, workFacts } from '#lib/lessons/outcome.ts';
import { struck } from '#lib/lessons/trials.ts';
import { tracesOf } from '../support/lesson-run.ts';

/** What became of the work in a cell. */
async function cell(name: string, column: string) {
  const lesson = await readLesson('six-answers', (code) => code);
  const { rows, answer, done } = lesson.tables!['six']!;
  const row = rows[name]!;
  const scenario = lesson.scenarios![column]!;
  const [trace] = await tracesOf(struck(filesOf(lesson, row), scenario));
  return workFacts(trace!, { answer, done: row.done ?? done }, scenario.faults.length > 0);
}

test('who is silent for a minute has lost its piece to somebody else, in SCOOP and Disco', async () => {
  for (const row of ['scoop', 'disco']) {
    const { atUs } = await cell(row, 'slept');
    expect(atUs, row).toBeGreaterThan(60_000_000);
    expect(atUs, row).toBeLessThan(90_000_000);
  }
});

test('Celery cut off: a piece is done twice, and client has no total all the same', async () => {
  const cutOff = await cell('celery', 'cut');
  expect(cutOff).toMatchObject({ outcome: 'stalled', doneCount: 6, timesCount: 7 });
});
