// SEMANTICS 1.3, raw-message: what lies in Redis, byte for byte where the bytes are Celery's.

import { describe, expect, test } from 'vitest';
import { experiment } from './harness.ts';
import { tasksFile } from './programs.ts';

/** A learner's own little Redis client, to look with. */
const RAW = `import { connect } from 'node';
export async function ask(host: string, ...commands: string[][]) {
  const socket = await connect(host, 6379);
  const encode = (words: string[]) => '*' + words.length + '\\r\\n' + words.map((w) => '$' + w.length + '\\r\\n' + w + '\\r\\n').join('');
  socket.send(commands.map(encode).join(''), 'control');
  const text = (await socket.receiveText()).replaceAll('\\r', '');
  socket.close();
  return text;
}`;

describe('SEMANTICS 1.3 messages on Redis', () => {
  test('raw-message: a task in its list has the recorded shape', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile(),
        'raw.ts': RAW,
        'client.ts': `import { kw } from 'celery';
import { add } from './tasks.ts';
import { ask } from './raw.ts';
await add.delay(3, kw({ y: 5 }));
console.log(await ask('broker', ['SELECT', '1'], ['KEYS', '*'], ['LRANGE', 'celery', '0', '-1'], ['SMEMBERS', '_kombu.binding.celery']));`,
      },
      nodes: { broker: 'redis-server', results: 'redis-server', client: 'client.ts' },
    });
    const lines = run.lines('client');
    expect(lines).toContain('celery');
    expect(lines).toContain('_kombu.binding.celery');
    expect(lines).toContain('celery\x06\x16\x06\x16celery');
    const text = lines.find((line) => line.startsWith('{'))!;
    const message = JSON.parse(text) as Record<string, Record<string, unknown>>;
    expect(Object.keys(message)).toEqual([
      'body',
      'content-encoding',
      'content-type',
      'headers',
      'properties',
    ]);
    // The very text of the recorded body.
    expect(message['body']).toBe(
      'W1szXSwgeyJ5IjogNX0sIHsiY2FsbGJhY2tzIjogbnVsbCwgImVycmJhY2tzIjogbnVsbCwgImNoYWluIjogbnVsbCwgImNob3JkIjogbnVsbH1d',
    );
    const { headers, properties } = message as { headers: object; properties: object };
    const id = (headers as { id: string }).id;
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(headers).toEqual({
      lang: 'js',
      task: 'tasks.add',
      id,
      shadow: null,
      eta: null,
      expires: null,
      group: null,
      group_index: null,
      retries: 0,
      timelimit: [null, null],
      root_id: id,
      parent_id: null,
      argsrepr: '(3,)',
      kwargsrepr: "{'y': 5}",
      origin: expect.stringMatching(/^gen\d+@client$/) as string,
      ignore_result: false,
    });
    expect(properties).toEqual({
      correlation_id: id,
      reply_to: expect.any(String) as string,
      delivery_mode: 2,
      delivery_info: { exchange: '', routing_key: 'celery' },
      priority: 0,
      body_encoding: 'base64',
      delivery_tag: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
  });

  test('raw-message: results, started and failed, with their time to live', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile(),
        'raw.ts': RAW,
        'client.ts': `import { add, boom, sleepLate } from './tasks.ts';
import { sleep as pause } from 'node';
import { ask } from './raw.ts';
const show = async (r) => {
  const key = 'celery-task-meta-' + r.id;
  console.log(await ask('results', ['SELECT', '2'], ['GET', key], ['TTL', key]));
};
const a = await add.delay(3, 5); await a.get(); await show(a);
const b = await boom.delay(3); await b.get({ propagate: false }); await show(b);
const c = await sleepLate.delay(2, 'late'); await pause(1); await show(c);
console.log(await ask('broker', ['SELECT', '1'], ['HLEN', 'unacked'], ['ZRANGE', 'unacked_index', '0', '-1']));
await c.get(); await pause(0.1);
console.log(await ask('broker', ['SELECT', '1'], ['EXISTS', 'unacked'], ['EXISTS', 'unacked_index'], ['EXISTS', 'celery']));`,
      },
      nodes: {
        broker: 'redis-server',
        results: 'redis-server',
        w1: 'celery -A tasks worker -l info -n w1@%h -c 2',
        client: { run: 'client.ts', startMs: 2000 },
      },
    });
    const lines = run.lines('client');
    const [done, failed, started] = lines.filter((line) => line.startsWith('{'));
    expect(done).toMatch(
      /^\{"status": "SUCCESS", "result": 8, "traceback": null, "children": \[\], "date_done": "2026-01-01T00:00:02\.\d{6}", "task_id": "[0-9a-f-]{36}"\}$/,
    );
    expect(failed).toContain(
      '{"status": "FAILURE", "result": {"exc_type": "Error", "exc_message": ["boom 3"], "exc_module": "builtins"}, "traceback": "Error: boom 3\\n',
    );
    expect(started).toMatch(
      /^\{"status": "STARTED", "result": \{"pid": \d+, "hostname": "w1@w1"\}, "traceback": null, "children": \[\], "date_done": null, "task_id": /,
    );
    expect(lines).toContain(':86400');
    const at = lines.indexOf(':1');
    expect(lines[at + 1]).toBe('*1');
    expect(lines.slice(at + 4).filter((line) => line === ':0')).toHaveLength(3);
  });
});

describe('SEMANTICS 1.2 serialisation', () => {
  test('what JSON cannot carry is refused: by delay() as argument, by the worker as result', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile({
          settings: `export const echo = app.task(function echo(x: unknown) { return x; });`,
        }),
        'client.ts': `import { badResult, echo, ignored } from './tasks.ts';
try { await echo.delay(new Set([1])); } catch (error) { console.log(error.name + ': ' + error.message); }
const r = await badResult.delay();
try { await r.get(); } catch (error) { console.log(error.name + ': ' + error.message); }
console.log(await r.state);
const back = async (x) => JSON.stringify(await (await echo.delay(x)).get());
console.log(await back({ a: [1, 2.5, 'ü', null, true] }), await back(undefined), await back(new Map([[1, 2]])));
console.log(typeof (await (await echo.delay(2n ** 64n)).get()));
const i = await ignored.delay();
console.log(await i.get({ timeout: 1 }), await i.state);`,
      },
      nodes: {
        broker: 'redis-server',
        results: 'redis-server',
        w1: 'celery -A tasks worker -l info -c 1',
        client: 'client.ts',
      },
    });
    expect(run.lines('client')).toEqual([
      'EncodeError: Object of type set is not JSON serializable',
      "EncodeError: TypeError('Object of type set is not JSON serializable')",
      'FAILURE',
      '{"a":[1,2.5,"ü",null,true]} null {"1":2}',
      'bigint',
      'null PENDING',
    ]);
  });
});
