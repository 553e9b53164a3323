// What the experiments of Disco show.

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { boot, type Program } from '../../../src/lib/runtime/boot.ts';
import { InlineHost } from '../../../src/lib/runtime/inline-host.ts';
import { prepare } from '../../../src/lib/runtime/prepare.ts';
import { run } from '../../../src/lib/runtime/run.ts';
import { TraceWriter } from '../../../src/lib/trace/writer.ts';
import type { TraceEvent } from '../../../src/lib/protocol/trace.ts';
import { readFolder } from '../../../bin/experiment.ts';
import { addModels } from '../../support/models.ts';

addModels();
const FOLDER = new URL('../../fixtures/experiments/', import.meta.url);
const LESSON = new URL('../../../static/lessons/disco-word-count/ts/', import.meta.url);

async function linesOf(name: string): Promise<string[]> {
  return printedBy(await readFolder(fileURLToPath(new URL(name, FOLDER))));
}

async function printedBy(files: Parameters<typeof prepare>[0]): Promise<string[]> {
  const prepared = await prepare(files);
  const program = (0, eval)(`(${prepared.program})`) as Program;
  let text = '';
  const { cluster, faults } = prepared;
  await run({
    spec: { build: 'test', cluster, faults, seed: cluster.seed },
    host: new InlineHost((spec) => boot(spec, program)),
    sink: new TraceWriter((chunk) => (text += chunk)),
  });
  const events = text
    .trimEnd()
    .split('\n')
    .slice(1, -1)
    .map((line) => JSON.parse(line) as TraceEvent);
  return events.flatMap((event) =>
    event.kind === 'log' && event.node === 'client' ? [event.text] : [],
  );
}

describe('NODE1 experiments of Disco', () => {
  test.each([
    ['disco-word-count', /READY: Job done in 0:00:00/],
    ['disco-mapper-killed', /WARNING: \[map:0\] Worker crashed! \(exit code: 137\)/],
    ['disco-output-lost', /WARNING: \[map_shuffle:\d\] |Input failed/],
    ['disco-output-fetched', /READY: Job done in 0:00:00/],
    ['disco-partitioned', /n1 WARNING: \[map:0\] Connection lost to the node/],
  ])('%s comes to what a serial count gives', async (name, sign) => {
    const lines = await linesOf(name);
    expect(lines.at(-2)).toBe('as a serial count: true');
    expect(lines.join('\n')).toMatch(sign);
    expect(lines.join('\n')).toMatch(
      /Status: \[map\] \d pending, \d waiting, \d running, \d done, \d failed/,
    );
  });

  test('disco-chained: what one job gives, another takes', async () => {
    expect(await linesOf('disco-chained')).toEqual(
      expect.arrayContaining([
        'cat cat cats',
        'rose rose',
        '5 words in 1 text',
        '3 words in 2 texts',
      ]),
    );
  });

  test('disco-inverted-index: which texts have a word, and how often', async () => {
    const lines = await linesOf('disco-inverted-index');
    expect(lines).toHaveLength(9);
    expect(lines.slice(0, 2)).toEqual(['a: cats 2, rose 2', 'cat: cat 1, cats 2']);
  });

  test('disco-sort: partitions by ranges, each sorted, are sorted as a whole', async () => {
    expect(await linesOf('disco-sort')).toEqual(['60 names, sorted: true']);
  });

  test('disco-join: rows of two tables meet by their key', async () => {
    expect(await linesOf('disco-join')).toEqual(['1 Ada book', '1 Ada lamp', '3 Eve pen']);
  });

  test('disco-url-count: a pipeline of stages of its own', async () => {
    const lines = await linesOf('disco-url-count');
    expect(lines).toEqual(expect.arrayContaining(['42 /', 'as a serial count: true']));
  });

  test('disco-pi: each map has its own chance', async () => {
    const [line = ''] = await linesOf('disco-pi');
    expect(Math.abs(Number(line.split(' ').at(-1)) - 3.14159)).toBeLessThan(0.02);
  });
});

test('the lesson on counting words: a combiner alone makes its counts wrong', async () => {
  const files = await readFolder(fileURLToPath(LESSON));
  const client = (files['client.ts'] as string)
    .replace('import { Job,', 'import { Job, sumCombiner,')
    .replace('  map,\n', '  map,\n  combiner: sumCombiner,\n');
  const lines = await printedBy({ ...files, 'client.ts': client });
  expect(lines).toEqual(
    expect.arrayContaining(['as counted by hand: false', 'pairs that reduce read: 26']),
  );
});
