// Where tasks go (SEMANTICS 1.11, celery/app/routes.py), and that they come there on both brokers.

import { describe, expect, test } from 'vitest';
import { experiment } from '../../../../tests/conformance/celery/harness.ts';
import { configure, DEFAULTS, type Settings } from './conf.ts';
import { routeOf, type RouteSetting } from './routing.ts';

function settingsOf(changes: Partial<Settings>): Settings {
  const settings = { ...DEFAULTS };
  configure(settings, changes);
  return settings;
}

const SETTINGS = settingsOf({
  taskQueues: [
    { name: 'celery' },
    { name: 'logs', exchange: 'all', exchangeType: 'topic', routingKey: 'log.#' },
  ],
  taskRoutes: { 'tasks.exact': { queue: 'math', priority: 5 }, 'tasks.log_*': 'logs' },
});

describe('routeOf', () => {
  test.each<[string, RouteSetting, [string, string, string]]>([
    ['tasks.add', {}, ['celery', '', 'celery']],
    ['tasks.exact', {}, ['math', '', 'math']],
    ['tasks.exact', { queue: 'other' }, ['other', '', 'other']],
    ['tasks.log_disk', {}, ['logs', 'all', 'log.#']],
    ['tasks.log_disk', { routingKey: 'log.disk' }, ['logs', 'all', 'log.disk']],
    // Celery goes round a direct exchange, key or no key.
    ['tasks.add', { routingKey: 'x' }, ['celery', '', 'celery']],
    ['tasks.add', { exchange: 'all', routingKey: 'log.x' }, ['celery', 'all', 'log.x']],
  ])('%s %j', (task, options, expected) => {
    const { queue, exchange, routingKey } = routeOf(SETTINGS, task, options);
    expect([queue.name, exchange, routingKey]).toEqual(expected);
  });

  test('mistakes are named', () => {
    const set = (changes: object) => () => settingsOf(changes as Partial<Settings>);
    expect(set({ taskRoutes: { a: { que: 'x' } } })).toThrow(
      "unknown taskRoutes['a'] entry: que; known: queue, exchange, routingKey, priority",
    );
    expect(set({ taskQueues: [{ name: 'q', exchangeType: 'ring' }] })).toThrow(
      'invalid taskQueues: exchange type ring of q',
    );
    expect(set({ taskQueues: [{}] })).toThrow('invalid taskQueues: a queue without a name');
  });
});

const BROKERS = ['redis://broker/1', 'amqp://guest@broker//'] as const;

describe.each(BROKERS)('%s', (url) => {
  const tasks = `import { Celery } from 'celery';
export const app = new Celery('tasks', { broker: '${url}' });
app.conf.taskQueues = [
  { name: 'celery', maxPriority: 9 },
  { name: 'errors', exchange: 'logs', exchangeType: 'topic', routingKey: '*.error' },
  { name: 'all', exchange: 'logs', exchangeType: 'topic', routingKey: '#' },
];
app.conf.workerPrefetchMultiplier = 1;
export const log = app.task(function log(text: string) { console.log('did ' + text); }, { acksLate: true });
`;
  const server = url.startsWith('redis') ? 'redis-server' : 'rabbitmq-server';

  test('a topic exchange brings a task to each queue that wants it', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasks,
        'client.ts': `import { log } from './tasks.ts';
await log.applyAsync(['a'], { queue: 'errors', routingKey: 'disk.error' });
await log.applyAsync(['b'], { queue: 'all', routingKey: 'disk.full' });
await log.applyAsync(['c'], { exchange: 'logs', routingKey: 'net.error' });`,
      },
      nodes: {
        broker: server,
        errors: 'celery -A tasks worker -l info -c 1 -Q errors',
        all: 'celery -A tasks worker -l info -c 1 -Q all',
        client: { run: 'client.ts', startMs: 3000 },
      },
    });
    const did = (node: string): string =>
      run
        .lines(node)
        .flatMap((line) => /did (\w)$/.exec(line)?.[1] ?? [])
        .join('');
    expect([did('errors'), did('all')]).toEqual(['ac', 'abc']);
    expect(run.lines('errors').join('\n')).toContain(
      '.> errors           exchange=logs(topic) key=*.error',
    );
  });

  test('urgent tasks come first', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasks,
        'client.ts': `import { log } from './tasks.ts';
for (const [text, priority] of [['a', 0], ['b', 9], ['c', 3]] as const) {
  await log.applyAsync([text], { priority });
}`,
      },
      nodes: {
        broker: server,
        client: { run: 'client.ts', startMs: 100 },
        worker: { run: 'celery -A tasks worker -l info -c 1', startMs: 3000 },
      },
    });
    const did = run.lines('worker').flatMap((line) => /did (\w)$/.exec(line)?.[1] ?? []);
    // kombu's Redis transport polls the list of priority 0 first: higher numbers come later there.
    expect(did.join('')).toBe(url.startsWith('redis') ? 'acb' : 'bca');
  });
});
