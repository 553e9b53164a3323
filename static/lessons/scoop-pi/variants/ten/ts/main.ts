import { futures, IS_ORIGIN, worker } from 'scoop';

const POINTS = 400_000;
const PIECES = 10;

export function inside(points: number): number {
  console.log(`${worker} begins`);
  let count = 0;
  for (let at = 0; at < points; at++) {
    const x = Math.random();
    const y = Math.random();
    if (x * x + y * y < 1) count++;
  }
  return count;
}

// Every worker loads this file; the origin runs it.
if (IS_ORIGIN) {
  const began = performance.now();
  const work = Array(PIECES).fill(POINTS / PIECES);
  let count = 0;
  for (const one of await futures.map(inside, work)) {
    count += one;
  }
  const pi = (4 * count) / POINTS;
  const took = (performance.now() - began) / 1000;
  console.log(`pi is about ${pi.toFixed(2)}`);
  console.log(`after ${took.toFixed(1)} s`);
}
