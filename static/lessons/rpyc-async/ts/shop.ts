import { args, sleep } from 'node';
import rpyc from 'rpyc';

const price = Number(args[0]);

class Shop extends rpyc.Service {
  async exposed_price(item: string) {
    await sleep(1); // looks it up
    return price;
  }
}

const options = { port: 18861 };
const server = new rpyc.ThreadedServer(Shop, options);
await server.start();
