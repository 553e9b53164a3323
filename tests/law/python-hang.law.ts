// Python processes that the meter does not stop in time: they take real seconds, and are no part of the
// gate.

import { expect, test } from 'vitest';
import { prepare } from '#lib/runtime/prepare.ts';
import { runInSandbox } from '../../bin/experiment.ts';

test(
  'NODE7 a call of C code that never ends fails the run, with the node and its last line',
  { timeout: 60_000 },
  async () => {
    const prepared = await prepare({
      'cluster.json': '{ "nodes": { "a": { "run": "python a.py" } } }',
      'a.py': 'import time\ntime.sleep(0.1)\nprint("up")\nsum(range(10**12))\n',
    });
    const [report] = await runInSandbox(prepared, [{ seed: 1, placement: 'inline' }]);
    expect(report!.end.reason).toBe('failed');
    expect(report!.end.detail).toMatch(
      /^a: computed 10 s of real time without an answer; last seen at a\.py:3\. /,
    );
  },
);

test(
  'NODE7 a pattern of re that tries everything fails the run, with the node and its line',
  { timeout: 240_000 },
  async () => {
    const prepared = await prepare({
      'cluster.json': '{ "nodes": { "a": { "run": "python a.py" } } }',
      'a.py': 'import re\nprint("up")\nre.match(r"(a+)+$", "a" * 60 + "b")\n',
    });
    const [report] = await runInSandbox(prepared, [{ seed: 1, placement: 'inline' }]);
    expect(report!.end.reason).toBe('failed');
    expect(report!.end.detail).toMatch(
      /^a: computed 60 s of real time without waiting; last seen at a\.py:3\. /,
    );
  },
);
