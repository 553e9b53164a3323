import { sleep } from 'node';
import { Channel, Parallel, process } from 'pycsp';
import { poison, shutdown } from 'pycsp';
import type { ChannelEndRead as In } from 'pycsp';
import type { ChannelEndWrite as Out } from 'pycsp';

const time = () => Math.round(performance.now() / 1e3);

const counter = process(async function counter(
  cout: Out<number>,
  limit: number,
) {
  for (let i = 1; i <= limit; i++) {
    await cout(i);
  }
  console.log('counter: done after', time(), 's');
  await poison(cout);
});

const printer = process(async function printer(
  cin: In<number>,
) {
  for (;;) {
    const number = await cin();
    await sleep(1);
    console.log('printed', number);
  }
});

const a = new Channel<number>('A', { buffer: 5 });
await Parallel(
  counter(a.writer(), 5),
  printer(a.reader()),
);
console.log('over after', time(), 's');
await shutdown();
