// An index of four little texts: which of them has which word. Each text is mapped where it lies,
// the words are gathered by their hash, and each half of them is reduced on its own.
import { DDFS, Job, kvgroup, resultIterator, sorted } from 'disco';

const TEXTS = {
  rose: 'a rose is a rose',
  mat: 'the cat sat on the mat',
  cat: 'a cat is a cat',
  end: 'the end is the end',
};

/** Lines are `name: text`. */
export function* map(line: string): Iterable<[string, string]> {
  const [name = '', text = ''] = line.split(': ');
  for (const word of text.split(' ')) yield [word, name];
}

export function* reduce(pairs: Iterable<[string, string]>): Iterable<[string, string[]]> {
  for (const [word, names] of kvgroup(sorted(pairs))) {
    yield [word, [...new Set(names)]];
  }
}

// Two copies of each text: a node may die.
await new DDFS().push(
  'texts',
  Object.entries(TEXTS).map(([name, text]) => [`${name}: ${text}\n`, name]),
  { replicas: 2 },
);
const job = await new Job({ name: 'Index' }).run({
  input: ['tag://texts'],
  map,
  reduce,
  partitions: 2,
});
for await (const [word, names] of resultIterator<string, string[]>(await job.wait())) {
  console.log(`${word}: ${names.join(', ')}`);
}
