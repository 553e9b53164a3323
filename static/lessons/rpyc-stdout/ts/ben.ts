import { sleep } from 'node';
import rpyc from 'rpyc';

const conn = await rpyc.classic.connect('server');

async function say(text: string) {
  try {
    await conn.execute(`print("${text}")`);
    console.log('said', text);
  } catch (error) {
    console.log('could not say', text, error.name);
  }
}

await say('three');
await sleep(3);
await say('four');
