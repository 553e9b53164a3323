// Each template of the playground runs: something is printed, nobody fails, nobody waits in vain.

import { expect, test } from 'vitest';
import { readExamples } from '#lib/lessons/examples.ts';
import { runFiles } from '../support/run-files.ts';

for (const { name, language, files } of await readExamples()) {
  test(`the template ${name} runs in ${language}`, { timeout: 60_000 }, async () => {
    const { 'cluster.json': cluster = '', ...others } = files;
    const { report, events } = await runFiles(JSON.parse(cluster) as object, others);
    expect(events.some(({ kind }) => kind === 'log')).toBe(true);
    const failed = report.reports.filter(({ exitCode }) => exitCode !== null && exitCode !== 0);
    expect(failed).toEqual([]);
  });
}
