// Beat against the recorded run beat-no-worker and SEMANTICS 1.12; TypeScript first, then Python.

import { describe, expect, test } from 'vitest';
import { experiment, sandboxed } from './harness.ts';

const TASKS = `import { Celery, crontab } from 'celery';
export const app = new Celery('tasks', { broker: 'redis://redis/1', backend: 'redis://redis/2' });
export const add = app.task(function add(x: number, y: number) { return x + y; });
app.conf.beatSchedule = { 'every-sec': { task: 'tasks.add', schedule: 1, args: [16, 16] } };
`;

const PYTHON_TASKS = `from datetime import timedelta
from celery import Celery
from celery.schedules import crontab, schedule

app = Celery("tasks", broker="redis://redis:6379/1", backend="redis://redis:6379/2")

@app.task
def add(x, y):
    return x + y

app.conf.beat_schedule = {"every-sec": {"task": "tasks.add", "schedule": 1.0, "args": (16, 16)}}

@app.on_after_configure.connect
def set_up(sender, **kwargs):
    sender.add_periodic_task(timedelta(hours=1), add, args=(1,), kwargs={"y": 2}, name="hourly")
    sender.add_periodic_task(crontab(minute="*/30", day_of_week="mon-fri"), add, name="cron")
    assert repr(crontab(minute="*/1")) == "<crontab: */1 * * * * (m/h/d/dM/MY)>"
    assert crontab(hour="1-23/6").hour == {1, 7, 13, 19}
    for wrong in ({"minute": 60}, {"minute": "1,,2"}, {"hour": 1.5}):
        try:
            print(crontab(**wrong))
        except Exception as error:
            print(type(error).__module__, type(error).__name__, error)
`;

const BANNER = [
  'celery beat v5.2.6 (dawn-chorus) is starting.',
  '__    -    ... __   -        _',
  'LocalTime -> 2026-01-01 00:00:00',
  'Configuration ->',
  '    . broker -> redis://redis:6379/1',
  '    . loader -> celery.loaders.app.AppLoader',
  '    . scheduler -> celery.beat.PersistentScheduler',
  '    . db -> celerybeat-schedule',
  '    . logfile -> [stderr]@%INFO',
  '    . maxinterval -> 5.00 minutes (300s)',
];
const DUE = 'INFO/MainProcess] Scheduler: Sending due task every-sec (tasks.add)';

describe('beat', () => {
  test('beat-no-worker: messages pile up until a worker comes', async () => {
    const run = await experiment({
      files: { 'tasks.ts': TASKS },
      nodes: {
        redis: 'redis-server',
        beat: 'celery -A tasks beat -l info',
        worker: { run: 'celery -A tasks worker -l info -n w1@%h -c 1', startMs: 5130 },
      },
      faults: [
        { atMs: 4990, signal: 'beat', name: 'SIGTERM' },
        { atMs: 7600, signal: 'worker', name: 'SIGTERM' },
      ],
    });
    expect(run.lines('beat')).toEqual([
      ...BANNER,
      '[2026-01-01 00:00:00,000: INFO/MainProcess] beat: Starting...',
      ...[1, 2, 3, 4].map((second) => `[2026-01-01 00:00:0${second},004: ${DUE}`),
    ]);
    expect(run.of('exit', 'beat').map(({ code }) => code)).toEqual([0]);
    const results = run.lines('worker').filter((line) => line.endsWith(': 32'));
    expect(results).toHaveLength(4);
    expect(results[0]).toMatch(
      /INFO\/ForkPoolWorker-1\] Task tasks.add\[.*\] succeeded in .*s: 32/,
    );
  });

  test('an overdue entry is sent at once after a restart, a new one after its interval', async () => {
    const run = await experiment({
      files: { 'tasks.ts': TASKS.replace('schedule: 1,', 'schedule: 10,') },
      nodes: { redis: 'redis-server', beat: 'celery -A tasks beat -l info' },
      faults: [
        { atMs: 11_000, kill: 'beat' },
        { atMs: 13_000, restart: 'beat' },
        { atMs: 15_000, signal: 'beat', name: 'SIGTERM' },
        { atMs: 35_000, restart: 'beat' },
      ],
      untilMs: 36_000,
    });
    const dues = run.of('log', 'beat').filter(({ text }) => text.includes('Sending due'));
    // Sent at 10 s; the first restart finds that in the file, the second that 20 s are over.
    expect(dues.map(({ tUs }) => Math.round(tUs / 1e6))).toEqual([10, 35]);
  });

  test('a task that only workers know is sent all the same', async () => {
    const run = await experiment({
      files: { 'tasks.ts': TASKS.replace("task: 'tasks.add'", "task: 'tasks.other'") },
      nodes: { redis: 'redis-server', beat: 'celery -A tasks beat -l debug' },
      untilMs: 1500,
    });
    expect(run.lines('beat').at(-3)).toMatch(/DEBUG\/MainProcess\] tasks.other sent. id->/);
  });

  test('a lost state file starts all over', async () => {
    const run = await experiment({
      files: { 'tasks.ts': TASKS.replace('schedule: 1,', 'schedule: 10,') },
      nodes: {
        redis: 'redis-server',
        beat: 'celery -A tasks beat -l info',
        later: { run: 'celery -A tasks beat -l info -s other', startMs: 12_000 },
      },
      untilMs: 21_000,
    });
    expect(run.whenMs('later', 'Sending due')).toBeNaN();
  });

  test('worker -B: the same in the worker, under the name Beat', async () => {
    const run = await experiment({
      files: { 'tasks.ts': TASKS },
      nodes: { redis: 'redis-server', worker: 'celery -A tasks worker -B -l info -c 1' },
      faults: [{ atMs: 3500, signal: 'worker', name: 'SIGTERM' }],
    });
    const lines = run.lines('worker');
    expect(lines).toContain('[2026-01-01 00:00:00,000: INFO/Beat] beat: Starting...');
    expect(lines.filter((line) => line.includes('INFO/Beat] Scheduler: Sending due'))).toHaveLength(
      3,
    );
    expect(run.of('exit', 'worker').at(-1)).toMatchObject({ node: 'worker', code: 0 });
  });

  test('while the broker is away it tries again, with the real words', async () => {
    const run = await experiment({
      files: { 'tasks.ts': TASKS },
      nodes: { redis: 'redis-server', beat: 'celery -A tasks beat -l info' },
      faults: [
        { atMs: 0.5, kill: 'redis' },
        { atMs: 20_000, restart: 'redis' },
      ],
      untilMs: 25_000,
    });
    expect(run.lines('beat')).toContainEqual(
      expect.stringContaining(
        'ERROR/MainProcess] beat: Connection error: Error 111 connecting to redis:6379. ' +
          'Connection refused.. Trying again in 2.0 seconds...',
      ),
    );
    expect(run.of('state').filter(({ value }) => value === 'SENT').length).toBeGreaterThan(0);
  });
});

const ASK = `from tasks import app

i = app.control.inspect()
print(i.ping(), i.active(), i.registered())
print(sorted(i.stats()["celery@worker"])[:3], app.control.ping(timeout=0.5))
print(app.control.broadcast("nope", reply=True), app.control.inspect(["x@y"]).ping())
try:
    app.control.broadcast("ping", destination="celery@worker")
except ValueError as error:
    print(error)
c, soon, seen = app.control, {"reply": True, "timeout": 0.05}, []
print(c.revoke(["a", "b"], **soon), c.terminate("c", signal="KILL", **soon))
print(app.AsyncResult("d").revoke(), c.inspect(timeout=0.05).revoked())
print(c.rate_limit("tasks.add", "100/s", **soon), c.inspect(timeout=0.05).registered("max_retries"))
print(c.time_limit("tasks.add", soft=1.0, hard=2, **soon), c.add_consumer("extra", **soon))
print(c.pool_grow(**soon, callback=seen.append) == seen, seen[0]["celery@worker"], c.purge())
`;

test('Python: beat_schedule, add_periodic_task and crontab; app.control', async () => {
  const run = await sandboxed({
    files: { 'tasks.py': PYTHON_TASKS, 'ask.py': ASK },
    nodes: {
      redis: 'redis-server',
      beat: 'celery -A tasks beat -l debug',
      worker: 'celery -A tasks worker -l info -P solo',
      ask: { run: 'python ask.py', startMs: 2000 },
    },
    untilMs: 9500,
  });
  const lines = run.lines('beat').map((line) => line.replace(/^\[.{23}: /, '['));
  expect(lines).toEqual(
    expect.arrayContaining([
      "builtins ValueError Invalid crontab pattern.  Valid range is 0-59. '60' was found.",
      'celery.schedules ParseException empty part',
      expect.stringMatching(
        /^builtins TypeError Argument cronspec needs to be .*'float'> was given/,
      ),
      '<ScheduleEntry: every-sec tasks.add(16, 16) <freq: 1.00 second>',
      '<ScheduleEntry: hourly tasks.add(1, y=2) <freq: 1.00 hour>',
      '<ScheduleEntry: cron tasks.add() <crontab: */30 * mon-fri * * (m/h/d/dM/MY)>',
      '[INFO/MainProcess] Scheduler: Sending due task every-sec (tasks.add)',
    ]),
  );
  expect(run.lines('worker').filter((line) => line.endsWith(': 32')).length).toBe(9);
  expect(run.lines('ask')).toEqual([
    "{'celery@worker': {'ok': 'pong'}} {'celery@worker': []} {'celery@worker': ['tasks.add']}",
    "['broker', 'clock', 'pid'] [{'celery@worker': {'ok': 'pong'}}]",
    `[{'celery@worker': {'error': "KeyError('nope')"}}] None`,
    "destination must be a list/tuple not <class 'str'>",
    "[{'celery@worker': {'ok': 'tasks a, b flagged as revoked'}}] [{'celery@worker': {'ok': 'terminate: tasks unknown'}}]",
    "None {'celery@worker': ['a', 'b', 'c', 'd']}",
    "[{'celery@worker': {'ok': 'new rate limit set successfully'}}] {'celery@worker': ['tasks.add [max_retries=3]']}",
    "[{'celery@worker': {'ok': 'time limits set successfully'}}] [{'celery@worker': {'ok': 'add consumer extra'}}]",
    `True {'error': 'AttributeError("\\'TaskPool\\' object has no attribute \\'grow\\'")'} 0`,
  ]);
  expect(run.lines('worker').join('\n')).toContain(
    'New time limits for tasks of type tasks.add: soft=1.0 hard=2',
  );
}, 120_000);
