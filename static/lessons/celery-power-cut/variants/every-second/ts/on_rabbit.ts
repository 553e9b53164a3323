import { Celery } from 'celery';

export const app = new Celery('on_rabbit', {
  broker: 'amqp://guest@rabbit//',
});
app.conf.brokerTransportOptions = {
  confirmPublish: true,
};

export const keep = app.task(
  function keep(order: number) {
    console.log(`has order ${order}`);
  },
);
