// What workers tell of themselves and hear of each other: gossip (two-workers-gossip, SEMANTICS 1.7) and
// events (SEMANTICS 1.13), on both brokers.

import { describe, expect, test } from 'vitest';
import { experiment, sandboxed, type ExperimentOptions } from './harness.ts';
import { AMQP, REDIS } from './programs.ts';

const tasks = (broker: string): string => `import { Celery } from 'celery';
import { sleep } from 'node';
export const app = new Celery('tasks', { broker: '${broker}', backend: 'redis://redis/2', taskSendSentEvent: true });
export const add = app.task(function add(x: number, y: number) { return x + y; });
export const boom = app.task(function boom(x: number) { throw new Error('boom ' + x); });
export const nap = app.task(async function nap(seconds: number) { await sleep(seconds); });
`;

const worker = (number: number, startMs: number, options = '') => ({
  run: `celery -A tasks worker -l info -n w${number}@%h -c 1 ${options}`,
  startMs,
});

/** Its log, without what is not of the main process at INFO. */
function logged(lines: string[]): string[] {
  return lines.flatMap((line) => /INFO\/MainProcess\] (.*)/.exec(line)?.[1] ?? []);
}

describe.each([
  { server: 'redis-server', url: REDIS },
  { server: 'rabbitmq-server', url: AMQP },
])('$server', ({ server, url }) => {
  const files = { 'tasks.ts': tasks(url) };
  const servers = { broker: server, redis: 'redis-server' };
  const pair = (options: string, faults: ExperimentOptions['faults'] = []) =>
    experiment({
      files,
      nodes: { ...servers, w1: worker(1, 0, options), w2: worker(2, 0, options) },
      faults,
    });

  test('two-workers-gossip: a worker that dies is missed at a round of 5 s, after 4 s of silence', async () => {
    const run = await pair('', [{ atMs: 7040, kill: 'w2' }]);
    expect(logged(run.lines('w1')).slice(-2)).toEqual([
      'w1@w1 ready.',
      'missed heartbeat from w2@w2',
    ]);
    const listensMs = run.whenMs('w1', 'w1@w1 ready.');
    // The last heartbeat came between 6 and 7 s: the round at 10 s still hopes.
    expect(run.whenMs('w1', 'missed') - listensMs).toBeGreaterThan(9_900);
    expect(run.whenMs('w1', 'missed') - listensMs).toBeLessThan(10_000);
  });

  test('KT7 a worker whose machine has gone is missed too; hearts that beat hold no run open', async () => {
    const gone = await pair('', [{ atMs: 3000, powerOff: 'w2' }]);
    expect(gone.lines('w1').at(-1)).toContain('missed heartbeat from w2@w2');
    const healthy = await pair('');
    expect(healthy.end.reason).toBe('quiescent');
    expect(healthy.end.tUs).toBeLessThan(2_500_000);
  });

  test('whoever asks for heartbeats does not make a silent worker be missed later', async () => {
    const run = await experiment({
      files,
      nodes: {
        ...servers,
        w1: worker(1, 0),
        w2: worker(2, 0),
        // Its `heartbeat` is answered with a frequency of 5 s, until the next beat says 2 s again.
        dump: { run: 'celery -A tasks events --dump', startMs: 1500 },
      },
      faults: [{ atMs: 6000, kill: 'w2' }],
    });
    const listensMs = run.whenMs('w1', 'w1@w1 ready.');
    expect(run.whenMs('w1', 'missed') - listensMs).toBeGreaterThan(9_900);
    expect(run.whenMs('w1', 'missed') - listensMs).toBeLessThan(10_000);
  });

  test('a worker that ends regularly says so, and is not missed', async () => {
    const run = await pair('-l debug', [
      { atMs: 3000, signal: 'w2', name: 'SIGTERM' },
      { atMs: 20_000, signal: 'w1', name: 'SIGTERM' },
    ]);
    const debug = run.lines('w1').join('\n');
    expect(debug).toContain('w2@w2 joined the party');
    expect(debug).toContain('w2@w2 left');
    expect(debug).not.toContain('missed');
  });

  test.each(['--without-gossip', '--without-heartbeat'])('%s: nobody is missed', async (option) => {
    const run = await pair(option, [
      { atMs: 3000, kill: 'w2' },
      { atMs: 20_000, signal: 'w1', name: 'SIGTERM' },
    ]);
    expect(run.lines('w1').join('\n')).not.toContain('missed');
  });

  test('the events of tasks, as the real dump prints them', async () => {
    const run = await experiment({
      files: {
        ...files,
        'client.ts': `import { add, boom } from './tasks.ts';
await add.delay(4, 4);
await boom.delay(1);
`,
      },
      nodes: {
        ...servers,
        dump: 'celery -A tasks events --dump',
        w1: worker(1, 100, '-E'),
        client: { run: 'client.ts', startMs: 4000 },
      },
      faults: [{ atMs: 6500, signal: 'w1', name: 'SIGTERM' }],
    });
    const masked = run
      .lines('dump')
      .join('\n')
      .replace(/\[\d{4}[^\]]*\]/g, '[…]')
      .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>')
      .replace(/(clock|pid|local_received|runtime)=[\d.]+/g, '$1=…')
      .replace(/gen\d+@/g, 'gen@')
      .replace(/Error: boom 1\n(.*\n)*?, utc/, '<frames>, utc')
      .split('\n');
    const heart = 'clock=…, freq=2.0, loadavg=[0.0, 0.0, 0.0], local_received=…, pid=…';
    const soft = 'sw_ident=py-celery, sw_sys=Linux, sw_ver=5.2.6, utcoffset=0';
    const beat = (what: string, processed: number): string =>
      `w1@w1 […] ${what}: active=0, ${heart}, processed=${processed}, ${soft}`;
    const sent = (task: string): string =>
      `gen@client […] task sent: ${task} clock=…, eta=None, exchange=, expires=None, local_received=…, ` +
      `parent_id=None, pid=…, queue=celery, retries=0, root_id=<id>, routing_key=celery, utcoffset=0`;
    const received = (task: string): string =>
      `w1@w1 […] task received: ${task} clock=…, eta=None, expires=None, local_received=…, ` +
      `parent_id=None, pid=…, retries=0, root_id=<id>, utcoffset=0`;
    const started = (task: string): string =>
      `w1@w1 […] task started: ${task} clock=…, local_received=…, pid=…, utcoffset=0`;
    const four = 'tasks.add(<id>) args=(4, 4) kwargs={}';
    const one = 'tasks.boom(<id>) args=(1,) kwargs={}';
    expect(masked.filter((line) => line.includes('tasks.add'))).toEqual([
      sent(four),
      received(four),
      started(four),
      `w1@w1 […] task succeeded: ${four} clock=…, local_received=…, pid=…, result=8, runtime=…, utcoffset=0`,
    ]);
    expect(masked.filter((line) => line.includes('tasks.boom'))).toEqual([
      sent(one),
      received(one),
      started(one),
      `w1@w1 […] task failed: ${one} clock=…, exception=Error('boom 1'), local_received=…, pid=…, traceback=<frames>, utcoffset=0`,
    ]);
    expect(masked.filter((line) => /started: active|heartbeat|shutdown/.test(line))).toEqual([
      beat('started', 0),
      beat('heartbeat', 0),
      beat('heartbeat', 2),
      beat('heartbeat', 2),
      beat('shutdown', 2),
    ]);
  });

  test('without -E nobody is told of tasks; `enable_events` switches it on', async () => {
    const run = await experiment({
      files: {
        ...files,
        'client.ts': `import { app, add } from './tasks.ts';
app.conf.taskSendSentEvent = false;
await add.delay(1, 1);
for (const method of ['enable_events', 'enable_events'])
  console.log(JSON.stringify(await app.control.broadcast(method, { reply: true })));
await add.delay(2, 2);
`,
      },
      nodes: {
        ...servers,
        dump: 'celery -A tasks events --dump',
        w1: worker(1, 100),
        client: { run: 'client.ts', startMs: 2000 },
      },
    });
    expect(run.lines('client')).toEqual([
      '[{"w1@w1":{"ok":"task events enabled"}}]',
      '[{"w1@w1":{"ok":"task events already enabled"}}]',
    ]);
    expect(run.lines('w1').join()).toContain('Events of group {task} enabled by remote.');
    const told = run.lines('dump').filter((line) => line.includes('task received'));
    expect(told.map((line) => /args=\S+ \S+/.exec(line)?.[0])).toEqual(['args=(2, 2)']);
  });
});

test('skewed clocks are told once', async () => {
  const run = await experiment({
    files: { 'tasks.ts': tasks(REDIS) },
    nodes: {
      broker: 'redis-server',
      redis: 'redis-server',
      w1: worker(1, 0),
      w2: { ...worker(2, 0), machine: 'late' },
    },
    machines: { late: { skewMs: 60_000 } },
    faults: [{ atMs: 9000, signal: 'w1', name: 'SIGTERM' }],
  });
  const warnings = run.lines('w1').filter((line) => line.includes('Substantial drift'));
  expect(warnings).toEqual([
    expect.stringMatching(
      /WARNING\/MainProcess\] Substantial drift from w2@late may mean clocks are out of sync\. {2}Current drift is 60 seconds\. {2}\[orig: 2026-01-01 00:00:0\d\.\d{6} recv: 2026-01-01 00:01:0\d\.\d{6}\]$/,
    ),
  ]);
});

test('a monitor in TypeScript: Receiver, State and events of its own', async () => {
  const run = await experiment({
    files: {
      'tasks.ts': tasks(REDIS),
      'client.ts': `import { add } from './tasks.ts';
await add.delay(4, 4);
`,
      'monitor.ts': `import { app } from './tasks.ts';
const state = app.events.State();
const receiver = app.events.Receiver({
  handlers: {
    '*': state.event,
    'task-succeeded': async (event) => {
      state.event(event);
      await app.events.Dispatcher({ hostname: 'shop' }).send('shop-closed', { sold: event.result });
    },
    'shop-closed': (event) => {
      console.log(event.type, event.sold, event.hostname);
      receiver.shouldStop = true;
    },
  },
});
await receiver.capture();
const [task] = [...state.tasks.values()];
console.log(task.name, task.state, task.args, task.result, task.worker, state.taskTypes().join());
console.log(state.aliveWorkers().map(({ hostname, sw_ver }) => hostname + ' ' + sw_ver).join());
try { await app.events.Receiver().capture({ timeout: 1.5, wakeup: false }); }
catch (error) { console.log(error.name); }
`,
    },
    nodes: {
      broker: 'redis-server',
      redis: 'redis-server',
      w1: worker(1, 0, '-E'),
      monitor: { run: 'monitor.ts', startMs: 2000 },
      client: { run: 'client.ts', startMs: 3000 },
    },
    faults: [{ atMs: 3500, kill: 'w1' }],
  });
  expect(run.lines('monitor')).toEqual([
    'shop-closed 8 shop',
    'tasks.add SUCCESS (4, 4) 8 w1@w1 tasks.add',
    'w1@w1 5.2.6',
    'TimeoutError',
  ]);
});

test('a monitor in Python: Receiver, State, events of its own, and Flower over HTTP', async () => {
  const run = await sandboxed({
    files: {
      'tasks.ts': tasks(REDIS),
      'client.ts': `import { add, boom } from './tasks.ts';
await add.delay(4, 4);
await boom.delay(1);
`,
      'monitor.py': `import json
from urllib.request import urlopen
from celery import Celery

app = Celery("monitor", broker="redis://broker:6379/1")
state = app.events.State(on_node_join=lambda worker: print("joined", worker.hostname))

def on_event(event):
    state.event(event)
    if event["type"].startswith("task-"):
        print(event["type"], event["state"], repr(state.tasks[event["uuid"]]).replace(event["uuid"], "<id>"))

def on_own(event):
    print(event["type"], event["street"], event["hostname"] == "shop", sorted(event))

with app.connection() as connection:
    receiver = app.events.Receiver(connection, handlers={"*": on_event, "shop-opened": on_own})
    sent = False
    try:
        for _ in receiver.itercapture(timeout=4):
            if not sent:
                sent = True
                app.events.Dispatcher(connection, hostname="shop").send("shop-opened", street="Main")
            receiver.should_stop = state.event_count >= 12
    except TimeoutError as error:
        print(repr(error))

failed = next(task for _, task in state.tasks_by_time() if task.ready and task.exception)
print(failed.name, failed.info(["args", "exception", "retries"]), failed.worker)
print(state.task_types(), [worker.hostname for worker in state.alive_workers()], state.task_count)
with urlopen("http://flower:5555/api/task/info/" + failed.uuid) as answer:
    print(answer.status, json.load(answer)["exception"])
`,
    },
    nodes: {
      broker: 'redis-server',
      redis: 'redis-server',
      w1: worker(1, 0, '-E'),
      flower: { run: 'celery -A tasks flower', startMs: 100 },
      monitor: { run: 'python monitor.py', startMs: 2000 },
      client: { run: 'client.ts', startMs: 5000 },
    },
  });
  const lines = run.lines('monitor');
  const masked = lines.map((line) => line.replace(/clock:\d+/g, 'clock:_'));
  expect(masked.filter((line) => line.startsWith('task-'))).toEqual(
    expect.arrayContaining([
      'task-sent PENDING <Task: tasks.add(<id>) PENDING clock:_>',
      'task-received RECEIVED <Task: tasks.add(<id>) RECEIVED clock:_>',
      'task-started STARTED <Task: tasks.add(<id>) STARTED clock:_>',
      'task-succeeded SUCCESS <Task: tasks.add(<id>) SUCCESS clock:_>',
      'task-failed FAILURE <Task: tasks.boom(<id>) FAILURE clock:_>',
    ]),
  );
  expect(lines[0]).toBe('joined w1@w1');
  expect(lines).toContain(
    "shop-opened Main True ['clock', 'hostname', 'local_received', 'pid', 'street', 'timestamp', 'type', 'utcoffset']",
  );
  expect(masked.slice(-3)).toEqual([
    `tasks.boom {'args': '(1,)', 'exception': "Error('boom 1')", 'retries': 0} <Worker: w1@w1 (ONLINE clock:_)`,
    "['tasks.add', 'tasks.boom'] ['w1@w1'] 2",
    "200 Error('boom 1')",
  ]);
}, 120_000);
