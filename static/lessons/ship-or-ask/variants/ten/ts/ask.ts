import { connect } from 'node';

const library = await connect('library', 7);
const start = Date.now();

let sum = 0;
for (let row = 0; row < 1000; row += 100) {
  library.send(String(row), 'ask');
  const price = await library.receiveText();
  if (price === null) throw new Error('library gone');
  sum += parseInt(price);
}

const seconds = (Date.now() - start) / 1000;
const after = `after ${seconds.toFixed(1)} s`;
console.log('sum', sum, after);
