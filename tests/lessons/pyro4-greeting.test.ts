// What the text says of the guest book on the disk, of what client can know, and of the moment at which the check kills.

import { expect, test } from 'vitest';
import { findMoment } from '#lib/lessons/pattern.ts';
import { seenFrom } from '#lib/trace/lens.ts';
import type { TraceStore } from '#lib/trace/store.ts';
import { linesOf, scenarioRuns } from '../support/lesson-run.ts';

const LESSON = 'pyro4-greeting';
const SEEDS = [1, 2, 3];
const runs = new Map<string, Promise<TraceStore[]>>();

/** Each scenario runs once. */
function runsOf(scenario: string): Promise<TraceStore[]> {
  const known = runs.get(scenario) ?? scenarioRuns(LESSON, scenario, SEEDS);
  runs.set(scenario, known);
  return known;
}

test('names hears nothing more once the call is on its way', async () => {
  const [trace] = await runsOf('start');
  const call = findMoment(trace!, { deliver: 'invoke', to: 'server', nth: 1 });
  expect(call).toBeGreaterThan(-1);
  for (let id = call; id < trace!.eventCount; id++) {
    const isHeard = trace!.kindAt(id) === 'deliver' && trace!.processAt(id).name === 'names';
    expect(isHeard).toBe(false);
  }
});

test('the book has a line, none, or two', async () => {
  const written = async (scenario: string): Promise<number[]> =>
    (await runsOf(scenario)).map(linesInBook);
  expect(await written('written')).toEqual([1, 1, 1]);
  expect(await written('early')).toEqual([0, 0, 0]);
  expect(await written('back')).toEqual([2, 2, 2]);
});

test('client sees the same whether Ada was written or not', async () => {
  const views = async (scenario: string): Promise<string[][]> =>
    (await runsOf(scenario)).map(viewOfClient);
  const early = await views('early');
  expect(early[0]!.join()).toContain('no reply: ConnectionClosedError');
  expect(await views('written')).toEqual(early);
});

test('at 1662 ms Ada stands in the book on some seeds, on others not', async () => {
  const seeds = Array.from({ length: 8 }, (_, index) => index + 1);
  const traces = await scenarioRuns(LESSON, 'moment', seeds);
  const count = traces.filter((trace) => linesOf(trace, 'server').includes('wrote Ada')).length;
  expect(count).toBeGreaterThan(0);
  expect(count).toBeLessThan(8);
});

/** How often something was written to it: each time a line. */
function linesInBook(trace: TraceStore): number {
  let count = 0;
  for (let id = 0; id < trace.eventCount; id++) {
    if (trace.kindAt(id) !== 'file' || trace.textAt(id, 'op') !== 'append') continue;
    if (trace.textAt(id, 'path') === '/work/book.txt') count++;
  }
  return count;
}

/** What client has done, sent and heard by its end, whenever it was. */
function viewOfClient(trace: TraceStore): string[] {
  const { has } = seenFrom(trace, 'client', Infinity);
  const seen: string[] = [];
  for (let id = 0; id < trace.eventCount; id++) {
    if (!has(id) || trace.processAt(id).name !== 'client') continue;
    const texts = ['msg', 'from', 'to', 'text'].map((key) => trace.textAt(id, key) ?? '');
    seen.push([trace.kindAt(id), ...texts].join(' '));
  }
  return seen;
}
