import { beforeEach, expect, test } from 'vitest';
import { Workspace } from '#lib/editor/Workspace.svelte.ts';
import type { LabThread } from '#lib/runtime/lab.ts';
import type { Prepared } from '#lib/runtime/prepare.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { TimeAxis } from '#lib/viz/layout/axis.ts';
import { traceText } from '../../../tests/support/fixtures.ts';
import { inputChanges } from './input-diff.ts';
import { Session } from './session.svelte.ts';

let frames: FrameRequestCallback[] = [];
globalThis.requestAnimationFrame = (callback) => frames.push(callback);
globalThis.cancelAnimationFrame = () => (frames = []);
globalThis.matchMedia = () => ({ matches: false }) as MediaQueryList;

const text = traceText('first-task');

/** A thread that knows one run: what it was asked for is what the tests look at. */
const thread: Pick<LabThread, 'run' | 'written' | 'close'> = {
  async run({ ontext }) {
    await ontext?.(text);
    return { end: TraceStore.from(text).end!, reports: [] };
  },
  written: () => Promise.resolve({ ids: [], sizes: [], bytes: new Uint8Array(0) }),
  close: () => undefined,
};

let session: Session;

beforeEach(async () => {
  session = new Session({
    workspace: new Workspace({ 'cluster.json': '{}', 'faults.json': '[]\n' }, [], null),
    seed: 1,
    timeline: () => new TimeAxis(),
    engine: {
      prepare: () => Promise.resolve({} as Prepared),
      start: () => Promise.resolve(thread as LabThread),
      close: () => undefined,
    },
  });
  await computed(() => session.run());
});

/** At the end of the run, does something that computes another, and waits until that is on stage. */
async function computed(verb: () => void): Promise<void> {
  const last = session.trace;
  session.seek(session.frontierUs);
  verb();
  for (let count = 0; session.trace === last || !session.isComplete; count++) {
    if (count > 1_000) throw new Error('no other run came');
    for (const callback of frames.splice(0)) callback(performance.now());
    await new Promise((resolve) => setTimeout(resolve));
  }
}

const changes = () => session.kept.map((run) => inputChanges(run, session.shown!));

test('the run that a fault made by hand replaces is kept, with what it was computed from', async () => {
  const first = session.trace!;
  expect(session.kept).toEqual([]);
  await computed(() => session.strike({ kill: 'worker1' }, 5_000));
  expect(session.kept.map(({ trace }) => trace)).toEqual([first]);
  const kill = { atMs: 5, kill: 'worker1' };
  expect(changes()).toEqual([[{ type: 'fault-added', fault: kill }]]);
  // Taken back it is the first experiment again: only the one with the fault is another.
  await computed(() => session.undo());
  expect(changes()).toEqual([[{ type: 'fault-removed', fault: kill }]]);
});

test('the same experiment run again keeps nothing; another seed or program does', async () => {
  await computed(() => session.run());
  expect(session.kept).toEqual([]);
  session.seed = 2;
  await computed(() => session.run());
  session.workspace.write('cluster.json', '{ }');
  await computed(() => session.run());
  expect(changes()).toEqual([
    [{ type: 'file', path: 'cluster.json', line: 1, changedCount: 1 }],
    [
      { type: 'seed', before: 1, now: 2 },
      { type: 'file', path: 'cluster.json', line: 1, changedCount: 1 },
    ],
  ]);
  session.clear();
  expect(session.kept).toEqual([]);
});

test('a trace from a file stands beside the run that was there, which comes back', async () => {
  const first = session.trace!;
  const killed = TraceStore.from(traceText('first-task-killed'));
  session.open(killed, { name: 'run.jsonl', isOtherBuild: false });
  expect(session.trace).toBe(killed);
  expect(session.kept.map(({ trace }) => trace)).toEqual([first]);
  session.closeFile();
  expect(session.trace).toBe(first);
  expect(session.opened).toBeNull();
  expect(session.kept).toEqual([]);
  expect(session.runState).toBe('finished');
});

test('a kept run comes back with what it was computed from, and what was there is kept', async () => {
  const first = session.trace!;
  session.seed = 2;
  session.workspace.write('cluster.json', '{ }');
  await computed(() => session.strike({ kill: 'worker1' }, 5_000));
  const second = session.trace!;
  session.seek(7_000);
  session.takeBack(session.kept[0]!);
  expect(session.trace).toBe(first);
  expect(session.seed).toBe(1);
  expect(session.workspace.files).toEqual({ 'cluster.json': '{}', 'faults.json': '[]\n' });
  expect(session.cursorUs).toBe(7_000);
  expect([session.isStale, session.canUndo, session.setAside]).toEqual([false, false, null]);
  expect(session.kept.map(({ trace }) => trace)).toEqual([second]);
  session.takeBack(session.kept[0]!);
  expect(session.trace).toBe(second);
  expect(session.seed).toBe(2);
  expect(session.workspace.files['cluster.json']).toBe('{ }');
  expect(session.faults).toEqual([{ atMs: 5, kill: 'worker1' }]);
});

test('a run by a schedule comes back with its schedule, one without loses it', async () => {
  const first = session.trace!;
  await computed(() => session.follow('main', [1, 0, 2]));
  const second = session.trace!;
  const schedule = { path: 'schedule.json', type: 'file-added' };
  expect(changes()).toEqual([[schedule]]);
  session.takeBack(session.kept[0]!);
  expect(session.trace).toBe(first);
  expect([session.hasSchedule, session.isStale]).toEqual([false, false]);
  expect(Object.keys(session.workspace.files)).not.toContain('schedule.json');
  session.takeBack(session.kept[0]!);
  expect(session.trace).toBe(second);
  expect(session.hasSchedule).toBe(true);
  expect(JSON.parse(session.workspace.files['schedule.json']!)).toEqual({ main: [1, 0, 2] });
});

test('what was written and had not run is set aside when a kept run comes back', async () => {
  session.seed = 2;
  await computed(() => session.run());
  session.seed = 3;
  session.workspace.write('cluster.json', '{   }');
  session.takeBack(session.kept[0]!);
  expect(session.seed).toBe(1);
  expect(session.isStale).toBe(false);
  session.bringBack();
  expect(session.setAside).toBeNull();
  expect([session.seed, session.workspace.files['cluster.json']]).toEqual([3, '{   }']);
  expect(session.isStale).toBe(true);
});
