import { AltSelect, Channel } from 'pycsp';
import { InputGuard, TimeoutGuard } from 'pycsp';
import { shutdown } from 'pycsp';

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
const [chosen] = await AltSelect(
  new InputGuard(take),
  new TimeoutGuard(3),
);
if (chosen !== take) console.log('no bill');
try {
  await take();
} catch (error) {
  console.log('told:', (error as Error).name);
}
await shutdown();
