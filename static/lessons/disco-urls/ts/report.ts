import { type Job, resultIterator } from 'disco';

/** What came out, and what each task had to do. */
export async function report(
  job: Job,
  urls: string[],
) {
  for await (const [url, n] of resultIterator(urls)) {
    console.log(url, n);
  }
  const told = (await job.events()).join('\n');
  const done = /\[(\w+):\d+\] Done: (\d+) entries/g;
  for (const [, task, entries] of told.matchAll(done)) {
    console.log(`${task} had ${entries}`);
  }
}
