// `npm run fuzz -- [--count 10000] [--seed 1]`: random experiments against every invariant. Prints
// progress, and at the first that breaks one the smallest experiment found that still does.

import { parseArgs } from 'node:util';
import { explore } from './explore.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '10000' }, seed: { type: 'string', default: '1' } },
});
const [count, seed] = [Number(values.count), Number(values.seed)];
if (!Number.isSafeInteger(count) || count < 1) throw new Error(`invalid --count: ${values.count}`);
if (!Number.isSafeInteger(seed)) throw new Error(`invalid --seed: ${values.seed}`);

const startMs = performance.now();
const BATCH_COUNT = 500;
let eventCount = 0;
for (let done = 0; done < count;) {
  const size = Math.min(BATCH_COUNT, count - done);
  const result = await explore({ seed: seed + done, count: size });
  eventCount += result.eventCount;
  if (result.failure !== null) {
    console.error(result.failure);
    console.error(`${done + result.ranCount} experiments, ${eventCount} events, 1 broken`);
    process.exit(1);
  }
  done += size;
  const seconds = (performance.now() - startMs) / 1000;
  console.log(`${done} of ${count} experiments, ${eventCount} events, ${seconds.toFixed(1)} s`);
}
console.log(`${count} experiments, ${eventCount} events, 0 broken invariants`);
