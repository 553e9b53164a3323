import { sleep } from 'node';
import { Channel, Parallel, process } from 'pycsp';
import { shutdown } from 'pycsp';
import type { ChannelEndRead } from 'pycsp';
import type { ChannelEndWrite } from 'pycsp';

type Till = { coins: number };

const owner = process(async function owner(
  toAda: ChannelEndWrite<Till>,
  toBen: ChannelEndWrite<Till>,
) {
  const till = { coins: 0 };
  await toAda(till);
  await toBen(till);
  await sleep(3);
  console.log('coins:', till.coins);
});

const seller = process(async function seller(
  name: string,
  cin: ChannelEndRead<Till>,
) {
  const till = await cin();
  for (let i = 0; i < 5; i++) {
    const coins = till.coins;
    await sleep(Math.random() / 10);
    till.coins = coins + 1;
    await sleep(Math.random() / 10);
  }
  console.log(name, 'has put in 5');
});

const a = new Channel<Till>('a');
const b = new Channel<Till>('b');
await Parallel(
  owner(a.writer(), b.writer()),
  seller('ada', a.reader()),
  seller('ben', b.reader()),
);
await shutdown();
