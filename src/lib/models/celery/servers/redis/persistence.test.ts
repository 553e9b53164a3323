// What a Redis server keeps on its disk, and what it has lost after a kill and after a power cut.
// Texts and files as a 7.0.15 server wrote them when asked the same.

import { describe, expect, test } from 'vitest';
import type { NodeProcess } from '#lib/node/process.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import type { Fault } from '#lib/protocol/faults.ts';
import { runCluster, type ClusterRun } from '../../../../../../tests/support/cluster.ts';
import { RedisClient } from '../../redis-client.ts';
import { ErrorReply, type Resp, Simple } from '../../resp.ts';
import { redisMain } from './server.ts';

const TAIL = /^\d+:[CM] 01 Jan 2026 \d\d:\d\d:\d\d\.\d{3} /;

function* ask(process: NodeProcess, lines: readonly string[]): Body<void> {
  const client = new RedisClient(process, { host: 'redis', port: 6379, database: 0 });
  for (const line of lines) {
    if (line.startsWith('sleep ')) {
      yield* wait(process.sleepUs(Number(line.slice(6)) * 1000));
      continue;
    }
    const [reply] = yield* client.pipeline([line.split(' ')]);
    process.write('stdout', `${shown(reply!)}\n`);
  }
  client.close();
}

function shown(reply: Resp): string {
  return reply instanceof Simple || reply instanceof ErrorReply
    ? reply.text
    : JSON.stringify(reply);
}

interface Scene {
  options?: string;
  before: readonly string[];
  after?: readonly string[];
  faults?: readonly Fault[];
}

/** Asks, lets the faults strike (at 10 s), and asks again what is left. */
function scene({ options = '', before, after = [], faults = [] }: Scene): Promise<ClusterRun> {
  return runCluster({
    programs: {
      'redis-server': redisMain,
      *before(process) {
        yield* ask(process, before);
      },
      *after(process) {
        yield* ask(process, after);
      },
      *files(process) {
        yield* wait(process.sleepUs(0));
        for (const path of process.disk.list('/work')) {
          const text = new TextDecoder().decode(process.disk.read(path));
          process.write('stdout', `${path.slice(6)}: ${text.replace(/\r\n/g, ' ')}\n`);
        }
      },
    },
    nodes: ['redis', 'before', 'after', 'files'],
    commands: { redis: `redis-server ${options}`.trim() },
    machineOf: { files: 'redis' },
    startUs: { before: 100_000, after: 20_000_000, files: 30_000_000 },
    faults,
  });
}

const KILL: Fault[] = [
  { atMs: 10_000, kill: 'redis' },
  { atMs: 12_000, restart: 'redis' },
];
const POWER_CUT: Fault[] = [
  { atMs: 10_000, powerOff: 'redis' },
  { atMs: 12_000, restart: 'redis' },
];
const STOP: Fault[] = [
  { atMs: 10_000, signal: 'redis', name: 'SIGTERM' },
  { atMs: 12_000, restart: 'redis' },
];
const STOP_AND_CUT: Fault[] = [STOP[0]!, { atMs: 11_000, powerOff: 'redis' }, STOP[1]!];
const WRITE = ['SET k v', 'LPUSH l a', 'LPUSH l b', 'HSET h f 1', 'SADD s m', 'ZADD z 1.5 m'];
const READ = ['GET k', 'LRANGE l 0 -1', 'HGETALL h', 'SMEMBERS s', 'ZRANGE z 0 -1 WITHSCORES'];
const ALL = ['"v"', '["b","a"]', '["f","1"]', '["m"]', '["m","1.5"]'];
const NONE = ['null', '[]', '[]', '[]', '[]'];

describe('what is left', () => {
  const AOF = '--appendonly yes --appendfsync';
  test.each<[string, string, Fault[], string[]]>([
    ['NODE4 a snapshot is written at a clean stop', '', STOP, ALL],
    ['NODE4 no snapshot is written at a kill', '', KILL, NONE],
    ['NODE4 nor at a power cut', '', POWER_CUT, NONE],
    ['NODE4 memory only forgets at a clean stop too', '--save ""', STOP, NONE],
    ['NODE4 append-only keeps what the system has over a kill', `${AOF} no`, KILL, ALL],
    ['NODE4 and loses it at a power cut if nobody syncs', `${AOF} no`, POWER_CUT, NONE],
    ['NODE4 a clean stop syncs', `${AOF} no --save ""`, STOP_AND_CUT, ALL],
    ['NODE4 everysec has synced after a second', `${AOF} everysec`, POWER_CUT, ALL],
    ['NODE4 always has synced at once', `${AOF} always`, POWER_CUT, ALL],
  ])('%s', async (_, options, faults, left) => {
    const words = options.replace('""', '');
    const run = await scene({ options: words, before: WRITE, after: READ, faults });
    expect(run.lines('after')).toEqual(left);
  });

  test.each([
    ['everysec', ['0']],
    ['always', ['5']],
  ])('NODE4 a cut in the second of the writes, with %s', async (policy, left) => {
    const run = await scene({
      options: `--appendonly yes --appendfsync ${policy}`,
      // The first write after a pause is synced at once, by the server's thread.
      before: ['SET first 1', ...Array.from({ length: 5 }, (_, index) => `LPUSH l ${index}`)],
      after: ['LLEN l', 'GET first'],
      faults: [
        { atMs: 900, powerOff: 'redis' },
        { atMs: 2_000, restart: 'redis' },
      ],
    });
    expect(run.lines('before')).toHaveLength(6);
    expect(run.lines('after')).toEqual([...left, '"1"']);
  });

  test('NODE4 a snapshot by rule, and what came after it', async () => {
    const run = await scene({
      options: '--save 2 3',
      before: ['SET a 1', 'SET b 1', 'sleep 4000', 'SET c 1', 'sleep 200', 'SET d 1'],
      after: ['KEYS *'],
      faults: POWER_CUT,
    });
    expect(run.lines('after')).toEqual(['["a","b","c"]']);
    expect(run.lines('redis').join('\n')).toContain('* 3 changes in 2 seconds. Saving...\n');
  });

  test('a key ends at its time of day, over a restart', async () => {
    const run = await scene({
      options: '--appendonly yes',
      before: ['SETEX short 15 x', 'SET long x PX 60000', 'SET soon x', 'EXPIRE soon 15'],
      after: ['KEYS *', 'TTL long'],
      faults: KILL,
    });
    expect(run.lines('after')).toEqual(['["long"]', '40']);
  });
});

describe('files', () => {
  test('the append-only file holds what changed, times of day in place of delays', async () => {
    const run = await scene({
      options: '--appendonly yes',
      before: [
        ...['SET k v EX 100', 'lpush l 1', 'SELECT 1', 'SET x y', 'SELECT 0', 'DEL nosuch'],
        ...['MULTI', 'SET a 1', 'SET b 2', 'EXEC', 'RPOP l', 'BRPOP l 0.1', 'GET k'],
      ],
    });
    const [base, incr, manifest] = run.lines('files');
    expect(base).toBe('appendonlydir/appendonly.aof.1.base.aof: ');
    const words = incr!.split(' ').filter((word) => !/^[*$]\d+$/.test(word));
    const text = words.join(' ').replace(/1767225\d{6}/, 'MS');
    expect(text).toBe(
      'appendonlydir/appendonly.aof.1.incr.aof: SELECT 0 SET k v PXAT MS lpush l 1 SELECT 1 SET x y ' +
        'SELECT 0 MULTI SET a 1 SET b 2 EXEC RPOP l ',
    );
    expect([manifest, run.lines('files')[3]]).toEqual([
      'appendonlydir/appendonly.aof.manifest: file appendonly.aof.1.base.aof seq 1 type b',
      'file appendonly.aof.1.incr.aof seq 1 type i',
    ]);
  });

  test('a rewrite begins anew with what there is', async () => {
    const run = await scene({
      options: '--appendonly yes',
      before: ['SET k 1', 'SET k 2', 'BGREWRITEAOF', 'SET k 3'],
      after: ['GET k'],
      faults: POWER_CUT,
    });
    expect(run.lines('after')).toEqual(['"3"']);
    expect(run.lines('files').map((line) => line.split(':')[0])).toEqual([
      'appendonlydir/appendonly.aof.2.base.aof',
      'appendonlydir/appendonly.aof.2.incr.aof',
      'appendonlydir/appendonly.aof.manifest',
      'file appendonly.aof.2.incr.aof seq 2 type i',
      '',
    ]);
  });

  test('the log tells what was loaded and saved', async () => {
    const run = await scene({
      before: ['SET k v', 'BGSAVE', 'sleep 100', 'LASTSAVE'],
      faults: STOP,
    });
    const lines = run.lines('redis').map((line) => line.replace(TAIL, ''));
    const first = lines.indexOf('* Ready to accept connections');
    expect(lines.slice(first + 1, -11)).toEqual([
      '* Background saving started by pid 101',
      '* DB saved on disk',
      '* Background saving terminated with success',
      '100:signal-handler (1767225610) Received SIGTERM scheduling shutdown...',
      '# User requested shutdown...',
      '* Saving the final RDB snapshot before exiting.',
      '* DB saved on disk',
      '# Redis is now ready to exit, bye bye...',
    ]);
    expect(lines.slice(-5)).toEqual([
      '* Loading RDB produced by version 7.0.15',
      '* RDB age 2 seconds',
      '* Done loading RDB, keys loaded: 1, keys expired: 0.',
      '* DB loaded from disk: 0.000 seconds',
      '* Ready to accept connections',
    ]);
  });

  test('INFO, CONFIG and SHUTDOWN', async () => {
    const run = await scene({
      before: [
        ...['CONFIG GET save', 'CONFIG SET save x', 'CONFIG SET port 1', 'SET k v'],
        ...['INFO persistence', 'CONFIG SET appendonly yes', 'SET k 2', 'SHUTDOWN NOSAVE'],
      ],
      after: ['GET k'],
      faults: [{ atMs: 12_000, restart: 'redis' }],
    });
    const lines = run.lines('before');
    expect(lines.slice(0, 4)).toEqual([
      '["save","3600 1 300 100 60 10000"]',
      "ERR CONFIG SET failed (possibly related to argument 'save') - Invalid save parameters",
      "ERR Unknown option or number of arguments for CONFIG SET - 'port'",
      'OK',
    ]);
    expect(lines[4]).toContain('rdb_changes_since_last_save:1');
    expect(lines.slice(5, 7)).toEqual(['OK', 'OK']);
    // The setting was not on the command line, so the file that was written is not read again.
    expect(run.lines('after')).toEqual(['null']);
    expect(run.of('file').some(({ path }) => path.endsWith('.incr.aof'))).toBe(true);
  });

  test('a file that is none of its own ends it', async () => {
    const run = await runCluster({
      programs: {
        'redis-server': redisMain,
        *vandal(process) {
          process.disk.write('dump.rdb', new TextEncoder().encode('hello\r\n'));
          yield* wait(process.sleepUs(0));
        },
      },
      nodes: ['vandal', 'redis'],
      commands: { redis: 'redis-server' },
      machineOf: { vandal: 'redis' },
      startUs: { redis: 1_000_000 },
    });
    expect(run.lines('redis').at(-1)).toContain('# Wrong signature trying to load DB from file');
    expect(run.reports.find(({ name }) => name === 'redis')!.exitCode).toBe(1);
  });
});
