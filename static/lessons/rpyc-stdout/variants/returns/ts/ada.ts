import { sleep } from 'node';
import rpyc from 'rpyc';

const conn = await rpyc.classic.connect('server');

await conn.execute('print("one")');
console.log(await conn.eval('"two"'));

const serving = new rpyc.BgServingThread(conn);
await sleep(3);
serving.stop();
await conn.close();
