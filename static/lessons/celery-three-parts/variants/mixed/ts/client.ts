import { Celery } from 'celery';

const app = new Celery('client', {
  broker: 'redis://broker/0',
  backend: 'redis://results/0',
});

const pairs = await app.sendTask('work.pairs');
console.log(JSON.stringify(await pairs.get()));
const large = await app.sendTask('work.large');
console.log(String(await large.get()));
