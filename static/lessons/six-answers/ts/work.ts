import { name } from 'node';
import { Daemon, expose } from 'pyro4';
import { countWords } from './text.ts';

const Counter = expose(
  class Counter {
    async count(piece: number) {
      return await countWords(piece);
    }
  },
);

const daemon = new Daemon({ host: name, port: 7766 });
await daemon.register(new Counter(), 'counter');
await daemon.requestLoop();
