// SEMANTICS 1.5 and the recorded run fault-retry, in TypeScript: experiments/celery-retry.

import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { readFolder } from '../../../bin/experiment.ts';
import { experiment, type Experiment } from './harness.ts';

const FOLDER = fileURLToPath(new URL('../../fixtures/experiments/celery-retry/', import.meta.url));

/** Log lines without times and ids. */
function lines(run: Experiment, part: string): string[] {
  return run
    .lines('worker')
    .map((line) => line.replace(/^\[[^:]+:\d\d:\d\d,\d+: /, '[').replace(/\[[-0-9a-f]{36}\]/, ''))
    .map((line) => line.replace(/^\[(\w+)\/\w+(?:-\d)?\] /, '$1 '))
    .filter((line) => line.includes(part));
}

/** Milliseconds between the retry lines of a task and the next ones. */
function waitsMs(run: Experiment, task: string): number[] {
  const at = run
    .of('span', 'worker')
    .filter(({ op, name }) => op === 'begin' && name === `tasks.${task}`)
    .map(({ tUs }) => tUs / 1000);
  return at.slice(1).map((ms, index) => ms - at[index]!);
}

describe('SEMANTICS 1.5 retry', () => {
  let run: Experiment;

  beforeAll(async () => {
    const files = await readFolder(FOLDER);
    const { nodes } = JSON.parse(files['cluster.json']!) as Pick<
      Parameters<typeof experiment>[0],
      'nodes'
    >;
    run = await experiment({ files, nodes });
  });

  test('fault-retry: a client sees states and exceptions as recorded', () => {
    const id = String.raw`\[[-0-9a-f]{36}\]`;
    const told = run.lines('client');
    expect(told[0]).toMatch(/^PENDING RETRY .*ok after 2$/);
    expect(told[3]).toMatch(
      RegExp(
        String.raw`^retryNoexc -> raised MaxRetriesExceededError \| Can't retry tasks.retryNoexc${id} args:\(\) kwargs:{}$`,
      ),
    );
    expect([...told.slice(1, 3), ...told.slice(4)]).toEqual([
      'flaky(99) -> raised Error | no route 3',
      'FAILURE',
      'auto -> raised RangeError | auto 3',
      'while waiting to retry: RETRY Error: no route 0',
      'hooked ok -> 1',
      'hooked fail -> raised TypeError | k',
      'hooked retry -> raised Error | again',
      'spread -> 3',
    ]);
  });

  test('the next attempt is received before this one is said to be retried', () => {
    expect(lines(run, 'auto').slice(1)).toEqual([
      'INFO Task tasks.auto received',
      'INFO Task tasks.auto received',
      "INFO Task tasks.auto retry: Retry in 1s: RangeError('auto 0')",
      'INFO Task tasks.auto received',
      "INFO Task tasks.auto retry: Retry in 2s: RangeError('auto 1')",
      'INFO Task tasks.auto received',
      "INFO Task tasks.auto retry: Retry in 4s: RangeError('auto 2')",
      "ERROR Task tasks.auto raised unexpected: RangeError('auto 3')",
      'RangeError: auto 3',
      '    at auto (tasks.ts:26)',
    ]);
  });

  test('back-off doubles the wait; jitter draws it from less', () => {
    expect(waitsMs(run, 'auto').map((ms) => Math.round(ms / 1000))).toEqual([1, 2, 4]);
    const [first, second, third] = waitsMs(run, 'spread').map((ms) => Math.round(ms / 1000));
    expect(first).toBeLessThanOrEqual(4);
    expect(second).toBeLessThanOrEqual(8);
    expect(third).toBeLessThanOrEqual(16);
  });

  test('methods of the class are called in the recorded order, none after a retry', () => {
    const order = run
      .lines('worker')
      .map((line) =>
        /\] (?:Task )?(\w+(?:\.hooked)?)\b.*?(received|succeeded|retry:|raised|$)/.exec(line),
      )
      .map((match) => (match?.[1] === 'tasks.hooked' ? match[2] : match?.[1]))
      .filter((word) => /^(?:before|on|after|succeeded|raised|retry:|hooked)/.test(word ?? ''));
    const from = order.indexOf('beforeStart');
    expect(order.slice(from, from + 18)).toEqual([
      ...['beforeStart', 'hooked', 'onSuccess', 'succeeded', 'afterReturn'],
      ...['beforeStart', 'hooked', 'onFailure', 'raised', 'afterReturn'],
      ...['beforeStart', 'hooked', 'onRetry', 'retry:'],
      ...['beforeStart', 'hooked', 'onFailure', 'raised'],
    ]);
  });
});
