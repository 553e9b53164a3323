import { readLine } from 'node';
import * as Pyro4 from 'pyro4';

const uri = await readLine('Which uri? ');
const name = 'PYRONAME:book.clock@names';
const clock = new Pyro4.Proxy(name);
console.log(await clock.tell());
