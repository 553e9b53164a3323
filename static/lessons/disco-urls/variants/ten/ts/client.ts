import { DDFS, Job, kvgroup, sorted } from 'disco';
import { logs } from './logs.ts';
import { report } from './report.ts';

type Pair = [url: string, count: number];

export function* map(line: string): Iterable<Pair> {
  const [, , url = ''] = line.split(' ');
  yield [url, 1];
}

export function* reduce(
  pairs: Iterable<Pair>,
): Iterable<Pair> {
  for (const [url, ones] of kvgroup(sorted(pairs))) {
    let count = 0;
    for (const one of ones) count += one;
    yield [url, count];
  }
}

await new DDFS().chunk('logs', logs, {
  chunkSize: 800,
});
const job = await new Job({ name: 'Urls' }).run({
  input: ['tag://logs'],
  map,
  reduce,
  partitions: 10,
});
await report(job, await job.wait());
