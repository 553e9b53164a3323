import { sleep } from 'node';
import { Proxy } from 'pyro4';

const TRIES = 3;
const greeter = new Proxy('PYRONAME:greeter@names');
greeter._pyroTimeout = 2;
const call = crypto.randomUUID().slice(0, 8);

for (let count = 1; count <= TRIES; count++) {
  try {
    console.log(await greeter.greet('Ada', call));
    break;
  } catch (error) {
    console.log('no reply:', error.name);
    await sleep(1);
  }
}
