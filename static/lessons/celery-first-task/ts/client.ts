import { add } from './tasks.ts';

const r = await add.delay(4, 4);
console.log('sent');
console.log(await r.get());
