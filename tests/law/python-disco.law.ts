// Pipelines, subclasses and chains of jobs on Disco's Python face (tests/fixtures/experiments/disco-python).
// What the engine makes of them is proved in TypeScript (tests/conformance/disco).

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readFolder } from '../../bin/experiment.ts';
import { sandboxed } from '../conformance/celery/harness.ts';

const FOLDER = fileURLToPath(new URL('../fixtures/experiments/disco-python/', import.meta.url));

test('Python stages count words, and a job counts their lengths', async () => {
  const files = await readFolder(FOLDER);
  const { nodes } = JSON.parse(files['cluster.json'] as string) as { nodes: object };
  const run = await sandboxed({ files, nodes } as Parameters<typeof sandboxed>[0]);
  expect(run.lines('client')).toEqual([
    '2 be',
    '1 end',
    '1 is',
    '1 not',
    '1 or',
    '1 the',
    '2 to',
    '6 words of 2',
    '3 words of 3',
    'DiscoError Job subclasses must be defined in a module, not in __main__',
  ]);
}, 120_000);
