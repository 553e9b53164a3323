// Three workers share one channel of jobs and one of results. Nobody counts who is left: a channel
// ends when the last of its writers has retired, and whoever reads it then is told.
import { sleep } from 'node';
import {
  Channel,
  Parallel,
  process,
  retire,
  shutdown,
  type ChannelEndRead,
  type ChannelEndWrite,
} from 'pycsp';

type In = ChannelEndRead<number>;
type Out = ChannelEndWrite<number>;

const producer = process(async function producer(jobs: Out) {
  for (let job = 1; job <= 9; job++) await jobs(job);
  await retire(jobs);
});

const worker = process(async function worker(jobs: In, results: Out) {
  // Ended by the retirement of `jobs`, which passes on to `results`.
  for (;;) {
    const job = await jobs();
    await sleep(job / 100);
    await results(job * job);
  }
});

const collector = process(async function collector(results: In) {
  let sum = 0;
  try {
    for (;;) sum += await results();
  } catch (error) {
    console.log(`${(error as Error).name}: all are done, the sum is ${sum}`);
  }
});

const jobs = new Channel<number>('jobs');
const results = new Channel<number>('results');
await Parallel(
  producer(jobs.writer()),
  worker(jobs.reader(), results.writer()),
  worker(jobs.reader(), results.writer()),
  worker(jobs.reader(), results.writer()),
  collector(results.reader()),
);
await shutdown();
