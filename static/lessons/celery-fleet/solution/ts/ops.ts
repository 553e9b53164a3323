import { group } from 'celery';
import { sleep } from 'node';
import { machines } from './machines.ts';
import { patch } from './tasks.ts';

const calls = machines.map((name) => patch.s(name));
const sent = await group(calls)();
console.log('sent', machines.length);

await sleep(15);
let ok = 0;
let failed = 0;
for (const one of sent.results) {
  const state = await one.state;
  if (state === 'SUCCESS') ok++;
  if (state === 'FAILURE') failed++;
}
const unknown = machines.length - ok - failed;
console.log(
  `${ok} ok, ${failed} failed, ${unknown} unknown`,
);
