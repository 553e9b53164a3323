import { sorted } from 'disco';

export const lines = [
  'the cat and the dog and the bird',
  'a cat is a cat is a cat',
  'the dog saw the cat and the cat saw the dog',
  'a bird is a bird and a bird is a bird',
  'the bird saw the dog and the dog saw the bird',
  'and the end is the end is the end',
];

/** The same without a cluster. */
export function byHand(): [string, number][] {
  const counts = new Map<string, number>();
  for (const word of lines.join(' ').split(' ')) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return sorted(counts);
}
