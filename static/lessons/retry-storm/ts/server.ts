import { datagram, sleep } from 'node';

const socket = datagram(9);
let served = 0;

async function report() {
  for (;;) {
    await sleep(5);
    console.log('served', served);
    served = 0;
  }
}

void report();
for (;;) {
  const question = await socket.receive();
  if (question === null) break;
  await sleep(0.05); // 20 a second, no more
  const { from, port, text } = question;
  socket.send(from, port, text, 'answer');
  served++;
}
