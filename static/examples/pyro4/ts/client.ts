import { Proxy } from 'pyro4';

const chain = new Proxy<{ passOn(seen: string[]): string[] }>('PYRONAME:chain.a@ns');
console.log(await chain.passOn([]));
