import { describe, expect, test } from 'vitest';
import type { Fault } from '#lib/protocol/faults.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { writeFaults } from './fault-file.ts';
import { inputChanges } from './input-diff.ts';
import { keepRun, type KeptRun } from './kept-runs.ts';

const files = { 'cluster.json': '{}', 'worker.py': 'a\nb\nc\n' };

function run(input: Partial<NonNullable<KeptRun['input']>> | null, key = 'a'): KeptRun {
  const trace = TraceStore.from(
    `{"lightcone":1,"build":"b","seed":3,"nodes":["a"]}\n{"tUs":0,"kind":"kill","node":"a"}\n`,
  );
  return { key, trace, input: input && { seed: 1, files, ...input }, opened: null };
}

const under = (...faults: Fault[]) =>
  run({ files: { ...files, 'faults.json': writeFaults(faults) } });

describe('what differs before two runs begin', () => {
  test('is nothing, the seed, or a file with the line where it differs', () => {
    expect(inputChanges(run({}), run({}))).toEqual([]);
    const other = { ...files, 'worker.py': 'a\nB\nc\nd\n', 'new.py': '' };
    expect(inputChanges(run({}), run({ seed: 2, files: other }))).toEqual([
      { type: 'seed', before: 1, now: 2 },
      { type: 'file-added', path: 'new.py' },
      { type: 'file', path: 'worker.py', line: 2, changedCount: 2 },
    ]);
    expect(inputChanges(run({ files: other }), run({}))).toContainEqual({
      ...{ type: 'file-removed', path: 'new.py' },
    });
  });

  test('is a fault that came, went or moved', () => {
    const kill: Fault = { atMs: 512, kill: 'worker1' };
    const drop: Fault = { on: { send: 'ack' }, drop: true };
    expect(inputChanges(under(), under(kill))).toEqual([{ type: 'fault-added', fault: kill }]);
    expect(inputChanges(run({}), under())).toEqual([]);
    expect(inputChanges(under(kill, drop), under(kill))).toEqual([
      { type: 'fault-removed', fault: drop },
    ]);
    const later: Fault = { atMs: 600, kill: 'worker1' };
    expect(inputChanges(under(drop, kill), under(later, drop))).toEqual([
      { type: 'fault-moved', fault: later, beforeMs: 512, nowMs: 600 },
    ]);
    expect(inputChanges(under(kill), under(kill, kill))).toEqual([
      { type: 'fault-added', fault: kill },
    ]);
  });

  test('is the seed and what is not known, of a run from a file', () => {
    expect(inputChanges(run({}), run(null))).toEqual([{ type: 'unknown' }]);
  });
});

describe('the runs that are kept', () => {
  const keys = (kept: readonly KeptRun[]) => kept.map(({ key }) => key);

  test('are those of other experiments, each once, the latest first', () => {
    const one = keepRun([], run({}, 'a'), 'b');
    expect(keys(one)).toEqual(['a']);
    const two = keepRun(one, run({}, 'b'), 'c');
    expect(keys(two)).toEqual(['b', 'a']);
    expect(keys(keepRun(two, run({}, 'c'), 'a'))).toEqual(['c', 'b']);
    expect(keys(keepRun(two, null, 'c'))).toEqual(['b', 'a']);
    expect(keys(keepRun(two, run({}, 'c'), 'c'))).toEqual(['b', 'a']);
  });

  test('are few', () => {
    let kept: readonly KeptRun[] = [];
    for (let at = 0; at < 9; at++) kept = keepRun(kept, run({}, `${at}`), `${at + 1}`);
    expect(keys(kept)).toEqual(['8', '7', '6', '5']);
  });
});
