// The lesson has its reader open a file on the machine. A second program reads it here and prints it.

import { expect, test } from 'vitest';
import { readLesson } from '#lib/lessons/folder.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { runInSandbox } from '../../bin/experiment.ts';
import { linesOf } from '../support/lesson-run.ts';

const READER = `import { disk } from 'node';
console.log(disk.readText('trace.log').trimEnd());`;

const NODES = {
  main: { run: 'main.ts', machine: 'm' },
  reader: { run: 'reader.ts', machine: 'm', startMs: 1000 },
};

test('trace.log has two writes that were begun and not done, no time, and clock at its end', async () => {
  const { files } = await readLesson('csp-trace', (code) => code);
  const trace = new TraceStore();
  const prepared = await prepare({
    ...files,
    'reader.ts': READER,
    'cluster.json': JSON.stringify({ machines: { m: {} }, nodes: NODES }),
  });
  await runInSandbox(prepared, [{ seed: 1, placement: 'inline' }], (line) => {
    trace.append(`${line}\n`);
  });
  const lines = linesOf(trace, 'reader');
  const at = (type: string): string[] =>
    lines
      .filter((line) => line.startsWith(`{'type': '${type}'`))
      .map((line) => line.replace(/^.*'id': (\d).*'chan_name': '(\w+)'.*\.(\w+)'}$/, '$3 $2 $1'));

  expect(at('BlockOnWrite')).toEqual([
    'client questions 0',
    'server answers 0',
    'client questions 1',
  ]);
  expect(at('DoneWrite')).toEqual(['client questions 0']);
  const first = lines.findIndex((line) => line.includes("'BlockOnWrite'"));
  expect(lines.slice(0, 2).join()).toContain("'Channel'");
  expect(first).toBeGreaterThan(6);
  const keys = new Set(lines.flatMap((line) => line.match(/'\w+'(?=: )/g)));
  expect([...keys].sort()).toEqual([
    "'chan_name'",
    "'func_name'",
    "'id'",
    "'msg'",
    "'process_id'",
    "'processes'",
    "'type'",
  ]);
  const last = lines.slice(-6);
  expect(last.map((line) => /tick \d|QuitProcess/.exec(line)?.[0])).toEqual([
    ...['tick 1', 'tick 2', 'tick 3', 'tick 4', 'tick 5'],
    'QuitProcess',
  ]);
  expect(last.every((line) => line.includes('.clock'))).toBe(true);
});
