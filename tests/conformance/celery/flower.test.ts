// `celery flower` over HTTP: its field names (Flower's own documentation of its interface, SEMANTICS
// 1.14), fed by the events of workers on both brokers.

import { describe, expect, test } from 'vitest';
import { experiment } from './harness.ts';
import { AMQP, REDIS } from './programs.ts';

const tasks = (broker: string): string => `import { Celery } from 'celery';
export const app = new Celery('tasks', { broker: '${broker}', backend: 'redis://redis/2' });
export const add = app.task(function add(x: number, y: number) { return x + y; });
export const boom = app.task(function boom() { throw new Error('boom'); });
`;
const CLIENT = `import { connect, sleep } from 'node';
import { add, boom } from './tasks.ts';
async function http(line: string, body = ''): Promise<string> {
  const socket = await connect('flower', 5555);
  await socket.send(line + ' HTTP/1.1\\r\\nHost: flower\\r\\nConnection: close\\r\\nContent-Length: ' + body.length + '\\r\\n\\r\\n' + body);
  let text = '';
  for (let part = await socket.receiveText(); part !== null; part = await socket.receiveText()) text += part;
  const [head, ...rest] = text.split('\\r\\n\\r\\n');
  return head.split(' ')[1] + ' ' + rest.join('');
}
const json = async (path: string) => JSON.parse((await http('GET ' + path)).slice(4));
const four = await add.delay(2, 2);
await four.get();
const failed = await boom.delay();
await sleep(1);
const workers = await json('/api/workers');
console.log(Object.keys(workers).join(), Object.keys(workers['w1@w1']).sort().join(' '));
console.log(JSON.stringify(workers['w1@w1'].registered), workers['w1@w1'].stats.pool['max-concurrency']);
console.log(await http('GET /api/workers?status=1'));
console.log(await http('GET /api/workers?workername=nobody@x'));
const info = await json('/api/task/info/' + four.id);
console.log(Object.keys(info).join(' '));
console.log(info.name, info.args, info.state, info.result, info.worker, info.retries, info.runtime > 0);
const list = await json('/api/tasks?state=FAILURE');
console.log(Object.keys(list).length, list[failed.id].exception, list[failed.id].worker);
console.log(await http('GET /api/task/info/nope'));
console.log(await http('GET /api/task/types'));
console.log(await http('GET /api/queues/length'));
const sent = JSON.parse((await http('POST /api/task/async-apply/tasks.add', '{"args": [5, 6]}')).slice(4));
await sleep(1);
console.log(sent.state, (await json('/api/task/result/' + sent['task-id'])).result);
console.log((await http('POST /api/task/async-apply/tasks.nope')), (await http('GET /nowhere')).slice(0, 3));
`;

describe.each([
  { server: 'redis-server', url: REDIS },
  { server: 'rabbitmq-server', url: AMQP },
])('$server', ({ server, url }) => {
  test('flower answers what it has heard of workers and tasks', async () => {
    const run = await experiment({
      files: { 'tasks.ts': tasks(url), 'client.ts': CLIENT },
      nodes: {
        broker: server,
        redis: 'redis-server',
        w1: { run: 'celery -A tasks worker -n w1@%h -c 2', startMs: 0 },
        flower: { run: 'celery -A tasks flower', startMs: 2000 },
        client: { run: 'client.ts', startMs: 4000 },
      },
    });
    expect(run.lines('client')).toEqual([
      'w1@w1 active active_queues conf registered reserved revoked scheduled stats timestamp',
      '["tasks.add","tasks.boom"] 2',
      '200 {"w1@w1": true}',
      "404 Unknown worker 'nobody@x'",
      'uuid name state received sent started rejected succeeded failed retried revoked args kwargs ' +
        'eta expires retries worker result exception timestamp runtime traceback exchange routing_key ' +
        'clock client root root_id parent parent_id children',
      'tasks.add (2, 2) SUCCESS 4 w1@w1 0 true',
      "1 Error('boom') w1@w1",
      "404 Unknown task 'nope'",
      '200 {"task-types": ["tasks.add", "tasks.boom"]}',
      '200 {"active_queues": [{"name": "celery", "messages": 0}]}',
      'PENDING 11',
      "404 Unknown task 'tasks.nope' 404",
    ]);
    expect(run.lines('flower')[0]).toBe(
      '[I 260101 00:00:02 command:168] Visit me at http://0.0.0.0:5555',
    );
    // It waits for events and requests for ever: no run is held open by that.
    expect(run.end.reason).toBe('quiescent');
    expect(run.end.tUs).toBeLessThan(12_000_000);
  });
});
