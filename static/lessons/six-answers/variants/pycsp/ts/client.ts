import { Channel, Parallel, process } from 'pycsp';
import { poison, shutdown } from 'pycsp';
import type { ChannelEndRead } from 'pycsp';
import type { ChannelEndWrite } from 'pycsp';
import { pieces, total } from './text.ts';

type In = ChannelEndRead<string>;
type Out = ChannelEndWrite<number>;

const deal = process(async function deal(cout: Out) {
  for (const piece of pieces) await cout(piece);
});
const add = process(async function add(cin: In) {
  const counted: string[] = [];
  for (const _ of pieces) counted.push(await cin());
  console.log('total', total(counted));
});

const jobs = new Channel<number>('jobs');
const counts = new Channel<string>('counts');
const out = jobs.writer();
await Parallel(deal(out), add(counts.reader()));
await poison(out);
await shutdown();
