import { Celery } from 'celery';
import { sleep } from 'node';
import { config } from './celeryconfig.ts';

export const app = new Celery('tasks');
app.conf.update(config);

export const charge = app.task(
  async function charge(order: string) {
    await sleep(2); // asks the bank
    console.log(`charged ${order}`);
    return `${order} is paid`;
  },
  { rejectOnWorkerLost: true },
);
