// Programs of Disco for the tests, and what they come to when they are evaluated one entry after the other.

export const TEXTS = [
  'the cat sat on the mat',
  'the dog sat on the log',
  'a cat and a dog',
  'the end',
  'on and on and on',
  'a mat a log a cat',
];

/** What `wordCount` prints. */
export function serialCount(texts: readonly string[] = TEXTS): string[] {
  const counts = new Map<string, number>();
  for (const word of texts.join(' ').split(' ')) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([word, count]) => `${word} ${count}`);
}

/** A job over `TEXTS`; every map counts to `mapTicks`, 50 ns each. */
export function wordCount(more = '', mapTicks = 0): string {
  return `
    import { Job, resultIterator, kvgroup, sorted, sumCombiner } from 'disco';
    export function* map(line, params) {
      let n = 0;
      for (let i = 0; i < ${mapTicks}; i++) n += i;
      for (const word of line.split(' ')) yield [word, 1];
    }
    export function* reduce(iter, params) {
      for (const [word, counts] of kvgroup(sorted(iter))) {
        let sum = 0;
        for (const count of counts) sum += count;
        yield [word, sum];
      }
    }
    const job = await new Job().run({
      input: ${JSON.stringify(TEXTS)}.map((text) => 'raw://' + text), map, reduce, ${more} });
    const pairs = [];
    for await (const pair of resultIterator(await job.wait())) pairs.push(pair);
    for (const [word, count] of sorted(pairs)) console.log(word, count);
    for (const event of await job.events()) console.error(event.slice(20));
  `;
}
