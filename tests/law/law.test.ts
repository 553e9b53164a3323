// The law (DESIGN section 2): same program, cluster, seed and faults, same digest, in any placement,
// run twice, with windows cut at random. Twelve programs here; all of them, and the browsers, with
// `npm run test:law`; Chromium's twelve are in tests/e2e/law.spec.ts.

import { expect, test } from 'vitest';
import { runInSandbox } from '../../bin/experiment.ts';
import { gatePrograms } from '../support/law-programs.ts';
import { expectOneDigest } from '../support/one-digest.ts';

const programs = await gatePrograms();

for (const program of programs) {
  const title = `KT3 NODE3 ${program.name} has one digest in every placement and window`;
  test(title, { timeout: 60_000 }, () => expectOneDigest(program));
}

test('KT6 another seed gives another run', async () => {
  const gossip = await programs.find(({ name }) => name === 'gossip')!.prepared();
  const reports = await runInSandbox(gossip, [
    { seed: 1, placement: 'inline', isQuiet: true },
    { seed: 2, placement: 'inline', isQuiet: true },
  ]);
  expect(reports[0]!.end.digest).not.toBe(reports[1]!.end.digest);
});
