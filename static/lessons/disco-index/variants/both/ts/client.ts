import { Job, kvgroup } from 'disco';
import { resultIterator, sorted } from 'disco';
import { first, taken, told } from './count.ts';
import { pages } from './pages.ts';

type Pair = [word: string, page: string];
type Entry = [word: string, pages: string];

export function* map(line: string): Iterable<Pair> {
  const [page = '', text = ''] = line.split(': ');
  for (const word of text.split(' ')) {
    yield [word, page];
  }
}

export function* reduce(
  pairs: Iterable<Pair>,
): Iterable<Entry> {
  const all = sorted(taken(pairs));
  for (const [word, found] of kvgroup(all)) {
    const entry = [...new Set(found)].sort().join(' ');
    first('reduce');
    yield [word, entry];
  }
}

const job = await new Job({ name: 'Index' }).run({
  input: pages.map((page) => `raw://${page}`),
  map,
  sort: true,
  reduce,
});
const urls = await job.wait();
for await (const [word, on] of resultIterator(urls)) {
  console.log(`${word}: ${on}`);
}
console.log(told(await job.events()));
