import { One2OneChannel, Parallel } from 'pycsp';
import { poison, process, shutdown } from 'pycsp';
import type { ChannelEndRead } from 'pycsp';
import type { ChannelEndWrite } from 'pycsp';

const sensor = process(async function sensor(
  cout: ChannelEndWrite<number>,
  limit: number,
) {
  console.log('sensor is on');
  for (const i of xrange(limit)) await cout(20 + i);
  await poison(cout);
});

const display = process(async function display(
  cin: ChannelEndRead<number>,
) {
  for (;;) console.log('degrees:', await cin());
});

const a = new One2OneChannel<number>('A');
await Parallel(
  sensor(a.writer(), 3),
  display(a.reader()),
);
await a.Disconnect();
console.log('over');
await shutdown();
