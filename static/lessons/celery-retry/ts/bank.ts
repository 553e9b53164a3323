import { listen, sleep } from 'node';

const known = new Set<string>();
const server = listen(7000);
for (;;) {
  const socket = await server.accept();
  const request = await socket.receiveText();
  const [key, order] = request.split(' ');
  await sleep(0.5);
  // The same key is the same payment.
  if (!known.has(key)) {
    known.add(key);
    console.log('charged', order);
  }
  socket.send('paid', 'reply');
  socket.close();
}
