import { disk } from 'node';
import rpyc from 'rpyc';
import { count } from './count.ts';
import { where } from './where.ts';

const conn = await rpyc.classic.connect('server');
const known = conn.namespace;

async function send(
  name: string,
  text: string,
  ...args: string[]
) {
  try {
    await conn.execute(text);
    const work = await rpyc.getitem(known, name);
    console.log(name, await work(...args));
  } catch (error) {
    console.log(name, error.name);
  }
}

const visits = disk.readText('visits.txt');
console.log('mine:', visits.trim());
await send('where', where);

const guest = disk.readText('name.txt').trim();
await send('count', count, guest);
