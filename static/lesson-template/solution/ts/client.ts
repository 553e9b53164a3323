import { connect, sleep } from 'node';

async function ask() {
  const server = await connect('server', 7000);
  server.send('ping', 'question');
  const reply = await server.receiveText();
  if (reply === null) throw new Error('no reply');
  return reply;
}

for (;;) {
  try {
    console.log(await ask());
    break;
  } catch (error) {
    console.log(error.message);
    await sleep(1);
  }
}
