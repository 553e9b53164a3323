import { expect, test } from 'vitest';
import type { NodeProcess } from '#lib/node/process.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import { RandomStream } from '#lib/protocol/random.ts';
import { TraceStore } from '#lib/trace/store.ts';
import {
  clusterOf,
  runCluster,
  type ClusterOptions,
  type ClusterRun,
} from '../../../tests/support/cluster.ts';
import { FileHistory, type MachineFile } from './file-history.ts';
import { WrittenBytes } from './written.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array | null | undefined): string | null =>
  bytes ? new TextDecoder().decode(bytes) : null;

async function runAndKeep(
  options: ClusterOptions,
  ownFiles: Record<string, string> = {},
): Promise<{ run: ClusterRun; history: FileHistory }> {
  const run = await runCluster(options);
  const cluster = { ...clusterOf(options), files: ownFiles };
  const written = (): Promise<ClusterRun['written']> => Promise.resolve(run.written);
  const history = new FileHistory(TraceStore.from(run.text), { prepared: { cluster }, written });
  await history.settle();
  return { run, history };
}

const filesAt = (history: FileHistory, tUs: number): readonly MachineFile[] =>
  history.at(tUs)[0]?.files ?? [];
const present = (files: readonly MachineFile[]): string[] =>
  files
    .filter(({ size }) => size !== null)
    .map(({ path, bytes }) => `${path}=${textOf(bytes())}`)
    .sort();

/** One random change of a few names, a picture of the whole disk after it. */
function* changing(process: NodeProcess, seed: number): Body<void> {
  const { disk } = process;
  const random = new RandomStream(seed, 'files');
  const below = (count: number, ordinal: number): number => random.below(count, ordinal, 0);
  for (let step = 0; step < 60; step++) {
    const path = `f${below(3, 4 * step)}`;
    const to = `f${below(3, 4 * step + 1)}`;
    const isThere = disk.sizeOf(path) !== null;
    const action = isThere ? below(6, 4 * step + 2) : 0;
    if (action === 0) disk.write(path, bytesOf(`w${step}`));
    else if (action === 1) disk.append(path, bytesOf(`+${step}`));
    else if (action === 2) disk.truncate(path, below(6, 4 * step + 3));
    else if (action === 3) disk.rename(path, to);
    else if (action === 4) disk.remove(path);
    else disk.sync(path);
    yield* wait(process.sleepUs(1_000));
    const now = disk.list('/').map((one) => `${one}=${textOf(disk.read(one))}`);
    process.write('stdout', `${JSON.stringify(now.sort())}\n`);
    yield* wait(process.sleepUs(1_000));
  }
}

test.each([1, 2, 3, 4, 5, 6])(
  'NODE9 at any instant it is what the program finds (seed %i)',
  async (seed) => {
    const { run, history } = await runAndKeep({
      programs: { a: (process) => changing(process, seed) },
    });
    const logs = run.of('log');
    expect(logs.length).toBe(60);
    // Backwards too: the cursor moves both ways.
    for (const { tUs, text } of [...logs, ...logs.toReversed()]) {
      expect(present(filesAt(history, tUs))).toEqual(JSON.parse(text));
    }
  },
);

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'NODE4 it foretells what a power cut leaves (seed %i)',
  async (seed) => {
    const offUs = 30_000 + 7_000 * seed;
    const { run, history } = await runAndKeep({
      programs: { a: (process) => changing(process, seed) },
      faults: [{ atMs: offUs / 1000, powerOff: 'a' }],
    });
    const before = filesAt(history, offUs - 1);
    const foretold = before
      .filter(({ safeSize }) => safeSize !== null)
      .map(({ path, safeSize }) => [path, safeSize])
      .sort();
    const left = filesAt(history, offUs);
    expect(left.map(({ path, size }) => [path, size]).sort()).toEqual(foretold);
    expect(left.every(({ isSafe }) => isSafe)).toBe(true);
    // And it is what the trace tells of.
    const changed = before.filter(({ isSafe }) => !isSafe);
    const lost = run.of('file').filter(({ op }) => op === 'lose');
    expect(lost.map(({ path, bytes }) => [path, bytes]).sort()).toEqual(
      changed.map(({ path, safeSize }) => [path, safeSize ?? 0]).sort(),
    );
  },
);

const writeTwice = function* (process: NodeProcess): Body<void> {
  process.disk.write('a.log', bytesOf('one'));
  process.disk.append('words.txt', bytesOf(' more'));
  yield* wait(process.sleepUs(10_000));
};

test('files of the experiment are there, and stand behind what programs wrote', async () => {
  const { history } = await runAndKeep(
    {
      programs: { a: writeTwice },
      nodes: ['a', 'b'],
      commands: { b: 'a' },
      machineOf: { a: 'm', b: 'm' },
    },
    { 'words.txt': 'some', 'data.csv': 'x' },
  );
  expect(history.at(0)).toEqual([]);
  const [machine] = history.at(5_000);
  expect(machine).toMatchObject({ machine: 'm', nodes: ['a', 'b'] });
  expect(machine!.files.map((file) => [file.path, file.isWritten, textOf(file.bytes())])).toEqual([
    ['/work/a.log', true, 'one'],
    ['/work/words.txt', true, 'some more more'],
    ['/work/data.csv', false, 'x'],
  ]);
  expect(machine!.files.map(({ isSafe, safeSize }) => [isSafe, safeSize])).toEqual([
    [false, null],
    [false, 4],
    [true, 1],
  ]);
});

test('the list stays the same one while the files do, and leaves out what is not known', async () => {
  const { run, history } = await runAndKeep({ programs: { a: writeTwice } });
  const list = history.at(5_000);
  expect(history.at(6_000)).toBe(list);
  const first = run.events.findIndex((event) => event.kind === 'file');
  const known = history.at(6_000, (id) => id === first);
  expect(known[0]!.files.map(({ path }) => path)).toEqual(['/work/a.log']);
});

test('names and sizes are known before contents, and without those that were not kept', async () => {
  const run = await runCluster({
    programs: {
      *a(process) {
        const { disk } = process;
        disk.write('big', bytesOf('1234567890'));
        disk.append('big', bytesOf('!'));
        disk.write('small', bytesOf('abc'));
        disk.rename('big', 'other');
        yield* wait(process.sleepUs(1_000));
      },
    },
  });
  const kept = new WrittenBytes(5);
  for (const [id, event] of run.events.entries()) {
    if (event.kind === 'file' && event.op !== 'rename') kept.keep(id, new Uint8Array(event.bytes));
  }
  const cluster = clusterOf({ programs: { a: function* () {} } });
  const history = new FileHistory(TraceStore.from(run.text), {
    prepared: { cluster },
    written: () => Promise.resolve(kept.all()),
  });
  const facts = (): unknown[] =>
    filesAt(history, 1_000_000).map((file) => [file.path, file.size, file.bytes()?.length ?? null]);
  expect(facts()).toEqual([
    ['/work/other', 11, null],
    ['/work/small', 3, null],
  ]);
  expect(history.hasContents).toBe(false);
  await history.settle();
  expect(facts()).toEqual([
    ['/work/other', 11, null],
    ['/work/small', 3, 3],
  ]);
});
