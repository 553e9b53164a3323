import { Celery } from 'celery';
import { connect, sleep } from 'node';

export const app = new Celery('tasks', {
  broker: 'amqp://guest@broker//',
  backend: 'rpc://',
});

export const pay = app.task(
  async function pay(self, order: string) {
    const key = self.request.retries;
    const reply = await askBank(`${key} ${order}`);
    if (!reply) await self.retry({ countdown: 1 });
    return `${order} is paid`;
  },
  { bind: true, maxRetries: 3 },
);

// Waits for 2 s at most.
async function askBank(request: string) {
  const socket = await connect('bank', 7000);
  socket.send(request, 'charge');
  const reply = await Promise.race([
    socket.receiveText(),
    sleep(2),
  ]);
  socket.close();
  return reply;
}
