// The law in Node.js for every program there is; engines.law.ts runs the same in browsers.

import { expect, test } from 'vitest';
import { lawPrograms } from '../support/law-programs.ts';
import { expectOneDigest, runEveryWay } from '../support/one-digest.ts';

const programs = await lawPrograms();

test('KT3 fifty programs or more', () => {
  expect(programs.length).toBeGreaterThanOrEqual(50);
});

for (const program of programs) {
  const title = `KT3 NODE3 ${program.name} has one digest in every placement and window`;
  test(title, { timeout: 120_000 }, async () => {
    expectOneDigest((await runEveryWay([program]))[0]!);
  });
}
