import { sleep } from 'node';
import { Daemon, expose } from 'pyro4';

interface Bell {
  ring(dish: string, left: number): Promise<void>;
}
let left = 0;

const Kitchen = expose(
  class Kitchen {
    left() {
      return left;
    }
    async order(dishes: string[], bell: Bell) {
      for (const [index, dish] of dishes.entries()) {
        await sleep(0.5); // cooks
        left = dishes.length - index - 1;
        await bell.ring(dish, left);
      }
      return 'enjoy';
    }
  },
);

const options = { host: 'kitchen', port: 9000 };
const daemon = new Daemon(options);
await daemon.register(new Kitchen(), 'kitchen');
await daemon.requestLoop();
