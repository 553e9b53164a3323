// When the result of a group throws. Recorded from Celery 5.2.6 with Redis 7.0.15, worker with `-c 4`, all on one
// machine: `get` (that is `join_native` for the backends rpc and redis) throws what fails first, as soon as it has
// failed and wherever it stands in the group; `join` waits for one after the other, and throws when the turn of
// the failed one comes. Seconds and messages are those that the real one printed.

import { expect, test } from 'vitest';
import { experiment, sandboxed, type Experiment } from './harness.ts';

// Threads: one interpreter less for each of the pool.
const NODES = {
  redis: 'redis-server',
  worker: 'celery -A tasks worker -P threads -c 2',
};

const TYPESCRIPT = {
  'tasks.ts': `
import { Celery } from 'celery';
import { sleep } from 'node';
export const app = new Celery('tasks', { broker: 'redis://redis/0', backend: 'redis://redis/1' });
export const work = app.task(async function work(seconds: number, word = '') {
  await sleep(seconds);
  if (word) throw new Error(word);
  return seconds;
});
`,
  'client.ts': `
import { chain, group, type Signature } from 'celery';
import { sleep } from 'node';
import { work } from './tasks.ts';
async function tried(name: string, signature: Signature, how = 'get', options = {}, pauseS = 0) {
  const result = await signature();
  await sleep(pauseS);
  const began = Date.now();
  let got: string;
  try { got = (await result[how]({ timeout: 20, ...options })).map((one) => one.message ?? one).join(', '); }
  catch (error) { got = 'throws ' + error.message; }
  console.log(((Date.now() - began) / 1000).toFixed(0), name, got);
  await sleep(6);
}
const late = () => group(work.s(3, 'late'), work.s(1, 'soon'));
await tried('slow, bad:', group(work.s(3), work.s(1, 'x')));
await tried('bad, slow:', group(work.s(1, 'x'), work.s(3)));
await tried('bad, bad:', late());
await tried('not propagated:', late(), 'get', { propagate: false });
await tried('join slow, bad:', group(work.s(3), work.s(1, 'x')), 'join');
await tried('join bad, bad:', late(), 'join');
await tried('within:', group(work.s(3), chain(work.s(0.1), group(work.si(1, 'x'), work.si(2)))));
await tried('both are there:', group(work.s(2, 'late'), work.s(1, 'soon')), 'get', {}, 4);
await tried('join too late:', group(work.s(1), work.s(3)), 'join', { timeout: 2 });
`,
};

const PYTHON = {
  'tasks.py': `
import time
from celery import Celery
app = Celery("tasks", broker="redis://redis/0", backend="redis://redis/1")
@app.task
def work(seconds, word=""):
    time.sleep(seconds)
    if word: raise ValueError(word)
    return seconds
`,
  'client.py': `
import time
from celery import chain, group
from tasks import work
def tried(name, signature, how="get", pause=0, **options):
    result = signature()
    time.sleep(pause)
    began = time.monotonic()
    try: got = ", ".join(map(str, getattr(result, how)(**{"timeout": 20, **options})))
    except Exception as error: got = f"throws {error}"
    print(f"{time.monotonic() - began:.0f}", name, got)
    time.sleep(6)
late = lambda: group(work.s(3, "late"), work.s(1, "soon"))
tried("slow, bad:", group(work.s(3), work.s(1, "x")))
tried("bad, slow:", group(work.s(1, "x"), work.s(3)))
tried("bad, bad:", late())
tried("not propagated:", late(), propagate=False)
tried("join slow, bad:", group(work.s(3), work.s(1, "x")), "join")
tried("join bad, bad:", late(), "join")
tried("within:", group(work.s(3), chain(work.s(0.1), group(work.si(1, "x"), work.si(2)))))
tried("both are there:", group(work.s(2, "late"), work.s(1, "soon")), pause=4)
tried("join too late:", group(work.s(1), work.s(3)), "join", timeout=2)
`,
};

const RECORDED = [
  '1 slow, bad: throws x',
  '1 bad, slow: throws x',
  '1 bad, bad: throws soon',
  '3 not propagated: late, soon',
  '3 join slow, bad: throws x',
  '3 join bad, bad: throws late',
  '1 within: throws x',
  // There it is 0.6 s: the client looks every half second.
  '0 both are there: throws soon',
  '2 join too late: throws The operation timed out.',
];

const withClient = (run: string) => ({ ...NODES, client: { run, startMs: 3000 } });
const linesOf = (run: Experiment) => run.lines('client').filter((line) => /^\d/.test(line));

test('TypeScript: get throws at the first failure, join when its turn comes', async () => {
  const run = await experiment({ files: TYPESCRIPT, nodes: withClient('client.ts') });
  expect(linesOf(run)).toEqual(RECORDED);
});

test('Python: the same', { timeout: 120_000 }, async () => {
  const run = await sandboxed({ files: PYTHON, nodes: withClient('python client.py') });
  expect(linesOf(run)).toEqual(RECORDED);
});
