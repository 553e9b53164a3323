import { sleep } from 'node';
import * as rabbit from './on_rabbit.ts';
import * as redis from './on_redis.ts';

for (let order = 1; order <= 10; order++) {
  await redis.keep.delay(order);
  await rabbit.keep.delay(order);
  await sleep(0.03);
}
console.log('sent ten to each');
