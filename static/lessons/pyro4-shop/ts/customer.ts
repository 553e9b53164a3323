import { args, sleep } from 'node';
import { Proxy } from 'pyro4';

const [cash, price, seconds] = args.map(Number);
const shop = new Proxy('PYRONAME:shop@names');

await shop.logOn('home');
const balance = await shop.deposit('home', cash);
console.log('in the account:', balance);

await sleep(seconds); // looks around
console.log(price, await shop.buy('home', price));
