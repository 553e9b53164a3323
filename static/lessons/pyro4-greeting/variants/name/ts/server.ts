import { disk, sleep } from 'node';
import { Daemon, expose, locateNS } from 'pyro4';

// A file: it outlives the process.
const BOOK = 'book.txt';

// Adds a line to the book, gives its number.
function enter(guest: string, call: string) {
  const line = `${call} ${guest}`;
  const known = guests().indexOf(guest);
  if (known >= 0) return known + 1;
  disk.appendText(BOOK, `${line}\n`);
  console.log('wrote', guest);
  return lines().length;
}

function lines(): string[] {
  if (!disk.exists(BOOK)) return [];
  return disk.readText(BOOK).trimEnd().split('\n');
}

function guests(): string[] {
  return lines().map((line) => line.slice(9));
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
