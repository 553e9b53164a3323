import { futures, IS_ORIGIN } from 'scoop';

const WORDS = ['tea', 'milk', 'sugar', 'bread'];

export function price(word: string, factor = 1) {
  return word.length * factor;
}

async function compare() {
  const prices = await futures.map(
    price,
    WORDS,
    WORDS.map(() => 3),
  );
  const sum = prices.reduce((a, b) => a + b);
  console.log(`prices ${prices}`);
  console.log(`sum ${sum}`);
}

export const add = (a: number, b: number) => a + b;

if (IS_ORIGIN) {
  await compare();
  await futures.mapReduce(price, add, WORDS);
}
