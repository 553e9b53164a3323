import { Celery } from 'celery';

export const app = new Celery('tasks', {
  broker: 'redis://redis/0',
});

export const pay = app.task(
  function pay(name: string) {
    const week = Math.floor(Date.now() / 10_000);
    const paid = new Set<number>();
    if (paid.has(week)) return;
    paid.add(week);
    console.log(`pays ${name}`);
  },
);

// A week has ten seconds here.
app.conf.beatSchedule = {
  wages: {
    task: 'tasks.pay',
    schedule: 10,
    args: ['Ada'],
  },
};
