import { listen, sleep } from 'node';

const calls = listen(7002);
for (;;) {
  const caller = await calls.accept();
  const call = await caller.receiveText();
  const [, a, b] = call.split(' ').map(Number);
  await sleep(1); // seconds of work
  console.log('done', call);
  let result = `return ${a / b}`;
  if (b === 0) result = 'raise division by zero';
  caller.send(result, 'return');
}
