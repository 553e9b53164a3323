import { Daemon, expose, Proxy } from 'pyro4';

const KITCHEN = 'PYRO:kitchen@kitchen:9000';

const Bell = expose(
  class Bell {
    ring(dish: string, left: number) {
      console.log(dish, 'comes, then', left);
    }
  },
);

const daemon = new Daemon({ host: 'guest' });
const bell = new Bell();
await daemon.register(bell);
const kitchen = new Proxy(KITCHEN);
const dishes = ['soup', 'fish'];
console.log(await kitchen.order(dishes, bell));
daemon.shutdown();
