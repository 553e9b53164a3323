// What remote control does to workers (SEMANTICS 1.6 and 1.13): the twin of the recorded run fault-revoke,
// and the other commands against what Celery 5.2.6 answered and logged. Python: python.test.ts.

import { beforeAll, describe, expect, test } from 'vitest';
import { experiment, type Experiment } from './harness.ts';
import { AMQP, REDIS, tasksFile } from './programs.ts';

const messages = (run: Experiment, node: string): string[] =>
  run
    .lines(node)
    .flatMap((line) => /^\[.*?: (\w+\/MainProcess\] .*)/.exec(line)?.[1] ?? [])
    .map((line) => line.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<id>'));

/** Lines of a client: what each name comes to. */
const told = (run: Experiment): Record<string, unknown> =>
  Object.fromEntries(
    run.lines('client').map((line) => {
      const at = line.indexOf(': ');
      return [line.slice(0, at), JSON.parse(line.slice(at + 2)) as unknown];
    }),
  );

const SAY = `
const say = (name, value) => console.log(name + ': ' + JSON.stringify(value ?? null));
const outcome = async (r) => {
  try { return await r.get({ timeout: 10 }); } catch (error) { return error.name + ' ' + error.message; }
};`;

describe('fault-revoke', () => {
  let run: Experiment;
  let said: Record<string, unknown>;

  beforeAll(async () => {
    run = await experiment({
      files: {
        'tasks.ts': tasksFile(),
        'client.ts': `import { add, app, sleep } from './tasks.ts';
import { sleep as pause } from 'node';
${SAY}
const a = await sleep.delay(3, 'first'), b = await sleep.delay(3, 'second');
await pause(0.5);
await b.revoke();
say('queued', await outcome(b));
say('before', await a.state);
const d = await sleep.delay(10, 'running');
await pause(1);
await d.revoke();
await pause(0.5);
say('running', await d.state);
await d.revoke({ terminate: true });
say('terminated', await outcome(d));
const e = await sleep.delay(10, 'running2');
await pause(1);
await e.revoke({ terminate: true, signal: 'SIGKILL' });
say('killed', await outcome(e));
const f = await sleep.applyAsync([0.1, 'eta'], { countdown: 3 });
await pause(0.5);
await app.control.terminate(f.id);
say('eta', await outcome(f));
await sleep.delay(2, 'blocker');
const g = await add.applyAsync([1, 1], { expires: 1 });
say('expired', await outcome(g));
say('revoked', (await app.control.inspect().revoked())['w1@worker'].length);
say('after', await outcome(await add.delay(2, 2)));`,
      },
      nodes: {
        broker: 'redis-server',
        results: 'redis-server',
        worker: 'celery -A tasks worker -l info -n w1@%h -c 1',
        client: { run: 'client.ts', startMs: 2120 },
      },
    });
    said = told(run);
  });

  test('a task is discarded before its turn, goes on without terminate, ends with it', () => {
    expect(said).toEqual({
      queued: 'TaskRevokedError revoked',
      before: 'SUCCESS',
      running: 'STARTED',
      terminated: 'TaskRevokedError terminated',
      // Its pool process was not there yet.
      killed: 'TaskRevokedError revoked',
      eta: 'TaskRevokedError revoked',
      expired: 'TaskRevokedError expired',
      revoked: 5,
      after: 4,
    });
  });

  test('the worker says what it was told, and what it does', () => {
    expect(messages(run, 'worker').slice(4)).toEqual(
      [
        'Task tasks.sleep[<id>] received',
        'Task tasks.sleep[<id>] received',
        'Tasks flagged as revoked: <id>',
        'Discarding revoked task: tasks.sleep[<id>]',
        'Task tasks.sleep[<id>] received',
        'Tasks flagged as revoked: <id>',
        'Terminating <id> (15)',
        'Task tasks.sleep[<id>] received',
        'Terminating <id> (9)',
        'Discarding revoked task: tasks.sleep[<id>]',
        // Unknown to terminate: it waits for its time.
        'Task tasks.sleep[<id>] received',
        'Discarding revoked task: tasks.sleep[<id>]',
        'Task tasks.sleep[<id>] received',
        'Task tasks.add[<id>] received',
        'Discarding revoked task: tasks.add[<id>]',
        'Task tasks.add[<id>] received',
      ].map((line) => `INFO/MainProcess] ${line}`),
    );
  });
});

describe.each([
  { server: 'redis-server', url: REDIS },
  { server: 'rabbitmq-server', url: AMQP },
])('$server', ({ server, url }) => {
  const nodes = (client = 'client.ts', startMs = 2000) => ({
    broker: server,
    results: 'redis-server',
    w1: 'celery -A tasks worker -l info -n w1@%h -c 2',
    client: { run: client, startMs },
  });

  test('queues, pool and limits change, with the answers of the real one', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile({ broker: url }),
        'client.ts': `import { add, app, sleep } from './tasks.ts';
import { sleep as pause } from 'node';
${SAY}
const c = app.control, reply = { reply: true, timeout: 0.2 };
const first = (replies) => Object.values(replies[0])[0];
const mine = async (question) => (await question)['w1@w1'];
say('add', first(await c.addConsumer('extra', reply)));
say('again', first(await c.addConsumer('extra', reply)));
say('from extra', await outcome(await add.applyAsync([1, 2], { queue: 'extra' })));
say('keyed', first(await c.addConsumer('k', { exchange: 'ex', exchangeType: 'topic', routingKey: 'a.*', ...reply })));
const queues = await mine(c.inspect().activeQueues());
say('queues', queues.map((q) => [q.name, q.exchange.name, q.exchange.type, q.routing_key]));
say('by key', await outcome(await add.applyAsync([3, 4], { queue: 'k', exchange: 'ex', routingKey: 'a.b' })));
say('cancel', [first(await c.cancelConsumer('extra', reply)), first(await c.cancelConsumer('nope', reply))]);
await pause(1.5);
const late = await add.applyAsync([5, 6], { queue: 'extra' });
await pause(2);
say('not from extra', await late.state);
const size = async () => { const { pool, prefetch_count: n } = await mine(c.inspect().stats()); return [pool.processes.length, n]; };
say('size', await size());
say('grow', first(await c.poolGrow(2, reply)));
await pause(5);
say('grown', await size());
say('shrink', first(await c.poolShrink(1, reply)));
say('shrunk', await size());
for (const i of [1, 2, 3]) await sleep.delay(9, 'long');
await pause(0.5);
say('busy', first(await c.poolShrink(1, reply)));
say('rate', [first(await c.rateLimit('tasks.add', '10/m', reply)), first(await c.rateLimit('tasks.add', 0, reply))]);
say('not a rate', [first(await c.rateLimit('tasks.add', 'x/q', reply)), first(await c.rateLimit('tasks.add', 'abc', reply))]);
say('not a task', [first(await c.rateLimit('tasks.nope', '5/s', reply)), first(await c.timeLimit('tasks.nope', reply))]);
say('time', first(await c.timeLimit('tasks.add', { soft: 1, hard: 2, ...reply })));
say('registered', (await mine(c.inspect().registered())).slice(0, 2));
say('args', [first(await c.broadcast('rate_limit', reply)), first(await c.broadcast('active_queues', { arguments: { foo: 1 }, ...reply }))]);
say('signal', first(await c.terminate('abc', { signal: 'NOPE', ...reply })));
say('known', [first(await c.broadcast('autoscale', reply)), first(await c.broadcast('pool_restart', reply))]);
`,
      },
      nodes: nodes(),
      untilMs: 40_000,
    });
    const error = (text: string): object => ({ error: text });
    expect(told(run)).toEqual({
      add: { ok: 'add consumer extra' },
      again: { ok: 'add consumer extra' },
      'from extra': 3,
      keyed: { ok: 'add consumer k' },
      queues: [
        ['celery', 'celery', 'direct', 'celery'],
        ['extra', 'extra', 'direct', 'extra'],
        ['k', 'ex', 'topic', 'a.*'],
      ],
      'by key': 7,
      cancel: [{ ok: 'no longer consuming from extra' }, { ok: 'no longer consuming from nope' }],
      'not from extra': 'PENDING',
      // Processes, and the prefetch count.
      size: [2, 8],
      grow: { ok: 'pool will grow' },
      grown: [4, 16],
      shrink: { ok: 'pool will shrink' },
      shrunk: [3, 12],
      busy: error(`ValueError("Can't shrink pool. All processes busy!")`),
      rate: [{ ok: 'new rate limit set successfully' }, { ok: 'rate limit disabled successfully' }],
      'not a rate': [
        error("KeyError('q')"),
        error(`Invalid rate limit string: ValueError("could not convert string to float: 'abc'")`),
      ],
      'not a task': [error('unknown task'), error('unknown task')],
      time: { ok: 'time limits set successfully' },
      registered: ['tasks.add [rate_limit=0]', 'tasks.badResult'],
      args: [
        error(
          `TypeError("rate_limit() missing 2 required positional arguments: 'task_name' and 'rate_limit'")`,
        ),
        error(`TypeError("active_queues() got an unexpected keyword argument 'foo'")`),
      ],
      signal: error(`AttributeError("module 'signal' has no attribute 'SIGNOPE'")`),
      known: [
        error("ValueError('Autoscale not enabled')"),
        error("ValueError('Pool restarts not enabled')"),
      ],
    });
    const logged = messages(run, 'w1').filter((line) => !line.includes('] Task tasks.'));
    expect(logged.slice(4)).toEqual([
      'INFO/MainProcess] Started consuming from extra',
      'INFO/MainProcess] Started consuming from k',
      'INFO/MainProcess] Canceling queue extra',
      'INFO/MainProcess] Canceling queue nope',
      `ERROR/MainProcess] pidbox command error: ValueError("Can't shrink pool. All processes busy!")`,
      'INFO/MainProcess] New rate limit for tasks of type tasks.add: 10/m.',
      'INFO/MainProcess] Rate limits disabled for tasks of type tasks.add',
      "ERROR/MainProcess] pidbox command error: KeyError('q')",
      'ERROR/MainProcess] Rate limit attempt for unknown task tasks.nope',
      'ERROR/MainProcess] Change time limit attempt for unknown task tasks.nope',
      'INFO/MainProcess] New time limits for tasks of type tasks.add: soft=1 hard=2',
      expect.stringMatching(/command error: TypeError\("rate_limit/) as string,
      expect.stringMatching(/command error: TypeError\("active_queues/) as string,
      expect.stringMatching(/command error: AttributeError/) as string,
      expect.stringMatching(/command error: ValueError\('Autoscale/) as string,
      expect.stringMatching(/command error: ValueError\('Pool restarts/) as string,
    ]);
    expect(run.lines('w1')).toContain("celery.exceptions.NotRegistered: 'tasks.nope'");
  });

  test('purge throws away what waits, not what a worker has', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile({ broker: url }),
        'client.ts': `import { add, app, sleep } from './tasks.ts';
${SAY}
const rs = [];
for (let i = 0; i < 12; i++) rs.push(await sleep.delay(1, i));
await add.applyAsync([1, 2], { priority: 9 });
await add.applyAsync([1, 2], { queue: 'other' });
await new Promise((go) => setTimeout(go, 500));
say('purged', await app.control.purge());
say('again', await app.control.discardAll());
say('first', await outcome(rs[0]));
say('eighth', await outcome(rs[7]));
await app.control.shutdown();`,
      },
      nodes: nodes(),
    });
    // Fourteen, with the one in a queue that the client has sent to, less eight that are prefetched and
    // two that run and are acknowledged.
    expect(told(run)).toEqual({ purged: 4, again: 0, first: 0, eighth: 7 });
    expect(run.states('queue/other').at(-1)).toEqual({ ready: 0, unacked: 0 });
  });
});

test('revoked ids travel with mingle, to a worker that starts and from it', async () => {
  const run = await experiment({
    files: {
      'tasks.ts': tasksFile(),
      'client.ts': `import { app } from './tasks.ts';
import { sleep as pause } from 'node';
${SAY}
await app.control.revoke(['a', 'b']);
await pause(4);
say('both', Object.values(await app.control.inspect().revoked()));`,
    },
    nodes: {
      broker: 'redis-server',
      results: 'redis-server',
      w1: 'celery -A tasks worker -n w1@%h -c 1',
      w2: { run: 'celery -A tasks worker -n w2@%h -c 1', startMs: 3000 },
      client: { run: 'client.ts', startMs: 2000 },
    },
  });
  const ids = ['a', 'b'];
  expect(told(run)).toEqual({ both: [ids, ids] });
});

test('a new rate limit counts for later tasks, new time limits from the next connection on', async () => {
  const run = await experiment({
    files: {
      'tasks.ts': tasksFile().replace(
        'return x + y; });',
        "return x + y; }, { rateLimit: '2/s' });",
      ),
      'client.ts': `import { add, app, sleep } from './tasks.ts';
import { sleep as pause } from 'node';
${SAY}
let began = Date.now();
const all = async (rs) => { for (const r of rs) await r.get(); return Math.round((Date.now() - began) / 100) / 10; };
const sent = async (n) => { const rs = []; for (let i = 0; i < n; i++) rs.push(await add.delay(i, i)); return rs; };
const old = await sent(5);
await app.control.rateLimit('tasks.add', '10/s');
say('old pace', await all(old));
began = Date.now();
say('new pace', await all(await sent(5)));
await app.control.timeLimit('tasks.sleep', { hard: 1 });
say('old limit', await outcome(await sleep.delay(2, 'x')));
await pause(14);
say('new limit', await outcome(await sleep.delay(2, 'y')));`,
    },
    nodes: {
      broker: 'redis-server --save "1 1"',
      results: 'redis-server',
      w1: 'celery -A tasks worker -l info -n w1@%h -c 1',
      client: { run: 'client.ts', startMs: 2000 },
    },
    faults: [
      { atMs: 9000, kill: 'broker' },
      { atMs: 10_000, restart: 'broker' },
    ],
  });
  expect(told(run)).toEqual({
    'old pace': 2,
    'new pace': 0.4,
    'old limit': 'x',
    'new limit': 'TimeLimitExceeded TimeLimitExceeded(1,)',
  });
});

test('a pool without processes of its own has nothing to grow', async () => {
  const run = await experiment({
    files: {
      'tasks.ts': tasksFile(),
      'client.ts': `import { app } from './tasks.ts';
${SAY}
say('grow', await app.control.poolGrow(1, { reply: true }));
say('pool', (await app.control.inspect().stats())['celery@w1'].pool);`,
    },
    nodes: {
      broker: 'redis-server',
      results: 'redis-server',
      w1: 'celery -A tasks worker -P solo',
      client: { run: 'client.ts', startMs: 2000 },
    },
  });
  expect(told(run)).toMatchObject({
    grow: [
      { 'celery@w1': { error: `AttributeError("'TaskPool' object has no attribute 'grow'")` } },
    ],
    pool: { 'max-concurrency': 1, 'max-tasks-per-child': null, timeouts: [] },
  });
});

test('what makes no sense is answered with an error, and the worker lives', async () => {
  const run = await experiment({
    files: {
      'tasks.ts': tasksFile(),
      'client.ts': `import { app } from './tasks.ts';
${SAY}
const ask = async (name, given) =>
  say(name, Object.values((await app.control.broadcast(name, { arguments: given, reply: true, timeout: 0.1 }))[0])[0].error);
await ask('hello', { from_node: 'x', revoked: { a: 'soon' } });
await ask('add_consumer', { queue: 'q', exchange_type: 'odd' });
await ask('pool_grow', { n: 1000 });
await ask('pool_shrink', { n: 'all' });
await ask('revoke', ['a']);
say('ping', await app.control.ping({ timeout: 0.1 }));`,
    },
    nodes: {
      broker: 'redis-server',
      results: 'redis-server',
      w1: 'celery -A tasks worker -n w1@%h -c 1',
      client: { run: 'client.ts', startMs: 2000 },
    },
  });
  expect(told(run)).toEqual({
    hello: `ValueError("Expecting float timestamp, got value: 'soon'")`,
    add_consumer: "KeyError('odd')",
    pool_grow: "BlockingIOError('[Errno 11] Resource temporarily unavailable')",
    pool_shrink: `TypeError("'str' object cannot be interpreted as an integer")`,
    revoke: "TypeError('revoke() argument after ** must be a mapping')",
    ping: [{ 'w1@w1': { ok: 'pong' } }],
  });
});
