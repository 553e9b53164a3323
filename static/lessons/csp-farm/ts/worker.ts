import { sleep } from 'node';
import { Channel, Parallel, process } from 'pycsp';
import { shutdown } from 'pycsp';
import type { ChannelEndRead } from 'pycsp';
import type { ChannelEndWrite } from 'pycsp';

type Result = [job: number, square: number];

const worker = process(async function worker(
  cin: ChannelEndRead<number>,
  cout: ChannelEndWrite<Result>,
) {
  for (;;) {
    const n = await cin();
    console.log('squares', n);
    await sleep(1);
    await cout([n, n * n]);
  }
});

const connect = ['boss', 8888] as const;
const jobs = new Channel<number>('jobs', { connect });
const results = new Channel<Result>('results', {
  connect,
});
await Parallel(worker(jobs.reader(), results.writer()));
await shutdown();
