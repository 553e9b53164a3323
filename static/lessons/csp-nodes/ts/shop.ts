import { sleep } from 'node';
import { Channel, Parallel, process } from 'pycsp';
import { shutdown } from 'pycsp';
import type { ChannelEndRead } from 'pycsp';
import type { ChannelEndWrite } from 'pycsp';

const desk = process(async function desk(
  orders: ChannelEndRead<string[]>,
  bills: ChannelEndWrite<string>,
) {
  for (;;) {
    const order = await orders();
    await sleep(1);
    const what = order.join(' and ');
    await bills(`${order.length} things: ${what}`);
  }
});

const orders = new Channel<string[]>('orders');
const bills = new Channel<string>('bills');
await Parallel(desk(orders.reader(), bills.writer()));
console.log('no more customers');
await shutdown();
