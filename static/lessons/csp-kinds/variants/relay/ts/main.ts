import { sleep } from 'node';
import { Parallel, process } from 'pycsp';
import { kinds, retire, shutdown } from 'pycsp';
import type { ChannelEndRead } from 'pycsp';
import type { ChannelEndWrite } from 'pycsp';

type In = ChannelEndRead<number>;
type Out = ChannelEndWrite<number>;

const boss = process(async function boss(cout: Out) {
  for (let job = 1; job <= 6; job++) {
    await cout(job);
  }
  await retire(cout);
});

const worker = process(async function worker(
  cin: In,
  cout: Out,
) {
  for (;;) {
    const job = await cin();
    await sleep(Math.random());
    await cout(job * job);
  }
});

const adder = process(async function adder(cin: In) {
  let sum = 0;
  try {
    for (;;) {
      sum += await cin();
    }
  } finally {
    console.log('sum', sum);
  }
});

const spy = process(async function spy(
  cin: In,
  cout: Out,
) {
  for (;;) {
    const result = await cin();
    console.log('spy saw', result);
    await cout(result);
  }
});

const jobs = new kinds.One2AnyChannel<number>('jobs');
const results = new kinds.Any2OneChannel<number>(
  'results',
);
const copy = new kinds.One2OneChannel<number>('copy');
await Parallel(
  boss(jobs.writer()),
  worker(jobs.reader(), results.writer()),
  worker(jobs.reader(), results.writer()),
  spy(results.reader(), copy.writer()),
  adder(copy.reader()),
);
await shutdown();
