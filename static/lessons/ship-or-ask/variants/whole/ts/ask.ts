import { connect } from 'node';

const library = await connect('library', 7);
const start = Date.now();

library.send('all', 'ask');
const list = await library.receiveText();
if (list === null) throw new Error('library is gone');
const prices = list.split('\n');

let sum = 0;
for (let row = 0; row < 1000; row += 20) {
  sum += parseInt(prices[row]);
}

const seconds = (Date.now() - start) / 1000;
const after = `after ${seconds.toFixed(1)} s`;
console.log('sum', sum, after);
