import { Proxy } from 'pyro4';
import { pieces, total } from './text.ts';

const hosts = ['w1', 'w2', 'w3'];
const waiting = [...pieces];
const counted: string[] = [];

async function keepBusy(host: string) {
  const worker = new Proxy(`PYRO:counter@${host}:7766`);
  while (waiting.length > 0) {
    const piece = waiting.shift();
    counted.push(await worker.count(piece));
  }
}

await Promise.all(hosts.map(keepBusy));
console.log('total', total(counted));
