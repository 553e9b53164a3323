import { pay } from './tasks.ts';

await pay.delay('A');
const payment = await pay.delay('A');
try {
  console.log(await payment.get());
} catch {
  console.log('payment failed');
}
