// Redis as a client sees it: real bytes over a simulated connection.

import { describe, expect, test } from 'vitest';
import type { Connection } from '#lib/node/connection.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import {
  runCluster,
  type ClusterRun,
  type Program,
} from '../../../../../../tests/support/cluster.ts';
import { encodeResp, ErrorReply, RespReader, Simple, type Resp } from '../../resp.ts';
import { redisMain } from './server.ts';

const LABEL = { proto: 'node', msg: 'data', preview: '' };

/** A connection that asks and prints. */
class Client {
  readonly #process: NodeProcess;
  readonly #connection: Connection;
  readonly #reader = new RespReader();
  #values: Resp[] = [];

  constructor(process: NodeProcess, connection: Connection) {
    this.#process = process;
    this.#connection = connection;
  }

  static *open(process: NodeProcess): Body<Client> {
    return new Client(process, yield* wait(process.connect('redis', 6379)));
  }

  /** Sends one command, given as words, and prints the reply. */
  *ask(line: string): Body<Resp> {
    this.tell(line);
    return yield* this.next();
  }

  tell(line: string): void {
    this.#connection.send(encodeResp(line.split(' ')), LABEL);
  }

  *next(): Body<Resp> {
    while (this.#values.length === 0) {
      const bytes = yield* wait(this.#connection.receive());
      if (bytes === null) return 'closed';
      this.#values = this.#reader.push(bytes);
    }
    const value = this.#values.shift()!;
    const now = Math.round(this.#process.nowUs() / 1000);
    this.#process.write('stdout', `${now} ${shown(value)}\n`);
    return value;
  }

  close(): void {
    this.#connection.close();
  }
}

function shown(value: Resp): string {
  if (value instanceof Simple || value instanceof ErrorReply) return value.text;
  return JSON.stringify(value);
}

function runWith(programs: Record<string, Program>, startUs = {}): Promise<ClusterRun> {
  return runCluster({
    programs: { redis: redisMain, ...programs },
    network: { latencyUs: 1000 },
    startUs,
  });
}

/** Replies to commands, one after the other. */
async function replies(...lines: string[]): Promise<string[]> {
  const run = await runWith({
    *client(process) {
      const client = yield* Client.open(process);
      for (const line of lines) yield* client.ask(line);
      client.close();
    },
  });
  return run.lines('client').map((line) => line.replace(/^\d+ /, ''));
}

describe('commands', () => {
  test('strings, keys and their end of life', async () => {
    expect(
      await replies(
        ...['PING', 'SET a 1', 'GET a', 'SET a 2 NX', 'SETEX b 10 x', 'TTL b', 'TTL a', 'TTL z'],
        ...[
          'KEYS *',
          'EXPIRE a 0',
          'EXISTS a b',
          'DEL b b',
          'INCR n',
          'INCR n',
          'TYPE n',
          'DBSIZE',
        ],
      ),
    ).toEqual([
      ...['PONG', 'OK', '"1"', 'null', 'OK', '10', '-1', '-2'],
      ...['["a","b"]', '1', '1', '1', '1', '2', '"string"', '1'],
    ]);
  });

  test('lists, hashes and sets; what becomes empty is gone', async () => {
    expect(
      await replies(
        ...['LPUSH l a b', 'RPUSH l c', 'LRANGE l 0 -1', 'LRANGE l -2 9', 'LLEN l', 'RPOP l'],
        ...['LREM l 0 a', 'LPOP l', 'EXISTS l', 'RPOP l'],
        ...['HSET h f 1 g 2', 'HGET h f', 'HGETALL h', 'HLEN h', 'HDEL h f g', 'EXISTS h'],
        ...['SADD s a b a', 'SMEMBERS s', 'SREM s a b', 'EXISTS s'],
      ),
    ).toEqual([
      ...['2', '3', '["b","a","c"]', '["a","c"]', '3', '"c"'],
      ...['1', '"b"', '0', 'null'],
      ...['2', '"1"', '["f","1","g","2"]', '2', '2', '0'],
      ...['2', '["a","b"]', '2', '0'],
    ]);
  });

  test('sorted sets by rank and by score', async () => {
    expect(
      await replies(
        ...['ZADD z 2 b 1 a 2.5 c', 'ZRANGE z 0 -1 WITHSCORES', 'ZSCORE z c'],
        ...['ZREVRANGEBYSCORE z 2 0', 'ZREVRANGEBYSCORE z (2 -inf', 'ZRANGEBYSCORE z -inf +inf'],
        ...['ZREVRANGEBYSCORE z +inf 0 WITHSCORES LIMIT 1 1', 'ZREM z a b c', 'ZCARD z'],
      ),
    ).toEqual([
      ...['3', '["a","1","b","2","c","2.5"]', '"2.5"'],
      ...['["b","a"]', '["a"]', '["a","b","c"]'],
      ...['["b","2"]', '3', '0'],
    ]);
  });

  test('errors in the words of the real one', async () => {
    expect(
      await replies(
        ...['NOPE a b', 'GET', 'SET a b EX 0', 'SET a b FOO', 'LPUSH l x', 'GET l', 'SELECT 16'],
        ...['ZADD z x m', 'EXEC', 'EXPIRE l soon', 'BRPOP l -1'],
      ),
    ).toEqual([
      "ERR unknown command 'NOPE', with args beginning with: 'a' 'b' ",
      "ERR wrong number of arguments for 'get' command",
      "ERR invalid expire time in 'set' command",
      'ERR syntax error',
      '1',
      'WRONGTYPE Operation against a key holding the wrong kind of value',
      'ERR DB index is out of range',
      'ERR value is not a valid float',
      'ERR EXEC without MULTI',
      'ERR value is not an integer or out of range',
      'ERR timeout is negative',
    ]);
  });

  test('databases are apart, transactions are whole or nothing', async () => {
    expect(
      await replies(
        ...['SET a 1', 'SELECT 5', 'GET a', 'MULTI', 'SET a 2', 'GET a', 'LLEN a', 'EXEC'],
        ...['MULTI', 'NOPE', 'EXEC', 'MULTI', 'MULTI', 'DISCARD', 'SELECT 0', 'GET a'],
      ),
    ).toEqual([
      ...['OK', 'OK', 'null', 'OK', 'QUEUED', 'QUEUED', 'QUEUED'],
      '[{"text":"OK"},"2",{"text":"WRONGTYPE Operation against a key holding the wrong kind of value"}]',
      ...['OK', "ERR unknown command 'NOPE', with args beginning with: "],
      'EXECABORT Transaction discarded because of previous errors.',
      ...['OK', 'ERR MULTI calls can not be nested'],
      ...['OK', 'OK', '"1"'],
    ]);
  });

  test('keys end in virtual time', async () => {
    const run = await runWith({
      *client(process) {
        const client = yield* Client.open(process);
        yield* client.ask('SET a 1 PX 1500');
        yield* wait(process.sleepUs(1_400_000));
        yield* client.ask('GET a');
        yield* wait(process.sleepUs(200_000));
        yield* client.ask('GET a');
        client.close();
      },
    });
    expect(run.lines('client').map((line) => line.split(' ')[1])).toEqual(['OK', '"1"', 'null']);
  });
});

describe('waiting', () => {
  const popper = (line: string): Program =>
    function* (process) {
      const client = yield* Client.open(process);
      yield* client.ask(line);
      client.close();
    };

  test('blocking pops are served in the order in which they began', async () => {
    const run = await runWith(
      {
        one: popper('BRPOP q 0'),
        two: popper('BRPOP p q 0'),
        *pusher(process) {
          const client = yield* Client.open(process);
          yield* client.ask('LPUSH q a b');
          client.close();
        },
      },
      { two: 5_000, pusher: 50_000 },
    );
    expect(run.lines('one')).toEqual(['54 ["q","a"]']);
    expect(run.lines('two')).toEqual(['54 ["q","b"]']);
  });

  test('a blocking pop ends with its time, and what stands behind it waits', async () => {
    const run = await runWith({
      *client(process) {
        const client = yield* Client.open(process);
        client.tell('BRPOP q 1');
        client.tell('PING');
        // The timer of a wait is the server's background; this keeps the run alive.
        yield* wait(process.sleepUs(1_500_000));
        yield* client.next();
        yield* client.next();
        client.close();
      },
    });
    expect(run.lines('client').map((line) => line.split(' ')[1])).toEqual(['null', 'PONG']);
  });

  test('who hangs up while it waits takes nothing', async () => {
    const run = await runWith({
      *client(process) {
        const gone = yield* Client.open(process);
        gone.tell('BRPOP q 0');
        gone.close();
        yield* wait(process.sleepUs(10_000));
        const client = yield* Client.open(process);
        yield* client.ask('LPUSH q a');
        yield* client.ask('LLEN q');
        client.close();
      },
    });
    expect(run.lines('client').map((line) => line.split(' ')[1])).toEqual(['1', '1']);
    const depths = run.of('state').filter(({ name }) => name.startsWith('queue/'));
    expect(depths.map(({ name, value }) => [name, value])).toEqual([
      ['queue/q', { ready: 1, unacked: 0 }],
    ]);
  });

  test('publish reaches subscribers, who may do nothing else', async () => {
    const run = await runWith(
      {
        *subscriber(process) {
          const client = yield* Client.open(process);
          yield* client.ask('SUBSCRIBE c d');
          yield* client.next();
          yield* client.ask('GET a');
          yield* client.next();
          client.close();
        },
        *publisher(process) {
          const client = yield* Client.open(process);
          yield* client.ask('PUBLISH c hello');
          yield* client.ask('PUBLISH e hello');
          client.close();
        },
      },
      { publisher: 50_000 },
    );
    expect(run.lines('subscriber').map((line) => line.replace(/^\d+ /, ''))).toEqual([
      '["subscribe","c",1]',
      '["subscribe","d",2]',
      "ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context",
      '["message","c","hello"]',
    ]);
    expect(run.lines('publisher').map((line) => line.split(' ')[1])).toEqual(['1', '0']);
  });
});

describe('the process', () => {
  test('fault-broker-lost: start-up and end as recorded', async () => {
    const run = await runCluster({
      programs: { 'redis-server': redisMain },
      nodes: ['redis'],
      commands: { redis: 'redis-server --port 6390 --save --appendonly no' },
      faults: [{ atMs: 1000, signal: 'redis', name: 'SIGTERM' }],
    });
    const lines = run.lines('redis').map((line) => line.replace(/\d{2}:\d{2}:\d{2}\.\d{3}/, 'T'));
    expect(lines).toEqual([
      '100:C 01 Jan 2026 T # oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo',
      '100:C 01 Jan 2026 T # Redis version=7.0.15, bits=64, commit=00000000, modified=0, pid=100, just started',
      '100:C 01 Jan 2026 T # Configuration loaded',
      '100:M 01 Jan 2026 T * monotonic clock: POSIX clock_gettime',
      '100:M 01 Jan 2026 T * Running mode=standalone, port=6390.',
      '100:M 01 Jan 2026 T # Server initialized',
      '100:M 01 Jan 2026 T * Ready to accept connections',
      '100:signal-handler (1767225601) Received SIGTERM scheduling shutdown...',
      '100:M 01 Jan 2026 T # User requested shutdown...',
      '100:M 01 Jan 2026 T # Redis is now ready to exit, bye bye...',
    ]);
    expect(run.reports[0]).toMatchObject({ isAlive: false, exitCode: 0 });
  });

  test.each([
    ['--prot 6390', 'Bad directive or wrong number of arguments'],
    ['--port many', "argument couldn't be parsed into an integer"],
    ['--appendonly maybe', "argument must be 'yes' or 'no'"],
    ['--appendfsync sometimes', 'argument(s) must be one of the following: everysec, always, no'],
    ['redis.conf', "Fatal error, can't open config file 'redis.conf': No such file or directory"],
  ])('%s ends it with an error', async (words, text) => {
    const run = await runCluster({
      programs: { 'redis-server': redisMain },
      nodes: ['redis'],
      commands: { redis: `redis-server ${words}` },
    });
    expect(run.lines('redis').at(-1)).toBe(text);
    expect(run.reports[0]!.exitCode).toBe(1);
  });
});
