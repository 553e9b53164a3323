import { sleep } from 'node';
import rpyc from 'rpyc';

const conn = await rpyc.classic.connect('server');

await conn.execute('print("one")');
await rpyc.classic.redirectedStdio(conn, async () => {
  await conn.execute('print("two")');
  await conn.execute('1 / 0');
});

const serving = new rpyc.BgServingThread(conn);
await sleep(3);
serving.stop();
await conn.close();
