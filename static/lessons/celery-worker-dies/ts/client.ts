import { charge } from './tasks.ts';

const results = [];
for (const order of ['A', 'B', 'C']) {
  results.push(await charge.delay(order));
}
console.log('sent A, B and C');
for (const result of results) {
  try {
    console.log(await result.get());
  } catch (error) {
    console.log(error.name);
  }
}
