import { futures, IS_ORIGIN } from 'scoop';

const WORDS = ['tea', 'milk', 'sugar', 'bread'];

export function price(word: string, factor = 3) {
  return word.length * factor;
}

async function compare() {
  const prices = await futures.map(price, WORDS);
  const sum = prices.reduce((a, b) => a + b);
  console.log(`prices ${prices}`);
  console.log(`sum ${sum}`);
}

if (IS_ORIGIN) await compare();
