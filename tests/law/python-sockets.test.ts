// Python's sockets, and the library's servers and clients over them. The programs of
// tests/fixtures/python-sockets print what they print natively: each `.out` was made by CPython 3.11
// on Linux over loopback (the host as argument), the victim ended by `kill -9`.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { readFolder } from '../../bin/experiment.ts';
import { runFiles, type Outcome } from '../support/run-files.ts';

const PROGRAMS = fileURLToPath(new URL('../fixtures/python-sockets/', import.meta.url));

const printedNatively = async (name: string): Promise<string[]> =>
  (await readFile(`${PROGRAMS}${name}.out`, 'utf8')).trimEnd().split('\n');

describe('Python sockets', () => {
  let outcome: Outcome;

  beforeAll(async () => {
    const files = await readFolder(PROGRAMS);
    const nodes = {
      calls: { run: 'python calls.py' },
      servers: { run: 'python servers.py' },
      client: { run: 'python client.py servers' },
      victim: { run: 'python victim.py' },
      witness: { run: 'python witness.py victim' },
    };
    // `serve_forever` looks up twice a second, for ever.
    outcome = await runFiles({ nodes, untilMs: 10_000 }, files, [{ atMs: 2000, kill: 'victim' }]);
  }, 120_000);

  test.each([
    ['NET2 do in each state what those of Linux do', 'calls'],
    ['NET2 carry the servers of the library', 'servers'],
    ['NET2 carry its clients, 200 at once', 'client'],
    ['NODE4 tell of an HTTP server that is killed in mid-response', 'witness'],
  ])('%s', async (_title, name) => {
    expect(outcome.lines(name)).toEqual(await printedNatively(name));
  });
});
