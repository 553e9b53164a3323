import { futures, IS_ORIGIN } from 'scoop';

const WORDS = ['tea', 'milk', 'sugar', 'bread'];

export function price(word: string, factor = 1) {
  return word.length * factor;
}

export const add = (a: number, b: number) => a + b;

if (IS_ORIGIN) {
  const { mapReduce } = futures;
  console.log(await mapReduce(price, add, WORDS));
  const long = futures.scoop.futures.mapReduce;
  console.log('long', await long(price, add, WORDS));
}
