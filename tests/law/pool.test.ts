// Processes that share a thread of the pool share nothing else (NODE3).

import { expect, test } from 'vitest';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { runInSandbox } from '../../bin/experiment.ts';

const COUNTER = `
export const seen = [];
export function add(name) { seen.push(name); return seen.length; }`;
const PROGRAM = `
import { name, sleep } from 'node';
import { add, seen } from './counter.ts';
for (let round = 0; round < 3; round++) { add(name); await sleep(0.001); }
console.log(seen.join(' '));`;

test('NODE3 modules of processes in one thread are apart', { timeout: 60_000 }, async () => {
  const names = Array.from({ length: 40 }, (_, index) => `n${index}`);
  const prepared = await prepare({
    'cluster.json': JSON.stringify({
      nodes: Object.fromEntries(names.map((name) => [name, { run: 'program.ts' }])),
    }),
    'counter.ts': COUNTER,
    'program.ts': PROGRAM,
  });
  const lines: string[] = [];
  const reports = await runInSandbox(
    prepared,
    [
      { seed: 1, placement: 'worker' },
      { seed: 1, placement: 'worker', isQuiet: true, replySeed: 1 },
      { seed: 1, placement: 'inline', isQuiet: true },
    ],
    (line) => {
      const event = JSON.parse(line) as TraceEvent;
      if (event.kind === 'log') lines.push(event.text);
    },
  );
  expect(lines).toEqual(names.map((name) => `${name} ${name} ${name}`));
  const digests = reports.map(({ end }) => end.digest);
  expect(digests).toEqual([digests[2], digests[2], digests[2]]);
});
