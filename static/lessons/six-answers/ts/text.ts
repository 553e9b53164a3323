import { sleep } from 'node';

const lines = [
  'a cat and a dog',
  'the dog and the cat and the dog',
  'a cat saw the dog',
  'the dog saw a cat',
  'the cat and the dog and a cat',
  'a dog and a cat and a dog',
];
export const pieces = [0, 1, 2, 3, 4, 5];

export async function countWords(piece: number) {
  await sleep(2); // as if it were a book
  const words = lines[piece].split(' ');
  console.log('counted', piece);
  return total(words.map((word) => `${word}=1`));
}

/** 'dog=2 cat=1' and 'cat=1' are 'cat=2 dog=2'. */
export function total(texts: string[]) {
  const counts: Record<string, number> = {};
  for (const pair of texts.join(' ').split(' ')) {
    const [word, count] = pair.split('=');
    counts[word] = (counts[word] ?? 0) + Number(count);
  }
  const pairs = Object.entries(counts).sort();
  return pairs.map((pair) => pair.join('=')).join(' ');
}
