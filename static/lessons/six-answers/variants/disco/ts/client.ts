import { Job, resultIterator } from 'disco';
import { pieces } from './text.ts';
import { map, reduce } from './work.ts';

const input = pieces.map((piece) => `raw://${piece}`);
const job = await new Job().run({ input, map, reduce });
const urls = await job.wait();
for await (const [, text] of resultIterator(urls)) {
  console.log('total', text);
}
