import { sleep } from 'node';
import { Channel, Parallel, process } from 'pycsp';
import { retire, shutdown } from 'pycsp';
import { TraceInit, TraceMsg, TraceQuit } from 'pycsp';
import type { ChannelEndRead } from 'pycsp';
import type { ChannelEndWrite } from 'pycsp';

type In = ChannelEndRead<number>;
type Out = ChannelEndWrite<number>;

const client = process(async function client(
  ask: Out,
  hear: In,
) {
  for (const number of [3, 4]) {
    await ask(number);
  }
  for (let i = 0; i < 2; i++) {
    console.log('the square is', await hear());
  }
  await retire(ask);
});

const server = process(async function server(
  hear: In,
  answer: Out,
) {
  for (;;) {
    const number = await hear();
    await answer(number * number);
  }
});

const clock = process(async function clock() {
  for (let i = 1; i <= 5; i++) {
    await sleep(0.1);
    TraceMsg(`tick ${i}`);
  }
});

TraceInit('trace.log');
const questions = new Channel<number>('questions');
const answers = new Channel<number>('answers', {
  buffer: 1,
});
await Parallel(
  client(questions.writer(), answers.reader()),
  server(questions.reader(), answers.writer()),
  clock(),
);
console.log('over');
TraceQuit();
await shutdown();
