// The lesson has its reader follow the red line, process and channel in turn, and ends with a proof: of all
// schedules none is a deadlock.

import { expect, test } from 'vitest';
import { readLesson } from '#lib/lessons/folder.ts';
import { filesOf } from '#lib/lessons/outcome.ts';
import { cspAt } from '#lib/trace/csp.ts';
import { exploreFiles } from '../support/explore-files.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('the red line leads from ada at there to ben at back and home; turned round both read', async () => {
  const [start] = await scenarioRuns('csp-deadlock', 'start');
  const { cycle, links } = cspAt(start!, start!.frontierUs);
  expect(cycle).toEqual(['ada', 'there', 'ben', 'back', 'ada']);
  const blocked = links.filter(({ isBlocked }) => isBlocked);
  expect(blocked.map(({ process, channel, value }) => [process, channel, value])).toEqual([
    ['main ada', 'main#there', "'a gift from ada'"],
    ['main ben', 'main#back', "'a gift from ben'"],
  ]);
  const [turned] = await scenarioRuns('csp-deadlock', 'turned');
  const ring = cspAt(turned!, turned!.frontierUs);
  expect(ring.cycle).toEqual(['ada', 'back', 'ben', 'there', 'ada']);
  expect(ring.links.filter(({ isBlocked }) => isBlocked).map(({ side }) => side)).toEqual([
    'read',
    'read',
  ]);
});

test('CSP2 who give first, or take first, are in a deadlock; who offer both have two schedules, and none is', async () => {
  const lesson = await readLesson('csp-deadlock', (code) => code, 'ts');
  expect(await exploreFiles(lesson.files)).toMatchObject({ outcome: 'deadlock', count: 1 });
  const turned = filesOf(lesson, lesson.scenarios!['turned']!);
  expect(await exploreFiles(turned)).toMatchObject({ outcome: 'deadlock', count: 1 });
  expect(await exploreFiles(lesson.solution)).toMatchObject({ outcome: 'ended', count: 2 });
});
