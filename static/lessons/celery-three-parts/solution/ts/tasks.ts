import { Celery } from 'celery';
import { sleep } from 'node';

export const app = new Celery('tasks', {
  broker: 'redis://broker/0',
  backend: 'redis://results/0',
});

export const add = app.task(
  async function add(a: number, b: number) {
    await sleep(1); // seconds of work
    return a + b;
  },
);
