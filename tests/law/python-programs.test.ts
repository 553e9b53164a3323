// Eight of the programs of tests/fixtures/python/programs, on eight nodes of one cluster; all of them,
// and the browsers, with `npm run test:law` (python-programs.law.ts).

import { expect, test } from 'vitest';
import {
  printedBy,
  pythonClusters,
  pythonPrograms,
  runPython,
} from '../support/python-programs.ts';

/** The areas where our own runtime stands in for CPython's, most of all. */
const GATE: ReadonlySet<string> = new Set([
  '06-thread-errors',
  '07-queues',
  '08-futures',
  '10-daemon-shutdown',
  '22-files-text',
  '30-traceback-module',
  '32-uncaught-classes',
  '58-stdin-lines',
]);

test('NODE8 programs print what CPython prints', { timeout: 120_000 }, async () => {
  const programs = (await pythonPrograms()).filter(({ name }) => GATE.has(name));
  expect(programs).toHaveLength(GATE.size);
  const [cluster] = pythonClusters(programs);
  const events = await runPython(cluster!);
  const printed = programs.map((program) => [program.name, printedBy(program, events)]);
  const expected = programs.map(({ name, expected }) => [name, expected]);
  expect(Object.fromEntries(printed)).toEqual(Object.fromEntries(expected));
});
