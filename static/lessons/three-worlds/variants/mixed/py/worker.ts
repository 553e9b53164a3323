import { listen, sleep } from 'node';

const server = listen(7000);
for (;;) {
  const socket = await server.accept();
  const task = await socket.receiveText();
  console.log('begins', task);
  await sleep(1); // seconds of work
  const [, first, last] = task.split(' ').map(Number);
  let sum = 0;
  for (let n = first; n <= last; n++) sum += n;
  console.log('done', task);
  socket.send(`${sum}`, 'reply');
  socket.close();
}
