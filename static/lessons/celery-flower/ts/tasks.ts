import { Celery } from 'celery';
import { sleep } from 'node';

export const app = new Celery('tasks', {
  broker: 'redis://redis/0',
  backend: 'redis://redis/1',
});

export const report = app.task(
  async function report(name: string) {
    await sleep(2);
    return `report for ${name}`;
  },
);
