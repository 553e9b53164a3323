// The law (DESIGN section 2): same program, cluster, seed and faults, same digest, in any placement,
// run twice, with windows cut at random. Twelve programs here; all of them, and the browsers, with
// `npm run test:law`; Chromium's twelve are in tests/e2e/law.spec.ts.

import { expect, test } from 'vitest';
import { runInSandbox } from '../../bin/experiment.ts';
import { gatePrograms } from '../support/law-programs.ts';
import { expectOneDigest, runEveryWay, type LawOutcome } from '../support/one-digest.ts';

const programs = await gatePrograms();

/** In one child for all: it takes longer to start than most of them to run. */
let outcomes: Promise<LawOutcome[]> | undefined;

for (const [index, program] of programs.entries()) {
  const title = `KT3 NODE3 ${program.name} has one digest in every placement and window`;
  test(title, { timeout: 600_000 }, async () => {
    outcomes ??= runEveryWay(programs);
    expectOneDigest((await outcomes)[index]!);
  });
}

test('KT6 another seed gives another run', async () => {
  const gossip = await programs.find(({ name }) => name === 'gossip')!.prepared();
  const reports = await runInSandbox(gossip, [
    { seed: 1, placement: 'inline', isQuiet: true },
    { seed: 2, placement: 'inline', isQuiet: true },
  ]);
  expect(reports[0]!.end.digest).not.toBe(reports[1]!.end.digest);
});
