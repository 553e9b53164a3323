import { Celery } from 'celery';

export const app = new Celery('tasks', {
  broker: 'redis://redis/0',
  backend: 'redis://redis/1',
});

export const join = app.task(
  function join(a: string, b: string) {
    return a + b;
  },
);
