import { pieces, total } from './text.ts';
import { count } from './work.ts';

const results = [];
for (const piece of pieces) {
  results.push(await count.delay(piece));
}
const counted: string[] = [];
for (const result of results) {
  counted.push(await result.get());
}
console.log('total', total(counted));
