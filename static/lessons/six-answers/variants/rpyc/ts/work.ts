import rpyc from 'rpyc';
import { countWords } from './text.ts';

class Counter extends rpyc.Service {
  async exposed_count(piece: number) {
    return await countWords(piece);
  }
}

const options = { port: 18861 };
await new rpyc.ThreadedServer(Counter, options).start();
