import { sleep } from 'node';
import { Daemon, expose, locateNS } from 'pyro4';

const shelf = ['pen', 'book'];
const answers: Record<string, string> = {};

async function sell(item: string) {
  if (!shelf.includes(item)) {
    throw new RangeError('sold out');
  }
  console.log('charged', item);
  if (item === 'book') await sleep(1); // as a gift
  console.log('sent', item);
  return 'on its way';
}

const Shop = expose(
  class Shop {
    async buy(order: string, item: string) {
      answers[order] ??= await sell(item);
      return answers[order];
    }
  },
);

const daemon = new Daemon({ host: 'shop' });
const uri = await daemon.register(new Shop());
const names = await locateNS('names');
await names.register('shop', uri);
await daemon.requestLoop();
