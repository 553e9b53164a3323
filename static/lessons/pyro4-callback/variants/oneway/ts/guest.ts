import { Daemon, expose, oneway, Proxy } from 'pyro4';

const KITCHEN = 'PYRO:kitchen@kitchen:9000';

const Bell = oneway(
  expose(
    class Bell {
      async ring(dish: string) {
        const again = new Proxy(KITCHEN);
        const left = await again.left();
        console.log(dish, 'comes, then', left);
      }
    },
  ),
  'ring',
);

const daemon = new Daemon({ host: 'guest' });
const bell = new Bell();
await daemon.register(bell);
const kitchen = new Proxy(KITCHEN);
const dishes = ['soup', 'fish'];
console.log(await kitchen.order(dishes, bell));
daemon.shutdown();
