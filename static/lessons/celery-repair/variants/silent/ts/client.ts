import { join } from './tasks.ts';

const word = await join.delay('sun', 'flower');
await word.get();
