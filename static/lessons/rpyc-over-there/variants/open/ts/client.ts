import { disk } from 'node';
import rpyc from 'rpyc';
import { where } from './where.ts';

const conn = await rpyc.classic.connect('server');
const known = conn.namespace;

const visits = disk.readText('visits.txt');
console.log('mine:', visits.trim());
await conn.execute(where);
const work = await rpyc.getitem(known, 'where');
console.log('where', await work());

const guest = disk.readText('name.txt').trim();
let count = 0;
const file = await conn.builtins.open('visits.txt');
for await (const line of file) {
  if (line.trim() === guest) count++;
}
console.log('count', count);
