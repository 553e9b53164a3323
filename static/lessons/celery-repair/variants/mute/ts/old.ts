import { Celery } from 'celery';

export const app = new Celery('old', {
  broker: 'redis://redis/0',
});

export const shout = app.task(
  function shout(a: string) {
    return a.toUpperCase();
  },
);
