import { group } from 'celery';
import { machines } from './machines.ts';
import { patch } from './tasks.ts';

const calls = machines.map((name) => patch.s(name));
const sent = await group(calls)();
console.log('sent', machines.length);

const all = await sent.get({
  timeout: 15,
  propagate: false,
});
let failed = 0;
for (const one of all) {
  if (one instanceof Error) failed++;
}
console.log(`${20 - failed} ok, ${failed} failed`);
