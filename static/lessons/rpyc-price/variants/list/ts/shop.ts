import rpyc from 'rpyc';

class Item {
  constructor(
    readonly exposed_name: string,
    readonly exposed_price: number,
    readonly exposed_stock: number,
  ) {}
}

const ITEMS = [
  new Item('tea', 3, 20),
  new Item('rice', 2, 35),
  new Item('soap', 4, 12),
  new Item('lamp', 15, 3),
  new Item('rope', 6, 8),
  new Item('salt', 1, 40),
  new Item('cup', 5, 10),
  new Item('pen', 2, 25),
];

class Shop extends rpyc.Service {
  exposed_items() {
    return ITEMS.map((item) => {
      const { exposed_price, exposed_stock } = item;
      return rpyc.tuple(exposed_price, exposed_stock);
    });
  }
}

const options = { port: 18861 };
const server = new rpyc.ThreadedServer(Shop, options);
await server.start();
