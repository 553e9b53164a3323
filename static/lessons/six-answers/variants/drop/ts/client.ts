import { CommunicationError, Proxy } from 'pyro4';
import { pieces, total } from './text.ts';

let hosts = ['w1', 'w2', 'w3'];
const waiting = [...pieces];
const counted: string[] = [];

async function keepBusy(host: string) {
  const worker = new Proxy(`PYRO:counter@${host}:7766`);
  while (waiting.length > 0) {
    const piece = waiting.shift();
    try {
      counted.push(await worker.count(piece));
    } catch (error) {
      const isOut = error instanceof CommunicationError;
      if (!isOut) throw error;
      hosts = hosts.filter((one) => one !== host);
      return;
    }
  }
}

while (waiting.length > 0 && hosts.length > 0) {
  await Promise.all(hosts.map(keepBusy));
}
console.log('total', total(counted));
