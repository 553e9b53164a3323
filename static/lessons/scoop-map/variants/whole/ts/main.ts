import { futures, IS_ORIGIN } from 'scoop';
import { look } from './order.ts';
import { add, cut, loop } from './work.ts';

const numbers = [...Array(1200).keys()].slice(1000);
type Counting = Promise<number>;

async function timed(what: string, sum: Counting) {
  const began = performance.now();
  const found = await sum;
  const ms = performance.now() - began;
  const took = (ms / 1000).toFixed(2);
  console.log(`${what}: ${found} in ${took} s`);
}

if (IS_ORIGIN) {
  await look('map', futures.map);
  await look('as completed', futures.mapAsCompleted);
  await timed('loop', loop(numbers));
  await timed(
    'pool',
    futures.mapReduce(loop, add, cut(numbers, 200)),
  );
}
