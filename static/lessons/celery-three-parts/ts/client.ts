import { add } from './tasks.ts';

const sum = await add.delay(4, 4);
console.log('sent');
console.log(await sum.get());
