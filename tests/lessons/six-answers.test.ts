// What the last lesson says of single cells of its table, beyond the word that stands in them.

import { expect, test } from 'vitest';
import { readLesson } from '#lib/lessons/folder.ts';
import { filesOf, workFacts } from '#lib/lessons/outcome.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { runInSandbox } from '../../bin/experiment.ts';

/** What became of the work in a cell. */
async function cell(name: string, column: string) {
  const lesson = await readLesson('six-answers', (code) => code);
  const { rows, answer, done } = lesson.tables!['six']!;
  const row = rows[name]!;
  const { faults } = lesson.scenarios![column]!;
  const prepared = await prepare({
    ...filesOf(lesson, row),
    'faults.json': JSON.stringify(faults),
  });
  const trace = new TraceStore();
  const runs = [{ seed: 1, placement: 'inline' as const }];
  await runInSandbox(prepared, runs, (line) => trace.append(`${line}\n`));
  return workFacts(trace, { answer, done: row.done ?? done }, faults.length > 0);
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
