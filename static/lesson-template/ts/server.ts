import { listen, sleep } from 'node';

const listener = listen(7000);
for (;;) {
  const client = await listener.accept();
  const text = await client.receiveText();
  console.log('asked:', text);
  await sleep(0.1); // works
  client.send('pong', 'reply');
  client.close();
}
