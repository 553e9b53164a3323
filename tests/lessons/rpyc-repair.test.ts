// What the text says of the editor, and of who is the first to see the mistake.

import { expect, test } from 'vitest';
import { LESSONS_FOLDER } from '#lib/lessons/folder.ts';
import { findMoment } from '#lib/lessons/pattern.ts';
import { typeProblems } from '../../bin/types.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('to the editor the program for server is a text like any other', async () => {
  expect(await typeProblems([{ slug: 'rpyc-repair', folder: LESSONS_FOLDER }])).toEqual([]);
});

test('server sees summ before client does', async () => {
  const [trace] = await scenarioRuns('rpyc-repair', 'in');
  const first = (node: string): number => findMoment(trace!, { log: "'summ'", node });
  expect(first('server')).toBeGreaterThan(-1);
  expect(first('server')).toBeLessThan(first('client'));
});
