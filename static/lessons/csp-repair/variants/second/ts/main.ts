import { Channel, Parallel, process } from 'pycsp';
import { poison, shutdown } from 'pycsp';
import type { ChannelEndRead } from 'pycsp';
import type { ChannelEndWrite } from 'pycsp';

const sensor = process(async function sensor(
  cout: ChannelEndWrite<number>,
  limit: number,
) {
  console.log('sensor is on');
  for (let i = 0; i < limit; i++) await cout(20 + i);
  await poison(cout);
});

const display = process(async function display(
  cin: ChannelEndRead<number>,
) {
  for (;;) console.log('degrees:', await cin());
});

const a = new Channel<number>('A');
await Parallel(
  sensor(a.writer(), 3),
  display(a.reader()),
);
await a.Disconnect();
console.log('over');
await shutdown();
