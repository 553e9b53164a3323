import * as Pyro4 from 'pyro4';

class Clock {
  tell() {
    return 'it is noon';
  }
}

const daemon = new Pyro4.Daemon({ host: 'server' });
const names = await Pyro4.locateNS('names');
const uri = await daemon.register(new Clock());
await names.register('book.clock', uri);
console.log('ready');
await daemon.requestLoop();
