import { Celery } from 'celery';

export const app = new Celery('on_redis', {
  broker: 'redis://redis/0',
});

export const keep = app.task(
  function keep(order: number) {
    console.log(`has order ${order}`);
  },
);
