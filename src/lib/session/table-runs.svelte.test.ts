import { expect, test } from 'vitest';
import { Workspace } from '#lib/editor/Workspace.svelte.ts';
import type { Lesson } from '#lib/lessons/lesson.ts';
import type { LabThread } from '#lib/runtime/lab.ts';
import type { Prepared } from '#lib/runtime/prepare.ts';
import { TimeAxis } from '#lib/viz/layout/axis.ts';
import { Session } from './session.svelte.ts';
import { TableRuns } from './table-runs.svelte.ts';

globalThis.requestAnimationFrame = () => 1;
globalThis.cancelAnimationFrame = () => undefined;

const START = { 'a.ts': 'waits', 'cluster.json': '{"seed":5}' };
const KILL = [{ atMs: 1, kill: 'w' }];
const lesson = {
  files: START,
  solution: START,
  variants: { other: { files: { 'a.ts': 'answers' }, changes: {} } },
  scenarios: { whole: { faults: [] }, killed: { faults: KILL } },
  tables: {
    six: {
      answer: { log: '^total$', node: 'client', untilMs: 10 },
      pieces: 1,
      done: { log: '^counted' },
      columns: ['whole', 'killed'],
      rows: { first: { shows: {} }, second: { variant: 'other', shows: {} } },
    },
  },
} as unknown as Lesson;

/** What ran: the text of a.ts, its faults, its seed. */
let ran: string[] = [];
/** The text of a.ts, of all that was prepared. */
let prepared: (string | undefined)[] = [];

/** A program that `answers` prints the answer, any other nothing. */
function engine() {
  return {
    prepare: async (files: Readonly<Record<string, string>>) => {
      prepared.push(files['a.ts']);
      return files as unknown as Prepared;
    },
    start: async (all: Prepared) => {
      const files = all as unknown as Record<string, string>;
      return {
        async run({ seed, ontext }: Parameters<LabThread['run']>[0]) {
          ran.push(`${files['a.ts']} ${files['faults.json']} ${seed}`);
          const log = { tUs: 1, kind: 'log', node: 'client', stream: 'stdout', text: 'total' };
          const end = { tUs: 2, kind: 'end', reason: 'quiescent', waiting: [], deadlocks: [] };
          const header = { lightcone: 1, build: '', seed, nodes: ['client'] };
          const lines = [header, ...(files['a.ts'] === 'answers' ? [log] : []), end];
          await ontext?.(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
          return { end, reports: [] };
        },
        written: () => Promise.resolve({ ids: [], sizes: [], bytes: new Uint8Array(0) }),
        close: () => undefined,
      } as unknown as LabThread;
    },
    close: () => undefined,
  };
}

function tableOf() {
  ran = [];
  prepared = [];
  const workspace = new Workspace({ ...START, 'a.ts': 'mine' }, [], null);
  const session = new Session({
    ...{ workspace, seed: 9, timeline: () => new TimeAxis() },
    engine: engine(),
  });
  const seen: unknown[] = [];
  return { session, seen, runs: new TableRuns(session, lesson, 'six', (one) => seen.push(one)) };
}

test('runs the programs of the lesson, fault by fault, whatever stands in the files', async () => {
  const { runs, seen } = tableOf();
  await runs.start();
  const kill = JSON.stringify(KILL);
  expect(ran).toEqual(['waits [] 5', 'answers [] 5', `waits ${kill} 5`, `answers ${kill} 5`]);
  expect(seen).toHaveLength(4);
  const outcomes = runs.cells.map((cell) => runs.factsOf(cell)?.outcome);
  expect(outcomes).toEqual(['stalled', 'right', 'stalled', 'recovered']);
  // What has run is known.
  await runs.start();
  expect(ran).toHaveLength(4);
});

test('stopped, it keeps what it has and goes on from there', async () => {
  const { runs } = tableOf();
  const half = runs.start();
  runs.stop();
  await half;
  expect([runs.doneCount, runs.isRunning]).toEqual([1, false]);
  await runs.start();
  expect(ran).toHaveLength(4);
});

test('a cell comes on stage, and what the learner wrote comes back', async () => {
  const { runs, session } = tableOf();
  const cell = { row: 'second', column: 'killed' };
  runs.watch(cell);
  expect(session.workspace.files['a.ts']).toBe('answers');
  expect(JSON.parse(session.workspace.files['faults.json']!)).toEqual(KILL);
  expect(session.seed).toBe(5);
  runs.watch({ row: 'first', column: 'whole' });
  expect([runs.isOn(cell), session.workspace.isLent]).toEqual([false, true]);
  // What is checked and watched by the lesson is the learner's.
  await session.startCheck([]);
  expect(prepared.at(-1)).toBe('mine');
  session.watch(3, KILL);
  expect([session.workspace.files['a.ts'], session.seed]).toEqual(['mine', 3]);
  session.stage({ seed: 4, files: START });
  session.leaveStage();
  expect([session.workspace.files['a.ts'], session.seed]).toEqual(['mine', 3]);
  session.close();
});
