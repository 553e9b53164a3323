import { datagram, sleep, type Datagram } from 'node';

const socket = datagram(9);
const queue: Datagram[] = [];
let served = 0;

// A queue of eight places.
socket.onMessage((question) => {
  if (queue.length < 8) queue.push(question);
});

async function report() {
  for (;;) {
    await sleep(5);
    console.log('served', served);
    served = 0;
  }
}

void report();
for (;;) {
  const question = queue[0];
  await sleep(question ? 0.05 : 0.01);
  if (!question) continue;
  queue.shift();
  const { from, port, text } = question;
  socket.send(from, port, text, 'answer');
  served++;
}
