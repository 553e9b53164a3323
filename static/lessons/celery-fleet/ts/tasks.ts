import { Celery } from 'celery';
import { sleep } from 'node';

export const app = new Celery('tasks', {
  broker: 'amqp://rabbit',
  backend: 'redis://results/0',
});

const full = ['m5', 'm15'];

export const patch = app.task(
  async function patch(machine: string) {
    await sleep(0.5); // copies files
    if (full.includes(machine)) {
      throw new Error(`${machine}: disk full`);
    }
    console.log(`patched ${machine}`);
    return machine;
  },
);
