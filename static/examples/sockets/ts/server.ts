import { listen, type Socket } from 'node';

async function serve(connection: Socket) {
  for (;;) {
    const text = await connection.receiveText();
    if (text === null) break;
    connection.send(text.toUpperCase(), 'reply');
  }
  console.log('goodbye', connection.peer);
  connection.close();
}

const listener = listen(7000);
console.log('listening');
for (;;) void serve(await listener.accept());
