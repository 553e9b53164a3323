import { sleep } from 'node';
import { Channel, Parallel, process } from 'pycsp';
import { retire, shutdown } from 'pycsp';
import type { ChannelEndRead } from 'pycsp';
import type { ChannelEndWrite } from 'pycsp';

type Till = { coins: number };

const owner = process(async function owner(
  cin: ChannelEndRead<number>,
) {
  const till: Till = { coins: 0 };
  try {
    for (;;) till.coins += await cin();
  } finally {
    console.log('coins:', till.coins);
  }
});

const seller = process(async function seller(
  name: string,
  cout: ChannelEndWrite<number>,
) {
  for (let i = 0; i < 5; i++) {
    await sleep(Math.random() / 10);
    await cout(1);
  }
  console.log(name, 'has put in 5');
  await retire(cout);
});

const a = new Channel<number>('a');
await Parallel(
  owner(a.reader()),
  seller('ada', a.writer()),
  seller('ben', a.writer()),
);
await shutdown();
