// As much of HTTP as is needed here.
import { connect, listen } from 'node';

export type Answer = [status: number, body: string];
type Handler = (path: string) => Promise<Answer>;

// One request after the other.
export async function serve(answer: Handler) {
  const server = listen(80);
  for (;;) {
    const socket = await server.accept();
    const request = await socket.receiveText();
    const path = request.split(' ')[1];
    const [status, body] = await answer(path);
    const head = `HTTP/1.0 ${status}\r\n\r\n`;
    socket.send(head + body, 'reply');
    socket.close();
  }
}

export async function ask(path: string) {
  const socket = await connect('web', 80);
  const [, word] = path.split('/');
  socket.send(`GET ${path} HTTP/1.0\r\n\r\n`, word);
  const reply = await socket.receiveText();
  socket.close();
  const [head, body] = reply.split('\r\n\r\n');
  const status = Number(head.split(' ')[1]);
  return [status, body] as Answer;
}
