import { expect, test } from 'vitest';
import type { Attempt, JobLine } from '#lib/trace/disco-jobs.ts';
import { BAR_HEIGHT, layoutBars } from './task-bars.ts';

const attempt = (number: number, node: string, fromMs: number, toMs: number | null): Attempt => ({
  ...{ number, node, fromUs: fromMs * 1000, toUs: toMs === null ? null : toMs * 1000 },
  end: toMs === null ? 'running' : 'done',
});

function job(...lists: Attempt[][]): JobLine {
  const tasks = lists.map((attempts, id) => ({
    ...{ name: `map:${id}`, stage: 'map', state: 'done', node: '', failures: 0, avoided: [] },
    ...{ isLacking: false, outputs: [], attempts },
  }));
  const told = { name: 'Job@1', status: 'active', isForgotten: false, stages: [], results: [] };
  return { ...told, startUs: 100_000, endUs: null, tasks };
}

const nodes = (...names: string[]) => names.map((name) => ({ name, deathsUs: [] as number[] }));

const story = job(
  [attempt(1, 'n1', 100, 160), attempt(4, 'n2', 30_000, null)],
  [attempt(2, 'n1', 100, 170)],
  [attempt(3, 'n1', 165, 200)],
);

test('attempts at one time stand in lanes of their node, later ones in lanes that are free', () => {
  const { bars, rows } = layoutBars(story, nodes('n1', 'n2', 'n3'), 40_000_000);
  const at = (number: number) => bars.find(({ attempt: one }) => one.number === number)!;
  expect(at(1).x).toBe(at(2).x);
  expect(Math.abs(at(1).y - at(2).y)).toBeGreaterThanOrEqual(BAR_HEIGHT);
  expect(at(3).y).toBe(at(1).y);
  expect(at(4)).toMatchObject({ node: 'n2', task: 'map:0', ordinal: 2 });
  for (const { node, y } of bars) {
    const row = rows.find((one) => one.node === node)!;
    expect(y).toBeGreaterThanOrEqual(row.y);
    expect(y + BAR_HEIGHT).toBeLessThanOrEqual(row.y + row.height);
  }
  expect(rows.map(({ node }) => node)).toEqual(['n1', 'n2', 'n3']);
});

test('time goes to the right, and half a minute takes no more room than a word', () => {
  const { bars, width } = layoutBars(story, nodes('n1', 'n2'), 40_000_000);
  const [first, , third, again] = [...bars].sort((a, b) => a.attempt.number - b.attempt.number);
  expect(third!.x).toBeGreaterThan(first!.x + first!.width);
  expect(again!.x).toBeGreaterThan(third!.x + third!.width);
  expect(width).toBeLessThan(500);
});

test('what has been drawn stays in its place while time goes on', () => {
  const early = layoutBars(story, nodes('n1', 'n2'), 30_000_000);
  const late = layoutBars(story, nodes('n1', 'n2'), 90_000_000);
  const places = ({ bars }: typeof early) => bars.map(({ key, x, y }) => `${key} ${x} ${y}`);
  expect(places(late)).toEqual(places(early));
});

test('times are written where there is room', () => {
  const { times } = layoutBars(story, nodes('n1', 'n2'), 40_000_000);
  times.slice(1).forEach(({ x }, index) => expect(x - times[index]!.x).toBeGreaterThanOrEqual(72));
  expect(times[0]).toEqual({ x: 0, tUs: 100_000 });
});

test('a job without attempts has rows and no bars', () => {
  const { bars, rows, times } = layoutBars(job([]), nodes('n1'), 100_000);
  expect([bars.length, rows.length, times.length]).toEqual([0, 1, 1]);
});

test('a death stands where it happened, in the row of its node', () => {
  const line = { name: 'n1', deathsUs: [50_000, 180_000, 50_000_000] };
  const { deaths, bars, rows } = layoutBars(story, [line, ...nodes('n2')], 40_000_000);
  const third = bars.find(({ attempt: one }) => one.number === 3)!;
  expect(deaths).toEqual([expect.objectContaining({ node: 'n1', y: rows[0]!.y, tUs: 180_000 })]);
  expect(deaths[0]!.x).toBeGreaterThan(third.x);
  expect(deaths[0]!.x).toBeLessThan(third.x + third.width);
});
