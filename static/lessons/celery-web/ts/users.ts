import { sleep } from 'node';
import { ask } from './http.ts';

async function click(path: string) {
  const began = Date.now();
  const [status, body] = await ask(path);
  const seconds = (Date.now() - began) / 1000;
  if (seconds > 1) console.log('that was slow');
  return { status, body, seconds };
}

async function visit(user: string) {
  let page = await click(`/order/${user}`);
  const time = page.seconds.toFixed(1);
  console.log(`${user} is answered after ${time} s`);
  const link = page.body;
  while (page.status === 202) {
    await sleep(1);
    page = await click(link);
  }
  console.log(`${user} sees ${page.body}`);
}

await Promise.all(['Ada', 'Bo', 'Cy'].map(visit));
