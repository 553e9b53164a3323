import { connect, listen } from 'node';

const requests = listen(7001);
for (;;) {
  const wire = await requests.accept();
  const { call } = JSON.parse(await wire.receiveText());
  const server = await connect('server', 7002);
  server.send(call.join(' '), 'call');
  const words = (await server.receiveText()).split(' ');
  const value = words.slice(1).join(' ');
  wire.send(JSON.stringify({ value }), 'reply');
}
