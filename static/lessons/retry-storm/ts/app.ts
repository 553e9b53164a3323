import { datagram, sleep } from 'node';
import { again, succeeded } from './retry.ts';

const socket = datagram(9);
const waiting = new Map<string, (ok: true) => void>();
socket.onMessage(({ text: id }) => {
  waiting.get(id)?.(true);
});
let [count, answered] = [0, 0];

async function ask(): Promise<boolean> {
  const id = String(++count);
  const answer = new Promise<boolean>((resolve) => {
    waiting.set(id, resolve);
  });
  socket.send('server', 9, id, 'ask');
  const late = sleep(0.5).then(() => false);
  const ok = await Promise.race([answer, late]);
  waiting.delete(id);
  return ok;
}

async function user() {
  await sleep(Math.random() * 3);
  for (;;) {
    let ok = await ask();
    for (let tries = 1; !ok; tries++) {
      if (!(await again(tries))) break;
      ok = await ask();
    }
    if (ok) {
      answered++;
      succeeded();
    }
    await sleep(2.5 + Math.random()); // reads
  }
}

for (let number = 0; number < 15; number++) void user();
for (let now = 5; ; now += 5) {
  await sleep(5);
  console.log(`${now} s: answered ${answered}`);
  answered = 0;
}
