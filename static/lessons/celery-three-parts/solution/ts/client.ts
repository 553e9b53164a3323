import { add } from './tasks.ts';

const sum = await add.applyAsync([4, 4], {
  taskId: 'sum-1',
});
console.log('sent');
console.log(await sum.get());
