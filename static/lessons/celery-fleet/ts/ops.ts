import { group } from 'celery';
import { machines } from './machines.ts';
import { patch } from './tasks.ts';

const calls = machines.map((name) => patch.s(name));
const sent = await group(calls)();
console.log('sent', machines.length);

const done = await sent.get();
console.log(done.length, 'ok');
