// Python programs that wait for several things at once: asyncio, select, selectors, UDP. Those of
// tests/fixtures/python-asyncio print what they print natively; each `.out` was made by CPython 3.11
// on Linux.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { readFolder } from '../../bin/experiment.ts';
import { runFiles, type Outcome } from '../support/run-files.ts';

const PROGRAMS = fileURLToPath(new URL('../fixtures/python-asyncio/', import.meta.url));

describe('a program that waits for several things at once', () => {
  const names = ['tasks', 'selecting'];
  let outcome: Outcome;

  beforeAll(async () => {
    const files = await readFolder(PROGRAMS);
    const nodes = names.map((name) => [name, { run: `python ${name}.py` }]);
    outcome = await runFiles({ nodes: Object.fromEntries(nodes) }, files);
  }, 120_000);

  test.each(names)('KT4 %s prints what it prints natively', async (name) => {
    const expected = await readFile(`${PROGRAMS}${name}.out`, 'utf8');
    expect(outcome.lines(name)).toEqual(expected.trimEnd().split('\n'));
    expect(outcome.exitCode(name)).toBe(0);
  });
});
