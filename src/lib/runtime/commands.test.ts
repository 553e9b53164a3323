import { expect, test } from 'vitest';
import { appPath, interpretersOf, isPython, modelCommand, poolSize } from './commands.ts';

const words = (command: string): string[] => command.split(' ');

test.each([
  ['celery -A tasks worker', 'tasks'],
  ['celery -Atasks worker', 'tasks'],
  ['celery --app=shop.tasks:app worker', 'shop/tasks'],
  ['celery worker --app tasks.py', 'tasks'],
  ['celery-pool-child -A tasks ForkPoolWorker-1 {}', 'tasks'],
  ['celery worker', null],
  ['celery -A', null],
])('the module of %s is %s', (command, path) => {
  expect(appPath(words(command))).toBe(path);
});

test('a pool process runs in the language of the module that its worker names', () => {
  const child = words('celery-pool-child -A tasks ForkPoolWorker-1 {}');
  expect(isPython(child, ['tasks'])).toBe(true);
  expect(isPython(child, ['jobs'])).toBe(false);
  expect(isPython(words('python3 client.py'), [])).toBe(true);
  expect(isPython(words('redis-server -A tasks'), ['tasks'])).toBe(false);
});

test.each([
  ['python client.py', 1],
  ['celery -A tasks worker', 5],
  ['celery -A tasks worker -c 2', 3],
  ['celery -A tasks worker --concurrency=1 -n w1@%h', 2],
  ['celery -A tasks worker -c 3 --concurrency 1', 2],
  ['celery -A tasks worker -c 0', 5],
  ['celery -A tasks worker -c 4 -P solo', 1],
  ['celery -A tasks worker --pool=solo', 1],
  ['celery -A tasks worker -P threads -c 8', 1],
  ['celery -A tasks beat', 1],
])('%s needs %i interpreters', (command, count) => {
  expect(interpretersOf(words(command), 4)).toBe(count);
});

test('python -m scoop is the command scoop, which needs no interpreter of its own', () => {
  const launcher = modelCommand(words('python -u -m scoop -n 4 main.py'));
  expect(launcher.join(' ')).toBe('scoop -n 4 main.py');
  expect(isPython(launcher, [])).toBe(false);
  for (const other of ['python main.py -m scoop', 'python -m scoop.bootstrap.__main__ main.py']) {
    expect(modelCommand(words(other)).join(' ')).toBe(other);
  }
});

test('a node of Disco needs an interpreter for each slot', () => {
  expect(interpretersOf(words('disco-node --slots 2'), 4)).toBe(2);
  expect(interpretersOf(words('disco-node'), 4)).toBe(4);
});

test.each([
  ['scoop -n 4 main.py', 4],
  ['scoop -n 4 main.ts', 0],
  ['scoop main.py -n 7', 2],
  ['scoop -v --host a b b -- main.py', 3],
  ['scoop --host a b -n 6 main.py', 6],
  ['scoop', 0],
])('%s runs %i interpreters', (command, count) => {
  expect(poolSize(words(command), 2)).toBe(count);
});
