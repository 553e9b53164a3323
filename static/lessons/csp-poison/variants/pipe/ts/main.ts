import { Channel, Parallel, process } from 'pycsp';
import { retire, shutdown } from 'pycsp';
import type { ChannelEndRead } from 'pycsp';
import type { ChannelEndWrite } from 'pycsp';

type In = ChannelEndRead<number>;
type Out = ChannelEndWrite<number>;

const source = process(async function source(
  cout: Out,
) {
  for (let i = 1; i <= 3; i++) await cout(i);
  await retire(cout);
});

const stage = process(async function stage(
  cin: In,
  cout: Out,
) {
  for (;;) await cout(await cin());
});

const printer = process(async function printer(
  cin: In,
) {
  for (;;) console.log('letter', await cin());
});

const a = new Channel<number>('A');
const b = new Channel<number>('B');
const c = new Channel<number>('C');
await Parallel(
  source(a.writer()),
  stage(a.reader(), b.writer()),
  stage(b.reader(), c.writer()),
  printer(c.reader()),
);
console.log('over');
await shutdown();
