import { Proxy } from 'pyro4';

const shop = new Proxy('PYRONAME:shop@names');
shop._pyroTimeout = 0.7;
shop._pyroMaxRetries = 2;

for (const item of ['pen', 'book', 'lamp']) {
  const order = crypto.randomUUID().slice(0, 8);
  try {
    console.log(item, await shop.buy(order, item));
  } catch (error) {
    console.log(item, error.name);
  }
}
