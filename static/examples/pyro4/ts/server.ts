// A chain of objects: each passes the message on to the next one, whose name it looks up.
// Add "env": { "PYRO_SERVERTYPE": "multiplex" } to the servers in cluster.json: now none can answer
// while it waits, and the message never comes round.
import { Daemon, expose, locateNS, Proxy } from 'pyro4';
import { args, name } from 'node';

const next = args[0];

interface Chain {
  passOn(seen: string[]): string[];
}

const Link = expose(
  class Link {
    async passOn(seen: string[]): Promise<string[]> {
      if (seen.includes(name)) return [...seen, `closed at ${name}`];
      console.log('forwards to', next);
      return await new Proxy<Chain>(`PYRONAME:chain.${next}@ns`).passOn([...seen, name]);
    }
  },
);

const daemon = new Daemon({ host: name });
const names = await locateNS('ns');
await names.register(`chain.${name}`, await daemon.register(new Link()));
await daemon.requestLoop();
