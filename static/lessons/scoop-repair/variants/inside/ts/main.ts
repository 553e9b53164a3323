import { futures, IS_ORIGIN } from 'scoop';

const WORDS = ['tea', 'milk', 'sugar', 'bread'];

export function price(word: string, factor = 1) {
  return word.length * factr;
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

if (IS_ORIGIN) await compare();
