import { Celery } from 'celery';
import { countWords } from './text.ts';

export const app = new Celery('work', {
  broker: 'amqp://guest@broker//',
  backend: 'rpc://',
});

export const count = app.task(
  async function count(piece: number) {
    return await countWords(piece);
  },
  { acksLate: true },
);
