import { sleep } from 'node';
import { get, type Task } from './flower.ts';
import { isLost } from './lost.ts';
import { report } from './tasks.ts';

await report.delay('Ada');
await report.delay('Bo');
let isSent = false;
for (let look = 0; look < 10; look++) {
  await sleep(2);
  const online = await get('workers?status=1');
  const listed = await get('tasks');
  const tasks: Task[] = Object.values(listed);
  console.log('online:', JSON.stringify(online));
  for (const task of tasks) {
    console.log(task.args, 'is', task.state);
    if (isLost(task, online)) {
      console.log(task.args, 'may be lost');
      const [name] = task.args.match(/\w+/) ?? [''];
      if (!isSent) await report.delay(name);
      if (!isSent) console.log(name, 'sent again');
      isSent = true;
    }
  }
}
