import { disk, sleep } from 'node';
import { Daemon, expose, locateNS } from 'pyro4';

// A file: it outlives the process.
const BOOK = 'book.txt';
// By call, as long as the process lives.
const known: Record<string, number> = {};

// Adds a line to the book, gives its number.
function enter(guest: string, call: string) {
  const line = `${call} ${guest}`;
  if (known[call]) return known[call];
  disk.appendText(BOOK, `${line}\n`);
  console.log('wrote', guest);
  known[call] = lines().length;
  return known[call];
}

function lines(): string[] {
  if (!disk.exists(BOOK)) return [];
  return disk.readText(BOOK).trimEnd().split('\n');
}

const Greeter = expose(
  class Greeter {
    async greet(guest: string, call: string) {
      await sleep(0.5); // finds its pen
      const number = enter(guest, call);
      await sleep(0.5); // lets the ink dry
      return `Hi ${guest}, guest ${number}`;
    }
  },
);

const daemon = new Daemon({ host: 'server' });
const uri = await daemon.register(new Greeter());
const names = await locateNS('names');
await names.register('greeter', uri);
await daemon.requestLoop();
