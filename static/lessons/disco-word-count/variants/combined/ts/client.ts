import {
  Job,
  kvgroup,
  sorted,
  sumCombiner,
} from 'disco';
import { report } from './report.ts';
import { lines } from './text.ts';

type Pair = [word: string, count: number];

export function* map(line: string): Iterable<Pair> {
  for (const word of line.split(' ')) yield [word, 1];
}

export function* reduce(
  pairs: Iterable<Pair>,
): Iterable<Pair> {
  for (const [word, ones] of kvgroup(sorted(pairs))) {
    let count = 0;
    for (const one of ones) count += 1;
    yield [word, count];
  }
}

const job = await new Job().run({
  input: lines.map((line) => `raw://${line}`),
  map,
  combiner: sumCombiner,
  reduce,
});
await report(job, await job.wait());
