import rpyc from 'rpyc';

class ShopService extends rpyc.Service {
  prices = [3, 1, 4, 1, 5, 9, 2, 6];

  /** The list stays here: the client gets a netref. */
  exposed_prices(): number[] {
    return this.prices;
  }

  /** A tuple crosses as a value. */
  exposed_prices_by_value(): rpyc.Tuple<number> {
    return rpyc.tuple(...this.prices);
  }
}

await new rpyc.ThreadedServer(ShopService, { port: 18861 }).start();
