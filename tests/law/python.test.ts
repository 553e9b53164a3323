// Python nodes on the command line: each program of tests/fixtures/python prints what CPython prints
// where no address, time or chance is in it. Which digests agree is in law.test.ts and engines.law.ts.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { INTERPRETERS_MAX } from '#lib/runtime/commands.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { readFolder } from '../../bin/experiment.ts';
import { runFiles, type Outcome } from '../support/run-files.ts';

const PROGRAMS = fileURLToPath(new URL('../fixtures/python/', import.meta.url));

describe('a program in a Python node', () => {
  let outcome: Outcome;

  beforeAll(async () => {
    const cluster = {
      nodes: {
        threads: { run: 'python threads.py' },
        errors: { run: 'python3 errors.py a b' },
        ticker: { run: 'python ticker.py' },
        leave: { run: 'python leave.py' },
        processes: { run: 'python processes.py' },
        installed: { run: 'python installed.py' },
        layouts: { run: 'python programs/78-c-layouts.py' },
        // A machine a thousand times slower reaches the limit of virtual time as much sooner.
        endless: { run: 'python endless.py', machine: 'slow' },
      },
      machines: { slow: { speed: 0.001 } },
    };
    outcome = await runFiles(cluster, await readFolder(PROGRAMS));
  }, 120_000);

  test('KT4 threads, queues, locks and pools wait in virtual time, in the order of asking', () => {
    expect(outcome.lines('threads')).toEqual([
      '0.0 put 0',
      '0.0 got 0',
      '0.5 put 1',
      '1.0 put 2',
      '1.0 got 1',
      '1.5 put 3',
      '2.0 got 2',
      '2.0 put 4',
      '3.0 got 3',
      '4.0 got 4',
      'joined 5.0 1',
      'acquire False False',
      'count 3 15.55',
      'empty 18.55',
      'pool [3, 2, 4, 1, 0]',
      'Exception in thread Thread-4 (boom):',
      'Traceback (most recent call last):',
      '  File "threads.py", line 67, in boom',
      '    raise ValueError("in a thread")',
      'ValueError: in a thread',
      'end',
    ]);
    expect(outcome.exitCode('threads')).toBe(0);
  });

  test('NODE8 errors are those of CPython on Linux, with the learner’s frames only', () => {
    expect(outcome.lines('errors')).toEqual([
      "__main__ errors.py ['errors.py', 'a', 'b'] shop",
      'gaierror [Errno -2] Name or service not known',
      'ConnectionRefusedError [Errno 111] Connection refused',
      'TimeoutError timed out 1.5',
      ...[
        ['sys.settrace', 'Print what'],
        ['sys.setprofile', 'Compare time.perf_counter()'],
        ['sys.monitoring.set_events', 'Print what'],
        ['breakpoint()', 'Print what'],
        ['sys.monitoring.get_tool', 'Print what'],
        ['cProfile', 'Compare time.perf_counter()'],
        ['sys.settrace', 'Print what'],
        ['tracemalloc', 'Measure one object'],
      ].map(([name = '', remedy]) =>
        expect.stringMatching(
          `^${name.replace(/[.()]/g, '\\$&')} is not available on a simulated node: .*\\. ${remedy}`,
        ),
      ),
      'True True',
      'False False',
      'maximum recursion depth exceeded',
      'SyntaxError broken.py 1',
      'Traceback (most recent call last):',
      '  File "errors.py", line 61, in <module>',
      '    shop.price("ghost")',
      '    ~~~~~~~~~~^^^^^^^^^',
      '  File "shop.py", line 5, in price',
      '    return PRICES[name]',
      '           ~~~~~~^^^^^^',
      "KeyError: 'ghost'",
      '',
      'The above exception was the direct cause of the following exception:',
      '',
      'Traceback (most recent call last):',
      '  File "errors.py", line 63, in <module>',
      '    raise RuntimeError("lookup failed") from error',
      'RuntimeError: lookup failed',
      'no newline',
    ]);
    expect(outcome.exitCode('errors')).toBe(1);
  });

  test('KT5 a thread that computes is cut every 5 ms, so that others go on', () => {
    const lines = outcome.lines('ticker');
    expect(lines).toHaveLength(5);
    const times = lines.map((line) => Number(line.split(' ').at(-1)));
    for (let tick = 1; tick <= 4; tick++) {
      const late = times[tick - 1]! - (times[tick - 2] ?? 0) - 0.01;
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(0.006);
    }
    expect(lines[4]).toMatch(/^1999999000000 0\.09/);
  });

  test('NODE7 an endless loop is stopped after 10 virtual seconds, with its line', () => {
    const lines = outcome.lines('endless');
    expect(lines[0]).toBe('before');
    expect(lines[1]).toMatch(
      /^computed 10 s without waiting \(endless\.py:[34]\) and was stopped$/,
    );
    expect(outcome.exitCode('endless')).toBe(1);
  });

  test('packages in site-packages are installed: after the program and the library', () => {
    const site = '/lib/python3.14/site-packages';
    expect(outcome.lines('installed')).toEqual([
      `3 ${site}/kiosk/__init__.py 1.2`,
      `['prices'] ${site}`,
      '[1] shop.py',
      'linux Linux installed True',
      '[Errno 38] a simulated node runs one program: start others as nodes of cluster.json',
      'Traceback (most recent call last):',
      '  File "installed.py", line 20, in <module>',
      '    print(kiosk.price("soup"))',
      '          ~~~~~~~~~~~^^^^^^^^',
      `  File "${site}/kiosk/prices.py", line 7, in price`,
      '    return {row[0]: int(row[1]) for row in csv.reader(table)}[name]',
      '           ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~^^^^^^',
      "KeyError: 'soup'",
    ]);
    expect(outcome.exitCode('installed')).toBe(1);
  });

  test('NODE1 what would start another process or call C says why not, and where work can go', () => {
    const threads = expect.stringMatching(
      /: use threads .*, or give .* a node of its own in cluster/,
    );
    const nodes = expect.stringMatching(/: start others as nodes of cluster\.json$/);
    const noCode = 'a simulated node has no libraries in machine code';
    const lines = outcome.lines('processes').map((line) => line.split(' OSError [Errno 38] '));
    expect(lines).toEqual([
      ...['fork', 'Process', 'Pool', 'Queue', 'Lock', 'Manager', 'SharedMemory', 'futures'].map(
        (name) => [name, threads],
      ),
      ...['system', 'popen', 'execv', 'spawnv', 'posix_spawn'].map((name) => [name, nodes]),
      ['CDLL OSError libc.so.6: cannot open shared object file: ' + noCode],
      ['find_library works: None'],
      ["pythonapi AttributeError function 'Py_GetVersion' not found: " + noCode],
      ['callback', 'CFunctionType: ' + noCode],
      [
        'addressof',
        expect.stringMatching(/^addressof: .* have no address there\. Use from_buffer/),
      ],
    ]);
  });

  test('NODE8 data types of C lie where CPython on Linux puts them', async () => {
    const recorded = await readFile(path.join(PROGRAMS, 'programs/78-c-layouts.out'), 'utf8');
    const lines = recorded.trimEnd().split('\n');
    expect(lines.pop()).toBe('--- exit 0');
    expect(outcome.lines('layouts')).toEqual(lines);
  });

  test('NODE8 sys.exit gives its exit code, when the threads that are no daemons have ended', () => {
    expect(outcome.lines('leave')).toEqual(['bye', 'a thread is gone']);
    expect(outcome.exitCode('leave')).toBe(3);
  });
});

describe('NODE4 a server that is killed', () => {
  const files = {
    'server.py': `
import socket
connection, _ = socket.create_server(("", 7000)).accept()
connection.sendall(b"welcome")
while connection.recv(100):
    pass
`,
    'client.py': `
import socket
import time
connection = socket.create_connection(("server", 7000))
print(connection.recv(100))
connection.sendall(b"question")
try:
    while True:
        print(connection.recv(100))
        connection.sendall(b"late")
        time.sleep(1)
except OSError as error:
    print(type(error).__name__, error)
`,
  };
  const cluster = {
    network: { latencyMs: 10 },
    nodes: { server: { run: 'python server.py' }, client: { run: 'python client.py' } },
  };
  const brokenPipe = 'BrokenPipeError [Errno 32] Broken pipe';
  const reset = 'ConnectionResetError [Errno 104] Connection reset by peer';

  test.each([
    [
      'when it has read everything: the end of the stream, then nobody to write to',
      [{ atMs: 80, kill: 'server' }],
      ["b'welcome'", "b''", "b''", brokenPipe],
    ],
    [
      'with unread data: a reset',
      [
        { atMs: 25, pause: 'server' },
        { atMs: 80, kill: 'server' },
      ],
      ["b'welcome'", reset],
    ],
  ])('%s', { timeout: 60_000 }, async (_name, faults, expected) => {
    const { lines, exitCode } = await runFiles(cluster, files, faults);
    expect(lines('client')).toEqual(expected);
    expect(exitCode('client')).toBe(0);
  });
});

test('KT8 what threads and tasks wait for at the end', { timeout: 60_000 }, async () => {
  const files = {
    'a.py': 'import queue\nimport socket\n\nsocket.create_server(("", 1))\nqueue.Queue().get()\n',
    'b.py': `
import asyncio

async def child(lock):
    async with lock:
        await asyncio.sleep(1)
        await lock.acquire()

async def main():
    async with asyncio.TaskGroup() as group:
        group.create_task(child(asyncio.Lock()))

asyncio.run(main())
`,
  };
  const nodes = { a: { run: 'python a.py' }, b: { run: 'python b.py' } };
  const { report } = await runFiles({ nodes }, files);
  expect(report.end.reason).toBe('quiescent');
  expect(report.end.waiting).toEqual([
    { node: 'a', what: 'Queue.get()', line: 'a.py:5' },
    { node: 'b', what: 'Lock.acquire()', line: 'b.py:7' },
  ]);
});

test('a Python command is checked before anything runs', async () => {
  const commands = ['', ' b.py', ' -i x.py', ' -m x.py', ' -m', ' -c', ' -uB x.py', ' -m x'];
  const nodes = commands.map((words, index) => [`n${index}`, { run: `python${words}` }]);
  const cluster = JSON.stringify({ nodes: Object.fromEntries(nodes) });
  const found = await prepare({ 'cluster.json': cluster, 'x.py': '' }).catch((error: Error) =>
    error.message.split('\n'),
  );
  expect(found).toEqual([
    expect.stringContaining('nodes.n0.run: a script is missing: write python server.py'),
    expect.stringContaining('nodes.n1.run: no such file: b.py (Python files: x.py)'),
    expect.stringContaining('nodes.n2.run: python option is not part of this build: -i'),
    expect.stringContaining('nodes.n3.run: no name of a module: x.py (write python -m x)'),
    expect.stringContaining('nodes.n4.run: a module is missing'),
    expect.stringContaining('nodes.n5.run: a program is missing'),
  ]);
});

test('more Python nodes than a page can hold are refused, with what to do', async () => {
  const nodes = Array.from({ length: 9 }, (_, index) => [`n${index}`, { run: 'python a.py' }]);
  const files = {
    'cluster.json': JSON.stringify({ nodes: Object.fromEntries(nodes) }),
    'a.py': '',
  };
  await expect(prepare(files)).rejects.toThrow(
    /^cluster\.json: nodes: 9 of them run Python, and 8 is the most here, .*Remove some, /,
  );
  expect((await prepare(files, INTERPRETERS_MAX.commandLine)).interpreterCount).toBe(9);
});

test('pool processes of Celery workers in Python count as interpreters', async () => {
  const filesWith = (size: number): Record<string, string> => ({
    'cluster.json': JSON.stringify({
      nodes: {
        worker: { run: `celery -A tasks worker -c ${size}` },
        client: { run: 'python client.py' },
      },
    }),
    'tasks.py': '',
    'client.py': '',
  });
  expect((await prepare(filesWith(6))).interpreterCount).toBe(8);
  await expect(prepare(filesWith(7))).rejects.toThrow(
    /pool processes of Celery workers make 9 interpreters, and 8 is the most here\. Give each /,
  );
});

test(
  'NODE3 a hostile Python program finds no door and harms nobody',
  { timeout: 60_000 },
  async () => {
    const cluster = {
      nodes: {
        evil: { run: 'python evil.py' },
        greedy: { run: 'python greedy.py' },
        good: { run: 'python good.py' },
      },
    };
    const folder = fileURLToPath(new URL('../fixtures/hostile-python/', import.meta.url));
    const { report, lines, exitCode } = await runFiles(cluster, await readFolder(folder));
    expect(lines('evil').length).toBeGreaterThan(15);
    expect(lines('evil').filter((line) => !line.includes(': refused, '))).toEqual([]);
    expect(lines('greedy')).toEqual([
      'Traceback (most recent call last):',
      '  File "greedy.py", line 3, in <module>',
      '    held.append(bytes(1_000_000))',
      '                ~~~~~^^^^^^^^^^^',
      'MemoryError',
    ]);
    expect(exitCode('greedy')).toBe(1);
    expect(lines('good')).toEqual(['0.0', '1.0', '2.0']);
    expect(report.end.reason).toBe('quiescent');
  },
);
