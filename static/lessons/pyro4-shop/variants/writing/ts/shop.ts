import { Daemon, expose, locateNS } from 'pyro4';
import { Account } from './account.ts';

const accounts: Record<string, Account> = {};

const Shop = expose(
  class Shop {
    logOn(name: string) {
      if (accounts[name]) return;
      accounts[name] = new Account();
    }
    async deposit(name: string, cash: number) {
      await accounts[name].deposit(cash);
      return accounts[name].balance;
    }
    async buy(name: string, price: number) {
      return await accounts[name].pay(price);
    }
  },
);

const daemon = new Daemon({ host: 'shop' });
const uri = await daemon.register(new Shop());
const names = await locateNS('names');
await names.register('shop', uri);
await daemon.requestLoop();
