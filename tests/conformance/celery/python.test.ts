// Celery in Python nodes: the engine is the one that the other tests prove, here is what the Python
// package and the space between them add. Programs and expected lines follow the recorded runs
// seed1, seed2, amqp-rpc-backend and fault-poolchild-kill-early, and SEMANTICS 1.2 to 1.4.

import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { prepare } from '#lib/runtime/prepare.ts';
import { readFolder } from '../../../bin/experiment.ts';
import { sandboxed, type Experiment } from './harness.ts';

const PROGRAMS = fileURLToPath(new URL('../../fixtures/celery-python/', import.meta.url));

/** A worker in TypeScript, and a client in TypeScript of the worker in Python. */
const TYPESCRIPT = {
  'jobs.ts': `import { Celery } from 'celery';
export const app = new Celery('jobs', { broker: 'redis://redis/1', backend: 'redis://redis/2' });
export const add = app.task(function add(a: number, b: number) { return a + b; });
export const boom = app.task(function boom(x: number) { throw new TypeError('boom ' + x); });
`,
  'ask.ts': `import { Celery, kw } from 'celery';
const app = new Celery('ask', { broker: 'redis://redis/1', backend: 'redis://redis/2' });
const myTask = app.task(function myTask(a: number, b: number) { return a + b; }, { name: 'tasks.my_task' });
const boom = app.task(function boom(x: number) { return x; }, { name: 'tasks.boom' });
console.log(await (await myTask.delay(20, kw({ b: 22 }))).get());
try { await (await boom.delay(1)).get(); } catch (error) { console.log(error.name, error.message); }
`,
};

/** Of tasks.boom, with the learner's frames only. */
const tracebackOf = (x: number): string[] => [
  'Traceback (most recent call last):',
  '  File "tasks.py", line 26, in boom',
  '    inner()',
  '    ~~~~~^^',
  '  File "tasks.py", line 24, in inner',
  '    raise ValueError("boom %s" % x)',
  `ValueError: boom ${x}`,
];

/** The recorded lines of `canvas`. */
const CANVAS = [
  "tasks.add(2, 2) {'task': 'tasks.add', 'args': (2, 2), 'kwargs': {}, 'options': {}, 'subtask_type': None, 'immutable': False}",
  '6 tasks.add(1) | mul(3) group((tasks.add(1, 1), add(2, 2))) %tasks.xsum([add(1, 1), add(2, 2)])',
  'chain 320 32 4 AsyncResult',
  'immutable 9',
  'group GroupResult [0, 2, 4, 6, 8] 5 True True False <GroupResult: ',
  'chord 20',
  'group|task -> chord 6',
  'chain with group 10',
  '[tasks.add(x) for x in [(1, 2)]]',
  'starmap [3, 7]',
  'map [3, 7]',
  'celery.chunks(task=tasks.add(), it=<_regen: [...]>, n=3)',
  'chunks [[0, 2, 4], [6, 8, 10], [12, 14, 16], [18]]',
  'chain with failure -> raised builtins.ValueError | boom mid',
  'states FAILURE FAILURE SUCCESS',
  'group with failure -> raised builtins.ValueError | boom g',
  "[2, ValueError('boom g'), 4] 2 True False",
  'chord with failing header -> raised builtins.ValueError | boom c',
  'FAILURE',
  'link_error -> raised builtins.ValueError | boom le',
  'link 4 [<AsyncResult: id>] 40',
  'collect [4, 40]',
  'empty chord -> 0',
  'empty group -> []',
  "set options tasks.add(2, 2) {'countdown': 1}",
  'partial kw 7',
];

/** Of the lines that canvas.py has beyond the recorded program. */
const BEYOND = [
  "PROGRESS {'i': 1}",
  'True None True',
  'PENDING',
  'True [2, 6]',
  'EagerResult 3 SUCCESS',
  '10 6',
  "FAILURE ValueError('boom eager')",
  "partial -> raised builtins.TypeError | add() missing 1 required positional argument: 'y'",
  "in a chain -> raised builtins.TypeError | mul() missing 1 required positional argument: 'y'",
  'group in chain -> [3, 12]',
  'nested -> 36',
  'chord in chain -> 14',
  'chord of chords -> 12',
  'on_error of a chain -> raised builtins.ValueError | boom x',
  'body errback -> raised builtins.ValueError | boom h',
];

describe('a Python worker on Redis', () => {
  let run: Experiment;

  beforeAll(async () => {
    run = await sandboxed({
      files: { ...(await readFolder(PROGRAMS)), ...TYPESCRIPT },
      nodes: {
        redis: 'redis-server',
        worker: 'celery -A tasks worker -l info -n w1@%h -c 2',
        typescript: 'celery -A jobs worker -l info -c 1 -Q typescript',
        client: { run: 'python client.py', startMs: 1600 },
        ask: { run: 'ask.ts', startMs: 1600 },
        canvas: { run: 'python canvas.py', startMs: 30_000 },
      },
    });
  }, 120_000);

  test('prints for a Python client what the real one prints', () => {
    expect(run.lines('client').filter((line) => !line.includes('/celery/'))).toEqual([
      'Traceback (most recent call last):',
      '  File "client.py", line 30, in <module>',
      '    my_task.delay()',
      '    ~~~~~~~~~~~~~^^',
      "TypeError: my_task() missing 2 required positional arguments: 'a' and 'b'",
      "<class 'celery.result.AsyncResult'> 36 True True",
      '8',
      'SUCCESS True True False 8',
      '3',
      '30',
      '<@task: tasks.my_task of demo tasks.my_task',
      '任务函数正在执行....',
      '任务函数正在执行....',
      '3 9',
      'three -> raised builtins.TypeError | my_task() takes 2 positional arguments but 3 were given',
      "name -> raised builtins.TypeError | my_task() got an unexpected keyword argument 'c'",
      'boom -> raised builtins.ValueError | boom 7',
      "ValueError('boom 8') FAILURE True",
      ...tracebackOf(8),
      '',
      "own -> raised tasks.Refused | ('own class', 7)",
      'set -> raised kombu.exceptions.EncodeError | Object of type set is not JSON serializable',
      'bytes -> raised kombu.exceptions.EncodeError | Object of type bytes is not JSON serializable',
      "result -> raised kombu.exceptions.EncodeError | TypeError('Object of type object is not JSON serializable')",
      'tuple -> [1, 2, 3]',
      "who -> ['tasks.whoami', True, [], {}, 'w1@worker', False]",
      'ignored -> None',
      "unknown -> raised celery.exceptions.NotRegistered | 'tasks.nope'",
      "known -> 'ab'",
      'PENDING',
      'early -> raised celery.exceptions.TimeoutError | The operation timed out.',
      'True 2',
      'shared -> 42',
      'exit -> raised billiard.exceptions.WorkerLostError | Worker exited prematurely: exitcode 3 Job: 15.',
      "<class 'RecursionError'>",
      'missing option -> raised builtins.NotImplementedError | the option resultrepr_maxsize of @task, as tasks.limited has it, is not part of this build of Celery',
      'missing method -> raised builtins.NotImplementedError | AsyncResult.build_graph is not part of this build of Celery',
      'missing call option -> raised builtins.NotImplementedError | apply_async(compression=...) is not part of this build of Celery',
      'setting -> raised builtins.NotImplementedError | the setting task_ack_late is not part of this build of Celery (did you mean task_acks_late?)',
      'deep -> raised builtins.RuntimeError | Never call result.get() within a task!',
      'See http://docs.celeryq.org/en/latest/userguide/tasks.html#task-synchronous-subtasks',
      '',
      // From here on the worker is written in TypeScript.
      '5',
      'typescript -> raised builtins.TypeError | boom 9',
    ]);
  });

  test('serves a TypeScript client', () => {
    expect(run.lines('ask')).toEqual(['42', 'ValueError boom 1']);
  });

  test('SEMANTICS 1.10 canvas: prints what was recorded', () => {
    const lines = run.lines('canvas').map((line) => line.replace(/[-0-9a-f]{36}/, 'id'));
    expect(lines.slice(0, 26)).toEqual(CANVAS);
    expect(lines.slice(26)).toEqual(BEYOND);
  });

  test('logs as the real one', () => {
    const lines = run.lines('worker').map((line) => line.replace(/\[[-0-9a-f]{36}\]/, '[id]'));
    const banner = lines.indexOf('[tasks]');
    expect(lines.slice(banner + 1, banner + 4)).toEqual([
      '  . tasks.add',
      '  . tasks.bad_result',
      '  . tasks.boom',
    ]);
    const at = (text: string): number => lines.findIndex((line) => line.endsWith(text));
    const failed = at("Task tasks.boom[id] raised unexpected: ValueError('boom 7')");
    expect(lines[failed]).toMatch(/: ERROR\/ForkPoolWorker-2\]/);
    expect(lines.slice(failed + 1, failed + 8)).toEqual(tracebackOf(7));
    const printed = at(' WARNING/ForkPoolWorker-2] a');
    expect(lines.slice(printed, printed + 3).map((line) => line.slice(line.indexOf(']')))).toEqual([
      '] a',
      ']  ',
      '] 1',
    ]);
    expect(at(' INFO/ForkPoolWorker-2] tasks.sleep_late[id]: slept 2')).toBeGreaterThan(0);
    expect(lines).toContainEqual(expect.stringMatching(/succeeded in 0\.004\d+s: 'ab'$/));
    expect(at("exited with 'exitcode 3'")).toBeGreaterThan(0);
  });
});

describe('a Python worker on RabbitMQ', () => {
  const files = {
    'tasks.py': `import time
from celery import Celery, Task
from celery.exceptions import Ignore, SoftTimeLimitExceeded
from celery.signals import task_postrun, task_received, task_retry, worker_ready
app = Celery('tasks', broker='amqp://guest@127.0.0.1//', backend='rpc://', include=['more'])
@worker_ready.connect
def ready(sender=None, **others):
    print('worker_ready')
@task_received.connect
def received(request=None, **others):
    if request.name == 'tasks.hooked': print('task_received')
@task_retry.connect
def retried(sender=None, reason=None, **others):
    print('task_retry', sender.name, reason)
class Base(Task):
    def before_start(self, task_id, args, kwargs): print('before_start')
    def on_success(self, retval, task_id, args, kwargs): print('on_success', retval)
    def on_retry(self, exc, task_id, args, kwargs, einfo): print('on_retry', repr(exc))
    def after_return(self, status, retval, task_id, args, kwargs, einfo): print('after_return', status)
@app.task(base=Base, bind=True, autoretry_for=(KeyError,), retry_backoff=2, retry_jitter=False)
def hooked(self):
    print('hooked')
    if self.request.retries == 0: raise KeyError('k')
    return self.request.retries
@task_postrun.connect(sender=hooked)
def postrun(state=None, **others):
    print('task_postrun', state)
@app.task(soft_time_limit=1)
def softly(is_busy):
    try:
        while is_busy: pass
        time.sleep(9)
    except SoftTimeLimitExceeded as error:
        return repr(error)
@app.task
def add(x, y):
    return x + y
@app.task(acks_late=True)
def sleep(n):
    time.sleep(n)
    return n
`,
    'more.py': `from tasks import app
@app.task(bind=True, name='whoami')
def whoami(self):
    r = self.request
    return [r.delivery_info, r.retries, r.correlation_id == r.id, len(r.reply_to), r.origin]
`,
    'client.py': `from tasks import add, app, hooked, sleep, softly
from celery.result import AsyncResult
def attempt(label, f):
    try: print(label, '->', repr(f()))
    except BaseException as e: print(label, '-> raised', type(e).__module__+'.'+type(e).__name__, '|', e)
r = add.delay(2, 3)
print(r.get(timeout=5)); print(r.get(timeout=5))
attempt('second AsyncResult for same id', lambda: AsyncResult(r.id).get(timeout=2))
print(app.send_task('whoami').get())
r = sleep.delay(4)
attempt('get', lambda: r.get(timeout=25))
print(r.state)
print('next task ->', add.delay(1, 1).get(timeout=10))
print(hooked.delay().get(), softly.delay(False).get(), softly.delay(True).get())
`,
    'broken.py': 'import tasks\n\ndef f():\n    return 1 / 0\n\nf()\n',
    'nothing.py': 'x = 1\n',
    'missing.py': 'import no_such_module\n',
  };
  let run: Experiment;

  beforeAll(async () => {
    const machine = { machine: 'vm' };
    run = await sandboxed({
      files,
      machines: { vm: {} },
      nodes: {
        broker: { run: 'rabbitmq-server', ...machine },
        worker: { run: 'celery -A tasks worker -l info -c 1', ...machine },
        client: { run: 'python client.py', startMs: 1600, ...machine },
        broken: { run: 'celery -A broken worker', ...machine },
        nothing: { run: 'celery --app=nothing worker', ...machine },
        missing: { run: 'celery -A missing worker', ...machine },
      },
      faults: [{ atMs: 5000, kill: 'worker/1' }],
    });
  }, 120_000);

  test('amqp-rpc-backend, fault-poolchild-kill-late: a client prints the recorded lines', () => {
    expect(run.lines('client')).toEqual([
      '5',
      '5',
      'second AsyncResult for same id -> raised celery.exceptions.TimeoutError | The operation timed out.',
      "[{'exchange': '', 'routing_key': 'celery', 'priority': 0, 'redelivered': False}, 0, True, 36, 'gen106@vm']",
      'get -> raised billiard.exceptions.WorkerLostError | Worker exited prematurely: signal 9 (SIGKILL) Job: 2.',
      'FAILURE',
      'next task -> 2',
      '1 SoftTimeLimitExceeded() SoftTimeLimitExceeded()',
    ]);
  });

  test('SEMANTICS 1.5, 1.13: hooks and signals of a task that is tried again, in order', () => {
    const words = run
      .lines('worker')
      .filter((line) => !line.startsWith(' ') && !/tasks\.(?:add|sleep|softly)|whoami/.test(line))
      .map((line) =>
        line.replace(/^\[[^\]]*\] /, '').replace(/Task tasks.hooked\S+ (\w+).*/, '$1'),
      );
    const from = words.indexOf('worker_ready');
    expect(words[from + 1]).toBe('celery@vm ready.');
    const at = words.indexOf('task_received') - 1;
    const rest = words
      .slice(at)
      .filter((word) => !/^(?: |task_retry|tasks\.hooked|Retry in.*)$/.test(word));
    expect(rest).toEqual([
      ...['received', 'task_received', 'before_start', 'hooked', 'on_retry', "KeyError('k')"],
      // `retry` does not wait for RabbitMQ: the message comes back a moment later.
      ...['retry', 'task_postrun', 'RETRY', 'received', 'task_received'],
      ...['before_start', 'hooked', 'on_success', '1', 'succeeded', 'after_return', 'SUCCESS'],
      ...['task_postrun', 'SUCCESS'],
    ]);
  });

  test('a worker imports what include names', () => {
    expect(run.lines('worker')).toContain('  . whoami');
  });

  test('an application that cannot be loaded is explained as Celery does', () => {
    const usage = (problem: string[]): string[] => [
      'Usage: celery [OPTIONS] COMMAND [ARGS]...',
      "Try 'celery --help' for help.",
      '',
      "Error: Invalid value for '-A' / '--app': ",
      'Unable to load celery application.',
      ...problem,
    ];
    expect(run.lines('broken')).toEqual(
      usage([
        'While trying to load the module broken the following error occurred:',
        'Traceback (most recent call last):',
        '  File "broken.py", line 6, in <module>',
        '    f()',
        '    ~^^',
        '  File "broken.py", line 4, in f',
        '    return 1 / 0',
        '           ~~^~~',
        'ZeroDivisionError: division by zero',
      ]),
    );
    expect(run.lines('nothing')).toEqual(usage(["Module 'nothing' has no attribute 'celery'"]));
    expect(run.lines('missing').at(-1)).toBe(
      "ModuleNotFoundError: No module named 'no_such_module'",
    );
    const codes = run.reports.filter(({ exitCode }) => exitCode === 2).map(({ name }) => name);
    expect(codes).toEqual(['broken', 'nothing', 'missing']);
  });
});

test('pool processes count as interpreters, and the message says how to have fewer', async () => {
  const worker = { run: 'celery -A tasks worker' };
  const cluster = JSON.stringify({ nodes: { w1: worker, w2: worker } });
  await expect(prepare({ 'cluster.json': cluster, 'tasks.py': '' })).rejects.toThrow(
    'make 10 interpreters, and 8 is the most here. Give each worker fewer of them (celery -A tasks worker -c 1)',
  );
});
