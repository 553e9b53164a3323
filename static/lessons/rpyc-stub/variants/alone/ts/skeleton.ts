import { connect, listen } from 'node';

const requests = listen(7001);
for (;;) {
  const wire = await requests.accept();
  const { call } = JSON.parse(await wire.receiveText());
  const server = await connect('server', 7002);
  server.send(call.join(' '), 'call');
  const words = (await server.receiveText()).split(' ');
  const rest = words.slice(1).join(' ');
  const hasFailed = words[0] === 'raise';
  const key = hasFailed ? 'error' : 'value';
  const reply = { [key]: rest };
  wire.send(JSON.stringify(reply), 'reply');
}
