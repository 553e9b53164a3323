import { type Job, resultIterator } from 'disco';
import { byHand, lines } from './text.ts';

/** What the job gave, and what it took. */
export async function report(job: Job, urls: string[]) {
  const counts: [string, number][] = [];
  for await (const pair of resultIterator(urls)) {
    counts.push(pair);
  }
  const words = counts.map((pair) => pair.join(' '));
  console.log(words.join(', '));
  const isSame =
    JSON.stringify(counts) === JSON.stringify(byHand());
  console.log('as counted by hand:', isSame);
  const told = (await job.events()).join('\n');
  const { length } = told.match(/DONE: \[map:/g) ?? [];
  console.log('maps:', length, 'for', lines.length);
  const read = /Done: (\d+) entries reduced/.exec(told);
  console.log('pairs that reduce read:', read?.[1]);
}
