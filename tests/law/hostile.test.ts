// Learner code is hostile until proven otherwise (DESIGN section 6). The same program runs in real
// Chromium in tests/e2e/sandbox.spec.ts.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { readFolder, runInSandbox } from '../../bin/experiment.ts';

const folder = fileURLToPath(new URL('../fixtures/experiments/hostile/', import.meta.url));

for (const placement of ['inline', 'worker'] as const) {
  test(
    `a program that tries every door finds none open (${placement})`,
    { timeout: 60_000 },
    async () => {
      const lines: Record<string, string[]> = {};
      const prepared = await prepare(await readFolder(folder));
      const [report] = await runInSandbox(prepared, [{ seed: 1, placement }], (line) => {
        const event = JSON.parse(line) as TraceEvent;
        if (event.kind === 'log') (lines[event.node] ??= []).push(event.text);
      });
      expect(report!.end.reason).toBe('quiescent');
      const open = lines['evil']!.filter((line) => !line.includes(': refused, '));
      expect(open).toEqual([]);
      expect(lines['evil']!.length).toBeGreaterThan(40);
      expect(lines['good']!.slice(1)).toEqual(['1 2 3 [object Object] [2]']);
    },
  );
}

test('code from text does not even compile where it can be seen', async () => {
  const cluster = '{ "nodes": { "a": { "run": "a.ts" } } }';
  for (const text of ["await import('https://example.org/x.js')", 'console.log(import.meta.url)']) {
    await expect(prepare({ 'cluster.json': cluster, 'a.ts': text })).rejects.toThrow(
      /^a\.ts:1:\d+: /,
    );
  }
});
