// The law (DESIGN section 2): same program, cluster, seed and faults, same digest, in any placement,
// run twice, with windows cut at random. Chromium's part is in tests/e2e/law.spec.ts.

import { expect, test } from 'vitest';
import { runInSandbox } from '../../bin/experiment.ts';
import { lawPrograms } from '../support/law-programs.ts';

for (const { name, prepared } of await lawPrograms()) {
  test(
    `KT3 NODE3 ${name} has one digest in every placement and window`,
    { timeout: 60_000 },
    async () => {
      const reports = await runInSandbox(await prepared(), [
        { seed: 1, placement: 'inline', isQuiet: true },
        { seed: 1, placement: 'inline', isQuiet: true },
        { seed: 1, placement: 'inline', isQuiet: true, windowSeed: 1 },
        { seed: 1, placement: 'inline', isQuiet: true, windowSeed: 2 },
        { seed: 1, placement: 'worker', isQuiet: true },
        { seed: 1, placement: 'worker', isQuiet: true, windowSeed: 3 },
        { seed: 2, placement: 'inline', isQuiet: true },
      ]);
      const digests = reports.map(({ end }) => end.digest);
      const other = digests.pop();
      expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
      expect(new Set(digests).size).toBe(1);
      expect(other).not.toBe(digests[0]);
    },
  );
}
