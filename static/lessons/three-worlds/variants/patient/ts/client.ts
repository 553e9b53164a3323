import { connect, sleep, type Socket } from 'node';

const PATIENCE = 30; // seconds

async function give(task: string, worker: string) {
  const socket = await connect(worker, 7000);
  socket.send(task, 'task');
  return socket;
}

async function reply(socket: Socket) {
  const text = await Promise.race([
    socket.receiveText(),
    sleep(PATIENCE).then(() => 'no reply'),
  ]);
  socket.close();
  const heard = text ?? 'hung up';
  console.log(`${socket.peer}: ${heard}`);
  return Number(text) || null;
}

const low = await give('sum 1 50', 'worker1');
const high = await give('sum 51 100', 'worker2');
const first = await reply(low);
const second = await reply(high);
if (second === null) console.log('no total');
else console.log('total', first + second);
