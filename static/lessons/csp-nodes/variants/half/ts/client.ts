import { sleep } from 'node';
import { Channel, retire, shutdown } from 'pycsp';

const connect = ['shop', 8888] as const;
const orders = new Channel<string[]>('orders', {
  connect,
});
const bills = new Channel<string>('bills', { connect });

const give = orders.writer();
const take = bills.reader();
const order = ['pen', 'ink'];
await give(order);
order.push('paper');
console.log('bill for', await take());
await retire(give, take);
await orders.disconnect();
console.log('going for a walk');
await sleep(60);
await shutdown();
