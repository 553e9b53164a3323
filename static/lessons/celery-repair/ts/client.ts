import { join } from './tasks.ts';

const word = await join.delay();
await word.get();
