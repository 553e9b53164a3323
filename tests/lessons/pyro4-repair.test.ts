// What the text says of the editor, and of the name in the Objects panel when its server is dead.

import { expect, test } from 'vitest';
import { LESSONS_FOLDER } from '#lib/lessons/folder.ts';
import { RemoteCalls } from '#lib/trace/remote-calls.ts';
import { ObjectsFold } from '#lib/trace/remote-objects.ts';
import { typeProblems } from '../../bin/types.ts';
import { scenarioRuns } from '../support/lesson-run.ts';

test('the editor underlines both mistakes of the start', async () => {
  const problems = await typeProblems([{ slug: 'pyro4-repair', folder: LESSONS_FOLDER }]);
  const starts = problems.map(({ diagnostic }) => diagnostic.message).join('\n');
  expect(starts).toContain("'naming'");
  expect(starts).toContain("'requstLoop'");
});

test('book.clock is still listed, and leads to nobody', async () => {
  const [trace] = await scenarioRuns('pyro4-repair', 'stale');
  const { nameServers } = new ObjectsFold(trace!, new RemoteCalls(trace!)).at(trace!.frontierUs);
  const row = nameServers[0]!.names.find(({ name }) => name === 'book.clock');
  expect(row).toMatchObject({ whereabouts: 'nobody' });
});
