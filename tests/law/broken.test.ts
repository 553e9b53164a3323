// Bad programs: each gets a message that names the place, and the other nodes go on.

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { readFolder, runInSandbox } from '../../bin/experiment.ts';

const folderOf = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/broken/${name}/`, import.meta.url));

const cases: Record<string, string[]> = {
  uncaught: [
    '2',
    'RangeError: division by zero',
    '    at divide (broken.ts:4)',
    '    at <module> (broken.ts:9)',
  ],
  rejected: ['Error: nobody listens', '    at fail (broken.ts:5)'],
  endless: ['before', 'computed 10 s without waiting (broken.ts:3) and was stopped'],
  flood: ['did more than 100 000 things without waiting (broken.ts:4) and was stopped'],
  memory: ['took more than 256 MiB of memory in one turn (broken.ts:3) and was stopped'],
};

describe('NODE7 NODE8 a program that breaks', () => {
  for (const [name, expected] of Object.entries(cases)) {
    test(`${name}: says where, and the others go on`, { timeout: 60_000 }, async () => {
      const lines: Record<string, string[]> = {};
      const prepared = await prepare(await readFolder(folderOf(name)));
      const reports = await runInSandbox(
        prepared,
        [
          { seed: 1, placement: 'inline' },
          { seed: 1, placement: 'worker', isQuiet: true },
        ],
        (line) => {
          const event = JSON.parse(line) as TraceEvent;
          if (event.kind === 'log') (lines[event.node] ??= []).push(event.text);
        },
      );
      expect(lines).toEqual({ broken: expected, other: ['still here'] });
      expect(reports[0]!.reports.map(({ exitCode }) => exitCode)).toEqual([1, 0]);
      expect(reports[1]!.end.digest).toBe(reports[0]!.end.digest);
    });
  }

  test('a syntax error is found before anything runs', async () => {
    await expect(prepare(await readFolder(folderOf('syntax')))).rejects.toThrow(
      'broken.ts:2:16: unexpected token',
    );
  });
});

test('an unknown command names the ones there are', async () => {
  const cluster = JSON.stringify({ nodes: { a: { run: 'redis-sever' }, b: { run: 'b.ts' } } });
  await expect(prepare({ 'cluster.json': cluster })).rejects.toThrow(
    /nodes\.a\.run: unknown command: redis-sever \(commands: celery, .*\n.*nodes\.b\.run: no such file: b\.ts/,
  );
});
