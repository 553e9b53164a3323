// Points at random in a square: the share of those in the circle gives π. Each future throws some.
import { futures, IS_ORIGIN } from 'scoop';

const POINTS = 200_000;

export function inside(points: number): number {
  let count = 0;
  for (let point = 0; point < points; point++) {
    const x = Math.random();
    const y = Math.random();
    if (x * x + y * y < 1) count++;
  }
  return count;
}

// Every worker loads this file; only one of them, the origin, runs the program.
if (IS_ORIGIN) {
  for (const pieces of [1, 4, 40, 400]) {
    const began = performance.now();
    let count = 0;
    const sizes = Array.from({ length: pieces }, () => POINTS / pieces);
    for await (const result of futures.mapAsCompleted(inside, sizes)) count += result;
    const ms = (performance.now() - began).toFixed(1);
    console.log(
      `${pieces} pieces: π is about ${((4 * count) / POINTS).toFixed(3)}, after ${ms} ms`,
    );
  }
}
