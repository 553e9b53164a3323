// `mapReduce` and `mapScan`: a tree of futures, each of which splits its items in two until there is one
// left to map. The order of the items is kept, so that the operator need not be commutative.

import { run, wait, type Body } from '#lib/node/promise.ts';
import { submissionOf } from '../typescript-space.ts';
import type { Worker } from '../worker/worker.ts';
import type { Callable } from './arguments.ts';
import { runOf, valueOf } from './future.ts';

type Rows = readonly (readonly unknown[])[];

/** Functions that run as futures themselves: every worker has them under one name. */
export interface Trees {
  reduce: Callable;
  scan: Callable;
}

export function createTrees(worker: () => Worker): Trees {
  const trees: Trees = {
    reduce: named('mapReduce', (map, join, rows) =>
      run(reduced(worker(), trees.reduce, map as Callable, join as Callable, rows as Rows)),
    ),
    scan: named('mapScan', (map, join, rows) =>
      run(scanned(worker(), trees.scan, map as Callable, join as Callable, rows as Rows)),
    ),
  };
  return trees;
}

function named(name: string, callable: Callable): Callable {
  Object.defineProperty(callable, 'name', { value: name });
  return callable;
}

function* reduced(
  worker: Worker,
  tree: Callable,
  map: Callable,
  join: Callable,
  rows: Rows,
): Body<unknown> {
  if (rows.length === 1) return yield* wait(map(...rows[0]!));
  const [left, right] = yield* halves(worker, tree, [map, join], rows);
  return yield* wait(join(left, right));
}

/** The values up to each item: of the right half each is joined to the last of the left. */
function* scanned(
  worker: Worker,
  tree: Callable,
  map: Callable,
  join: Callable,
  rows: Rows,
): Body<unknown[]> {
  if (rows.length === 1) return [yield* wait(map(...rows[0]!))];
  const [left, right] = (yield* halves(worker, tree, [map, join], rows)) as [unknown[], unknown[]];
  const joined = [...left];
  for (const value of right) joined.push(yield* wait(join(left.at(-1), value)));
  return joined;
}

function* halves(
  worker: Worker,
  tree: Callable,
  functions: readonly Callable[],
  rows: Rows,
): Body<[unknown, unknown]> {
  const middle = Math.ceil(rows.length / 2);
  const parts = [rows.slice(0, middle), rows.slice(middle)];
  const by = runOf(worker);
  const calls = parts.map((part) => submissionOf(tree, [...functions, part]));
  const futures = worker.submit(by, calls);
  yield* worker.giveAway();
  yield* worker.wait(by, futures, 2, null);
  return [valueOf(futures[0]!), valueOf(futures[1]!)];
}
