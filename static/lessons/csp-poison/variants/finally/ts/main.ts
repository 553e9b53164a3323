import { sleep } from 'node';
import { Channel, Parallel, process } from 'pycsp';
import { retire, shutdown } from 'pycsp';
import type { ChannelEndRead } from 'pycsp';
import type { ChannelEndWrite } from 'pycsp';

type In = ChannelEndRead<string>;
type Out = ChannelEndWrite<string>;

async function write(name: string, cout: Out) {
  for (let i = 1; i <= 3; i++) {
    await sleep(Math.random());
    await cout(`letter ${i} from ${name}`);
  }
  console.log(name, 'has no more');
  await retire(cout);
}

const ada = process(async function ada(cout: Out) {
  await write('ada', cout);
});
const ben = process(async function ben(cout: Out) {
  try {
    await cout('letter 1 from ben');
    throw new Error('ben has lost his pen');
  } finally {
    await retire(cout);
  }
});

const printer = process(async function printer(
  cin: In,
) {
  let count = 0;
  try {
    for (;;) {
      console.log(await cin());
      count++;
    }
  } finally {
    console.log('printer goes home after', count);
  }
});

const a = new Channel<string>('A');
await Parallel(
  ada(a.writer()),
  ben(a.writer()),
  printer(a.reader()),
);
console.log('over');
await shutdown();
