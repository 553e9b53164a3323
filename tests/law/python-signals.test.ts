// Signals of Python nodes (NODE6). The programs of tests/fixtures/python-signals print what CPython 3.11
// prints on Linux, where record.py there sent them the same signals at the same times.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { prepare } from '#lib/runtime/prepare.ts';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import type { RunReport } from '#lib/runtime/control.ts';
import { readFolder, runInSandbox } from '../../bin/experiment.ts';

const PROGRAMS = fileURLToPath(new URL('../fixtures/python-signals/', import.meta.url));
const NAMES = ['waits', 'handlers', 'tasks', 'cleanup', 'busy', 'ended', 'joining'];

/** What 3.11 and 3.14 show alike: 3.14 also marks the place in a line. */
const withoutMarks = (lines: string[]): string[] => lines.filter((line) => !/^ +[~^]+$/.test(line));

async function printedNatively(name: string): Promise<string[]> {
  const text = await readFile(`${PROGRAMS}${name}.out`, 'utf8');
  return withoutMarks(text.trimEnd().split('\n')).map((line) => line.replace(/"\/.*\//, '"'));
}

describe('Python signals', () => {
  const events: TraceEvent[] = [];
  let reports: RunReport[];

  beforeAll(async () => {
    const nodes = Object.fromEntries(NAMES.map((name) => [name, { run: `python ${name}.py` }]));
    const files = await readFolder(PROGRAMS);
    const prepared = await prepare({ ...files, 'cluster.json': JSON.stringify({ nodes }) });
    const runs = [
      { seed: 1, placement: 'inline' },
      { seed: 1, placement: 'inline', isQuiet: true, windowSeed: 1 },
    ] as const;
    reports = await runInSandbox(prepared, [...runs], (line) => {
      const event = JSON.parse(line) as TraceEvent;
      if ('tUs' in event) events.push(event);
    });
  }, 120_000);

  function printed(name: string): string[] {
    const lines = events.flatMap((event) =>
      event.kind === 'log' && event.node === name ? [event.text] : [],
    );
    const { exitCode } = reports[0]!.reports.find((node) => node.name === name)!;
    return [...withoutMarks(lines), `exit ${exitCode}`];
  }

  test.each([
    ['Ctrl-C ends every wait of the main thread, a handler that returns ends none', 'waits'],
    ['handlers run on the main thread, with what CPython gives them', 'handlers'],
    ['asyncio has its handlers, and Ctrl-C cancels what it runs', 'tasks'],
    ['a second Ctrl-C ends the cleaning up after the first', 'cleanup'],
    ['KT5 a signal reaches a program that computes', 'busy'],
    ['without a handler a signal does what it does by default', 'ended'],
  ])('NODE6 %s', async (_title, name) => {
    expect(printed(name)).toEqual(await printedNatively(name));
  });

  test('NODE6 Ctrl-C ends the wait for the threads that are left', () => {
    // CPython 3.11 words it differently, and shows the library's own frames.
    expect(printed('joining')).toEqual([
      'Exception ignored on threading shutdown:',
      'KeyboardInterrupt',
      'exit 0',
    ]);
  });

  test('KT3 windows never show', () => {
    expect(reports[0]!.end.detail).toBeUndefined();
    expect(reports[1]!.end.digest).toBe(reports[0]!.end.digest);
  });
});
