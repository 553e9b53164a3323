import { Channel, Parallel, process } from 'pycsp';
import { shutdown } from 'pycsp';
import type { ChannelEndRead } from 'pycsp';
import type { ChannelEndWrite } from 'pycsp';
import { countWords } from './text.ts';

type In = ChannelEndRead<number>;
type Out = ChannelEndWrite<string>;

const worker = process(async function worker(
  cin: In,
  cout: Out,
) {
  for (;;) await cout(await countWords(await cin()));
});

const there = { connect: ['client', 8888] as const };
const jobs = new Channel<number>('jobs', there);
const counts = new Channel<string>('counts', there);
await Parallel(worker(jobs.reader(), counts.writer()));
await shutdown();
