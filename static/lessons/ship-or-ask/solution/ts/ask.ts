import { connect } from 'node';

const library = await connect('library', 7);
const start = Date.now();

const rows: number[] = [];
for (let row = 0; row < 1000; row += 20) rows.push(row);

library.send(rows.join(' '), 'ask');
const prices = await library.receiveText();
if (prices === null) throw new Error('library gone');

let sum = 0;
for (const price of prices.split('\n')) {
  sum += parseInt(price);
}

const seconds = (Date.now() - start) / 1000;
const after = `after ${seconds.toFixed(1)} s`;
console.log('sum', sum, after);
