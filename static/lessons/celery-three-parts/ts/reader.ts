import { app } from './tasks.ts';

const sum = app.AsyncResult('sum-1');
console.log(await sum.state, await sum.result);
