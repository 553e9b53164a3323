import { countWords, total } from './text.ts';

type Pair = [key: string, text: string];

export async function map(line: string) {
  return [['all', await countWords(Number(line))]];
}

export function reduce(pairs: Iterable<Pair>): Pair[] {
  const texts = [...pairs].map(([, text]) => text);
  return [['all', total(texts)]];
}
