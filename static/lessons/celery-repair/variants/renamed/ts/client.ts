import { join } from './tasks.ts';

const word = await join.delay('sun', 'flower');
console.log(await word.get());
