import { listen, type Socket } from 'node';

// A list of 1000 prices, 100 bytes each.
const list = Array.from({ length: 1000 }, (_, row) =>
  String((row * 37) % 100).padEnd(99, '.'),
);

async function serve(socket: Socket) {
  for (;;) {
    const question = await socket.receiveText();
    if (question === null) return;
    const rows =
      question === 'all'
        ? list
        : question.split(' ').map((row) => list[+row]);
    socket.send(rows.join('\n'), 'prices');
  }
}

const server = listen(7);
for (;;) {
  void serve(await server.accept());
}
