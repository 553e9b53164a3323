import { Celery } from 'celery';
import { sleep } from 'node';

export const app = new Celery('tasks', {
  broker: 'amqp://guest@broker//',
  backend: 'rpc://',
});

export const add = app.task(
  async function add(a: number, b: number) {
    await sleep(2); // seconds of work
    return a + b;
  },
);
