import { expect, test } from 'vitest';
import { Workspace } from '#lib/editor/Workspace.svelte.ts';
import { wait } from '#lib/node/promise.ts';
import type { LabThread } from '#lib/runtime/lab.ts';
import type { Prepared } from '#lib/runtime/prepare.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { TimeAxis } from '#lib/viz/layout/axis.ts';
import { clusterOf, runCluster, type ClusterOptions } from '../../../tests/support/cluster.ts';
import { outputSections } from './output.ts';
import { Session } from './session.svelte.ts';

let frames: FrameRequestCallback[] = [];
globalThis.requestAnimationFrame = (callback) => frames.push(callback);
globalThis.cancelAnimationFrame = () => (frames = []);
globalThis.matchMedia = () => ({ matches: false }) as MediaQueryList;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const cluster: ClusterOptions = {
  nodes: ['store', 'other'],
  programs: {
    *store(process) {
      process.disk.write('log', bytesOf('one'));
      process.disk.sync('log');
      process.disk.append('log', bytesOf(' two'));
      yield* wait(process.sleepUs(1_000));
    },
    other: function* () {},
  },
  faults: [{ atMs: 100, powerOff: 'store' }],
};

/** A session whose thread gives a real trace, and what was written when `mayEnd` resolves. */
async function sessionOf(mayEnd: Promise<void>): Promise<Session> {
  const { text, written, end } = await runCluster(cluster);
  const thread: Pick<LabThread, 'prepared' | 'run' | 'written' | 'close'> = {
    prepared: { cluster: clusterOf(cluster) } as Prepared,
    async run({ ontext }) {
      await ontext?.(text);
      await mayEnd;
      return { end, reports: [] };
    },
    written: () => Promise.resolve(written),
    close: () => undefined,
  };
  return new Session({
    workspace: new Workspace({ 'cluster.json': '{}', 'faults.json': '[]' }, [], null),
    seed: 1,
    timeline: () => new TimeAxis(),
    engine: {
      prepare: () => Promise.resolve(thread.prepared),
      start: () => Promise.resolve(thread as LabThread),
      close: () => undefined,
    },
  });
}

/** Frames until it holds. */
async function until(holds: () => boolean): Promise<void> {
  for (let count = 0; !holds(); count++) {
    if (count > 1_000) throw new Error(`not after ${count} frames: ${holds}`);
    for (const callback of frames.splice(0)) callback(performance.now());
    await new Promise((resolve) => setTimeout(resolve));
  }
}

const summary = ({ files }: Session): unknown[] =>
  files.flatMap(({ machine, files: own }) =>
    own.map(({ path, size, safeSize }) => [machine, path, size, safeSize]),
  );
const countsOf = (session: Session): (number | null)[] =>
  outputSections(session).nodes.map(({ fileCount }) => fileCount);

test('files follow the cursor, what is in them comes with the end of the run', async () => {
  const mayEnd = Promise.withResolvers<void>();
  const session = await sessionOf(mayEnd.promise);
  session.run();
  await until(() => session.trace?.end != null);
  session.pause();
  session.seek(0);
  expect(summary(session)).toEqual([]);
  expect(countsOf(session)).toEqual([null, null]);
  session.seek(50_000);
  expect(summary(session)).toEqual([['store', '/work/log', 7, 3]]);
  expect(countsOf(session)).toEqual([1, null]);
  expect([session.hasFileContents, session.files[0]!.files[0]!.bytes()]).toEqual([false, null]);

  mayEnd.resolve();
  await until(() => session.isComplete);
  expect(session.hasFileContents).toBe(true);
  expect(session.files[0]!.files[0]!.bytes()).toEqual(bytesOf('one two'));
  session.seek(session.frontierUs);
  expect(session.files[0]!.files[0]!.bytes()).toEqual(bytesOf('one'));
});

test('a lens shows no files that its node cannot know of, a saved run none at all', async () => {
  const session = await sessionOf(Promise.resolve());
  session.run();
  await until(() => session.isComplete);
  session.seek(50_000);
  session.lensNode = 'other';
  expect(summary(session)).toEqual([]);
  session.lensNode = 'store';
  expect(summary(session)).toEqual([['store', '/work/log', 7, 3]]);

  session.open(TraceStore.from((await runCluster(cluster)).text), {
    name: 'run.jsonl',
    isOtherBuild: false,
  });
  session.lensNode = null;
  expect(summary(session)).toEqual([]);
});
