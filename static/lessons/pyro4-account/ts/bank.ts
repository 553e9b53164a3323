import { Daemon, expose } from 'pyro4';
import { pay } from './pay.ts';

const balances = { ada: 100, cy: 50 };

const Bank = expose(
  class Bank {
    accounts() {
      return balances;
    }
    pay(name: string, price: number) {
      return pay(balances, name, price);
    }
  },
);

const daemon = new Daemon({ host: 'bank', port: 9000 });
await daemon.register(new Bank(), 'bank');
await daemon.requestLoop();
