import { AltSelect, Channel, Parallel } from 'pycsp';
import { InputGuard, TimeoutGuard } from 'pycsp';
import { poison, process, shutdown } from 'pycsp';
import type { ChannelEndRead } from 'pycsp';
import type { ChannelEndWrite } from 'pycsp';

type Result = [job: number, square: number];
type In = ChannelEndRead<Result>;
type Out = ChannelEndWrite<number>;

const numbers = [1, 2, 3, 4, 5, 6];

const boss = process(async function boss(
  give: Out,
  take: In,
) {
  const squares = new Map<number, number>();
  for (const n of numbers) await give(n);
  while (squares.size < numbers.length) {
    const [chosen, result] = await AltSelect(
      new InputGuard(take),
      new TimeoutGuard(3),
    );
    if (chosen === take) {
      const [n, square] = result;
      squares.set(n, square);
    } else {
      break;
    }
  }
  const all = [...squares.values()];
  console.log('sum', all.reduce((a, b) => a + b));
  await poison(give, take);
});

const jobs = new Channel<number>('jobs', { buffer: 9 });
const results = new Channel<Result>('results');
await Parallel(boss(jobs.writer(), results.reader()));
await shutdown();
