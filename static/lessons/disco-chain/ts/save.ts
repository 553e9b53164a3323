import { resultIterator, sorted } from 'disco';
import { disk } from 'node';

/** Writes a file and says whether it is in order. */
export async function save(
  name: string,
  urls: string[],
) {
  const pairs: [string, string | number][] = [];
  for await (const pair of resultIterator(urls)) {
    pairs.push(pair);
  }
  const rows = pairs.map((pair) => pair.join(' '));
  disk.writeText(name, `${rows.join('\n')}\n`);
  console.log(name, rows.join(', '));
  const keys = pairs.map(([key]) => number(key));
  const isOk = sorted(keys).join() === keys.join();
  console.log(name, isOk ? 'in order' : 'NOT in order');
}

const number = (key: string) =>
  /^\d+$/.test(key) ? Number(key) : key;
