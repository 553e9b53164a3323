// Python programs on the disk of their machine (tests/fixtures/python-files).

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { readFolder } from '../../bin/experiment.ts';
import { runFiles, type Outcome } from '../support/run-files.ts';

const PROGRAMS = fileURLToPath(new URL('../fixtures/python-files/', import.meta.url));

describe('files of a Python program', () => {
  let outcome: Outcome;

  beforeAll(async () => {
    const cluster = {
      nodes: {
        lost: { run: 'python journal.py' },
        killed: { run: 'python journal.py' },
        python: { run: 'python partner.py', machine: 'shared' },
        typescript: { run: 'reader.ts', machine: 'shared' },
        writer: { run: 'python journal.py', machine: 'shared' },
        calls: { run: 'python calls.py', startMs: 1 },
        first: { run: 'python place.py', machine: 'apart', cwd: 'data/first' },
        second: { run: 'place.ts', machine: 'apart', cwd: '/work/data', startMs: 900 },
      },
      machines: { shared: {}, apart: {} },
    };
    const faults = [
      { atMs: 60, powerOff: 'lost' },
      { atMs: 60, kill: 'killed' },
      { atMs: 200, restart: 'lost' },
      { atMs: 200, restart: 'killed' },
    ];
    outcome = await runFiles(cluster, await readFolder(PROGRAMS), faults);
  }, 120_000);

  test('NODE9 every call gives the result or the error of CPython on Linux', async () => {
    const native = await readFile(`${PROGRAMS}calls.out`, 'utf8');
    expect(outcome.lines('calls')).toEqual(native.trimEnd().split('\n'));
    expect(outcome.exitCode('calls')).toBe(0);
  });

  test('NODE4 a power-off takes what was not synced, a kill takes nothing', () => {
    expect(outcome.lines('lost')).toEqual([
      'wrote 24 0.03',
      "found ['line0', 'line1'] ['deep'] False",
    ]);
    expect(outcome.lines('killed')).toEqual([
      'wrote 24 0.03',
      "found ['line0', 'line1', 'line2', 'line3'] ['deep'] True",
    ]);
    const lost = outcome.events.filter((event) => event.kind === 'file' && event.op === 'lose');
    expect(lost).toMatchObject([
      { path: '/work/late', bytes: 0 },
      { path: '/work/journal', bytes: 12 },
    ]);
  });

  test('NODE9 programs of both languages on one machine see the same files', () => {
    expect(outcome.lines('python')).toEqual(["['answer'] from TypeScript"]);
    expect(outcome.lines('typescript')).toEqual([
      "3 ['line0', 'line1', 'line2', '']",
      expect.stringMatching(/'\/work\/journal'.*'\/work\/reply'.*FROM TYPESCRIPT$/),
    ]);
  });

  test("NODE9 relative paths begin at the node's own folder", () => {
    expect(outcome.lines('first')).toEqual(['/work/data/first [] first']);
    expect(outcome.lines('second')).toEqual(['["/work/data/first/state"]', 'first', 'false']);
  });

  test('NODE9 what a program reads names the change that it saw', () => {
    const { events } = outcome;
    const read = events.find(
      (event) =>
        event.kind === 'file' && event.op === 'read' && event.path === '/work/given/answer',
    );
    const { saw } = read as { saw?: number };
    expect(events[saw!]).toMatchObject({ node: 'typescript', op: 'write' });
  });
});
