import { args, connect, sleep } from 'node';

const [name] = args;
const server = await connect('server', 7000);
for (const word of ['hello', 'again', 'bye']) {
  server.send(`${name}: ${word}`);
  console.log(await server.receiveText());
  await sleep(0.1);
}
server.close();
