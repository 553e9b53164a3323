import * as Pyro4 from 'pyro4';

const Clock = Pyro4.expose(
  class Clock {
    tell() {
      return 'it is noon';
    }

    static async start() {
      const options = { host: 'server' };
      const daemon = new Pyro4.Daemon(options);
      const names = await Pyro4.locateNS('names');
      const uri = await daemon.register(new Clock());
      await names.register('book.clock', uri);
      console.log('ready');
      await daemon.requestLoop();
    }
  },
);

await start();
