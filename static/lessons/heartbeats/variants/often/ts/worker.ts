import { datagram, sleep } from 'node';

const socket = datagram(7000);
void beat();
for (;;) {
  const { text } = await socket.receive();
  console.log('begins', text);
  await sleep(2); // packs it
  console.log('sent', text);
  socket.send('monitor', 7000, 'done', 'done');
}

async function beat() {
  for (;;) {
    socket.send('monitor', 7000, 'alive', 'heartbeat');
    await sleep(0.1);
  }
}
