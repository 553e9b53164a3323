import { Celery } from 'celery';

export const app = new Celery('tasks', {
  broker: 'redis://redis/0',
});

const paid = new Set<string>();

export const pay = app.task(
  function pay(self, name: string) {
    const { id } = self.request;
    if (paid.has(id)) return;
    paid.add(id);
    console.log(`pays ${name}`);
  },
  { bind: true },
);

// A week has ten seconds here.
app.conf.beatSchedule = {
  wages: {
    task: 'tasks.pay',
    schedule: 10,
    args: ['Ada'],
  },
};
