import { chainReader, Job, nopReduce } from 'disco';
import { kvgroup, sorted } from 'disco';
import { save } from './save.ts';
import { lines } from './text.ts';

type Pair = [word: string, count: number];

export function* map(line: string): Iterable<Pair> {
  for (const word of line.split(' ')) yield [word, 1];
}

export function* reduce(
  pairs: Iterable<Pair>,
): Iterable<Pair> {
  for (const [word, ones] of kvgroup(sorted(pairs))) {
    yield [word, [...ones].length];
  }
}

export function* turn(
  [word, count]: Pair,
): Iterable<[number, string]> {
  yield [count, word];
}

export function byLetter(word: string): number {
  return word < 'd' ? 0 : 1;
}

const words = await new Job({ name: 'Words' }).run({
  input: lines.map((line) => `raw://${line}`),
  map,
  reduce,
  partitions: 2,
  partition: byLetter,
});
const counted = await words.wait();
await save('alphabetical.txt', counted);

const counts = await new Job({ name: 'Counts' }).run({
  input: counted,
  mapReader: chainReader,
  map: turn,
  sort: true,
  reduce: nopReduce,
});
await save('by-count.txt', await counts.wait());
