import { connect } from 'node';

async function ask() {
  const server = await connect('server', 7000);
  server.send('ping', 'question');
  const reply = await server.receiveText();
  if (reply === null) throw new Error('no reply');
  return reply;
}

console.log(await ask());
