import { Job, kvgroup } from 'disco';
import { resultIterator, sorted } from 'disco';

type Word = [word: string, count: number];
const LINES = [
  'The end is near.',
  'Near the end, they say,',
  'the near end ends.',
];

// No punctuation, and all words in small letters.
export function* map(line: string): Iterable<Word> {
  const table = maketrans('', '');
  for (const word of line.split(' ')) {
    yield [word.translate(table, '.,'), 1];
  }
}

export function* reduce(
  pairs: Iterable<Word>,
): Iterable<Word> {
  for (const [word, ones] of kvgroup(sorted(pairs))) {
    yield [word, [...ones].length];
  }
}

const job = await new Job().run({
  input: LINES.map((line) => `raw://${line}`),
  map,
  reduce,
});
const urls = await job.wait({ show: true });
for await (const [word, n] of resultIterator(urls)) {
  console.log(`result: ${word} ${n}`);
}
