// The command line against what Celery 5.2.6 printed beside Redis (SEMANTICS 1.13): status, inspect,
// control, call, result, purge and their mistakes.

import { describe, expect, test } from 'vitest';
import { experiment, type Experiment } from './harness.ts';
import { AMQP, REDIS, tasksFile } from './programs.ts';

interface Told {
  lines: string[];
  code: number | null;
}

/** Runs commands one after the other beside a worker; what each printed, and its exit code. */
async function commands(
  words: readonly string[],
  { broker = REDIS, server = 'redis-server', stdin = [] as string[] } = {},
): Promise<{ told: Told[]; run: Experiment }> {
  const nodes = words.map((word, index): [string, object] => [
    `c${index}`,
    { run: `celery -A tasks ${word}`, startMs: 2500 + 2500 * index, stdin },
  ]);
  const run = await experiment({
    files: { 'tasks.ts': tasksFile({ broker }) },
    nodes: {
      broker: server,
      results: 'redis-server',
      w1: 'celery -A tasks worker -l info -n w1@%h -c 2 -Q celery',
      ...(Object.fromEntries(nodes) as Record<string, { run: string }>),
    },
    untilMs: 5000 + 2500 * words.length,
  });
  const told = words.map((_, index) => ({
    lines: run.lines(`c${index}`),
    code: run.reports.find(({ name }) => name === `c${index}`)!.exitCode,
  }));
  return { told, run };
}

const ONLINE = ['', '1 node online.'];
const ok = (...lines: string[]): Told => ({ lines: ['->  w1@w1: OK', ...lines], code: 0 });
const nok = (text: string): Told => ({ lines: ['->  w1@w1: ERROR', `        ${text}`], code: 0 });

describe('inspect', () => {
  test('lists, tables and texts as the real one shows them', async () => {
    const { told } = await commands([
      'status --json',
      'inspect ping -j',
      'inspect registered max_retries',
      'inspect revoked',
      'inspect query_task abc',
      '-C inspect clock',
      '-q inspect ping',
      '-q status',
    ]);
    const items = 'add badResult boom ignored sleep sleepLate sleepLateRej'.split(' ');
    expect(told).toEqual([
      { lines: ['{"w1@w1": {"ok": "pong"}}', ...ONLINE], code: 0 },
      { lines: ['{"w1@w1": {"ok": "pong"}}'], code: 0 },
      ok(...items.map((name) => `    * tasks.${name} [max_retries=3]`), ...ONLINE),
      ok('    - empty -', ...ONLINE),
      ok('    {}', '    ', ...ONLINE),
      ok('    {', expect.stringMatching(/^ {8}"clock": \d+$/) as string, '    }', ...ONLINE),
      { lines: [' w1@w1: OK', '        pong'], code: 0 },
      { lines: [' w1@w1: OK', ...ONLINE], code: 0 },
    ]);
  });

  test('conf and report tell of versions and settings', async () => {
    const { told } = await commands(['inspect conf', 'inspect report']);
    expect(told).toEqual([
      ok(
        '    {',
        '        "broker_url": "redis://broker:6379/1",',
        '        "deprecated_settings": null,',
        '        "include": [',
        '            "tasks",',
        '            "celery.app.builtins"',
        '        ],',
        '        "result_backend": "redis://results:6379/2",',
        '        "task_track_started": true',
        '    }',
        '    ',
        ...ONLINE,
      ),
      ok(
        '        ',
        expect.stringMatching(
          /^ {8}software -> celery:5.2.6 \(dawn-chorus\) kombu:5.2.4/,
        ) as string,
        '                    billiard:4.1.0 redis:4.3.4',
        '        platform -> system:Linux arch:64bit, ELF',
        expect.stringContaining('imp:CPython') as string,
        '        loader   -> celery.loaders.app.AppLoader',
        '        settings -> transport:redis results:redis://results:6379/2',
        '        ',
        "        broker_url: 'redis://broker:6379/1'",
        "        result_backend: 'redis://results:6379/2'",
        '        deprecated_settings: None',
        '        task_track_started: True',
        '        include: ',
        "            ('tasks', 'celery.app.builtins')",
        '        ',
        ...ONLINE,
      ),
    ]);
  });
});

test('control: replies below their worker, no count', async () => {
  const { told, run } = await commands([
    'control rate_limit tasks.add 5/m',
    'control rate_limit tasks.add',
    'control time_limit tasks.add 3 5',
    'control time_limit tasks.add x',
    'control terminate KILL abc',
    'control pool_grow',
    'control autoscale 4 2',
    'control heartbeat',
    'control add_consumer extra',
    'control rate_limit tasks.add 5/m -j',
    'control pool_grow 1 -d nobody@x',
    'control shutdown',
  ]);
  const none = { lines: ['Error: No nodes replied within time constraint'], code: 69 };
  expect(told).toEqual([
    ok('        new rate limit set successfully'),
    nok(`TypeError("rate_limit() missing 1 required positional argument: 'rate_limit'")`),
    ok('        time limits set successfully'),
    {
      lines: [
        'Traceback (most recent call last):',
        "ValueError: could not convert string to float: 'x'",
      ],
      code: 1,
    },
    ok('        terminate: tasks unknown'),
    ok('        pool will grow'),
    nok("ValueError('Autoscale not enabled')"),
    ok('    None'),
    ok('        add consumer extra'),
    { lines: ['[{"w1@w1": {"ok": "new rate limit set successfully"}}]'], code: 0 },
    none,
    none,
  ]);
  expect(run.lines('w1').join('\n')).toContain(
    'New time limits for tasks of type tasks.add: soft=3.0 hard=5.0',
  );
});

describe('call, result and purge', () => {
  test('call sends by name alone and prints the id', async () => {
    const { told, run } = await commands([
      'call tasks.add --args=[1,2] --queue celery',
      `call tasks.add -a [1] -k '{"y":3}' --countdown 1`,
      'call tasks.add -a [1,1] --eta 2026-12-01',
    ]);
    for (const { lines } of told) expect(lines).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(run.lines('w1').join('\n')).toMatch(/succeeded in [\d.]+s: 3\n(.*\n)*.*: 4\n/);
  });

  test('result waits for a value, or fails with what the task raised', async () => {
    const files = {
      'tasks.ts': tasksFile(),
      'client.ts': `import { boom, sleep } from './tasks.ts';
await sleep.applyAsync([0, 'an é'], { taskId: 'good' });
await boom.applyAsync([7], { taskId: 'bad' });`,
    };
    const run = await experiment({
      files,
      nodes: {
        broker: 'redis-server',
        results: 'redis-server',
        w1: 'celery -A tasks worker -c 1',
        client: { run: 'client.ts', startMs: 2000 },
        good: 'celery -A tasks result good',
        bad: { run: 'celery -A tasks result bad', startMs: 3000 },
        trace: { run: 'celery -A tasks result bad --traceback', startMs: 3000 },
        unknown: 'celery -A tasks result good -t tasks.nope',
      },
    });
    expect(run.lines('good')).toEqual(['an é']);
    expect(run.lines('bad')).toEqual(['Traceback (most recent call last):', 'Error: boom 7']);
    expect(run.lines('trace')[0]).toBe('Error: boom 7');
    expect(run.of('exit', 'bad')[0]!.code).toBe(1);
    expect(run.lines('unknown').at(-1)).toBe("celery.exceptions.NotRegistered: 'tasks.nope'");
  });

  test.each([
    { broker: REDIS, server: 'redis-server' },
    { broker: AMQP, server: 'rabbitmq-server' },
  ])('purge on $server: counts, asks before, and takes no for an answer', async (given) => {
    const calls = ['call nope.x --queue other', 'call nope.x --queue other'];
    const asked = [
      'WARNING:This will remove all tasks from queue: other.',
      '         There is no undo for this operation!',
      '',
      '(to skip this prompt use the -f option)',
    ];
    const question = 'Are you sure you want to delete all tasks? [y/N]: ';
    const { told } = await commands(
      [
        ...calls,
        'purge -f',
        'purge -f -Q other,celery -X celery',
        'purge -f -Q other,nowhere',
        'purge -f -Q celery -X celery',
      ],
      given,
    );
    expect(told.slice(2)).toEqual([
      { lines: ['No messages purged from 1 queue.'], code: 0 },
      { lines: ['Purged 2 messages from 1 known task queue.'], code: 0 },
      { lines: ['No messages purged from 2 queues.'], code: 0 },
      { lines: [], code: 0 },
    ]);
    const yes = await commands([...calls, 'purge -Q other'], { ...given, stdin: ['x', 'y'] });
    expect(yes.told[2]).toEqual({
      lines: [
        ...[...asked, `${question}x`, 'Error: invalid input'],
        ...[...asked, `${question}y`, 'Purged 2 messages from 1 known task queue.'],
      ],
      code: 0,
    });
    const no = await commands(['purge -Q other'], { ...given, stdin: ['n'] });
    expect(no.told[0]).toEqual({ lines: [...asked, `${question}n`, 'Aborted!'], code: 1 });
  });
});

describe('what is not understood', () => {
  const tries = (command: string): string => `Try 'celery ${command} --help' for help.`;

  test.each([
    ['control pool_shrink 1 2', 'control', "Error: Command 'pool_shrink' takes arguments: [N=1]"],
    ['call tasks.add 3', 'call', 'Error: Got unexpected extra argument (3)'],
    ['call', 'call', "Error: Missing argument 'NAME'."],
    ['call t --args={}', 'call', "Error: Invalid value for '-a' / '--args': {} was not an array"],
    [
      'call t --args=[1',
      'call',
      "Error: Invalid value for '-a' / '--args': Expecting ',' delimiter: line 1 column 3 (char 2)",
    ],
    ['inspect ping --nope', 'inspect', 'Error: No such option: --nope'],
    [
      'status -t x',
      'status',
      "Error: Invalid value for '-t' / '--timeout': 'x' is not a valid float.",
    ],
  ])('celery %s', async (words, command, problem) => {
    const { told } = await commands([words]);
    expect(told[0]!.code).toBe(2);
    expect(told[0]!.lines.slice(-3)).toEqual([tries(command), '', problem]);
  });

  test('an action that there is not: the list of those that there are', async () => {
    const { told } = await commands(['inspect nope']);
    expect(told[0]!.lines).toEqual([
      'Usage: celery inspect [OPTIONS] {report|conf|query_task|clock|ping|stats|sched',
      '                      uled|reserved|active|revoked|registered|objgraph|memsamp',
      '                      le|memdump|active_queues}',
      tries('inspect'),
      '',
      expect.stringMatching(
        /^Error: Invalid value for '\{report\|.*\|active_queues\}': 'nope' is not one of 'report', .*'active_queues'\.$/,
      ) as string,
    ]);
  });
});

test.each([
  [
    REDIS,
    [
      'IndexError: pop from empty list',
      'ConnectionRefusedError: [Errno 111] Connection refused',
      'redis.exceptions.ConnectionError: Error 111 connecting to broker:6379. Connection refused.',
      'kombu.exceptions.OperationalError: Error 111 connecting to broker:6379. Connection refused.',
    ],
  ],
  [
    AMQP,
    [
      'ConnectionRefusedError: [Errno 111] Connection refused',
      'kombu.exceptions.OperationalError: [Errno 111] Connection refused',
    ],
  ],
])('fault-broker-down: status ends with a traceback after 6 s (%s)', async (broker, errors) => {
  const run = await experiment({
    files: { 'tasks.ts': tasksFile({ broker }), 'idle.ts': 'export {};' },
    nodes: { broker: 'idle.ts', status: 'celery -A tasks status' },
  });
  expect(run.lines('status').filter((line) => /Error: /.test(line))).toEqual(errors);
  expect(run.of('exit', 'status')).toMatchObject([{ code: 1 }]);
  expect(Math.round(run.end.tUs / 1e6)).toBe(6);
});
