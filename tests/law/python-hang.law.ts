// A Python process that no meter can stop: it takes ten real seconds, so it is not part of the gate.

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
