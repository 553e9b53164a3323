import { connect } from 'node';

async function divide(a: number, b: number) {
  const stub = await connect('stub', 7000);
  stub.send(`divide ${a} ${b}`, 'call');
  return (await stub.receiveText()) ?? 'no answer';
}

console.log('12 / 4 =', await divide(12, 4));
console.log('7 / 0 =', await divide(7, 0));
