import { connect } from 'node';

export interface Task {
  args: string;
  state: string;
  worker: string;
}

export async function get(path: string) {
  const socket = await connect('flower', 5555);
  const line = `GET /api/${path} HTTP/1.0`;
  socket.send(`${line}\r\n\r\n`, 'GET');
  const text = await socket.receiveText();
  socket.close();
  const [, body] = text.split('\r\n\r\n');
  return JSON.parse(body);
}
