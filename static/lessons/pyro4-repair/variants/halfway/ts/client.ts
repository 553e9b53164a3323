import * as Pyro4 from 'pyro4';

const names = await Pyro4.locateNS('names');
const uri = await names.lookup('example.clock');
const clock = new Pyro4.Proxy(uri);
console.log(await clock.tell());
