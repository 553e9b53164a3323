import { sleep } from 'node';
import rpyc from 'rpyc';

const conn = await rpyc.classic.connect('server');
const screen = {
  write(text: string) {
    if (text.trim()) console.log(text);
  },
  flush() {},
};

await conn.execute('print("one")');
const { sys } = conn.modules;
const old = await sys.stdout;
await rpyc.setattr(sys, 'stdout', screen);
await conn.execute('print("two")');
await conn.execute('1 / 0');
await rpyc.setattr(sys, 'stdout', old);

const serving = new rpyc.BgServingThread(conn);
await sleep(3);
serving.stop();
await conn.close();
