import { connect, listen } from 'node';

const NOTHING = '{"value": "no answer"}';
const calls = listen(7000);
for (;;) {
  const caller = await calls.accept();
  const call = (await caller.receiveText()).split(' ');
  const wire = await connect('skeleton', 7001);
  wire.send(JSON.stringify({ call }), 'request');
  const text = (await wire.receiveText()) ?? NOTHING;
  const reply = JSON.parse(text);
  caller.send(reply.value, 'return');
}
