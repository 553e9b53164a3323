import { expect, test } from 'vitest';
import { parseCommand } from './options.ts';
import { UsageError } from './usage.ts';

const parse = (line: string) => parseCommand(line.split(' '));

test('the usual command lines of a worker', () => {
  expect(parse('celery -A tasks worker --loglevel=info')).toMatchObject({
    app: { module: 'tasks', attribute: null },
    options: { level: 'INFO', concurrency: 0, pool: 'prefork', queues: [], hostname: '' },
  });
  expect(
    parse('celery --app proj.tasks:app worker -linfo -n w1@%h -c4 -P solo -Q a,b -O fair'),
  ).toMatchObject({
    app: { module: 'proj.tasks', attribute: 'app' },
    options: { level: 'INFO', hostname: 'w1@%h', concurrency: 4, pool: 'solo', queues: ['a', 'b'] },
  });
  expect(parse('celery worker -A tasks --prefetch-multiplier 1').options).toMatchObject({
    level: 'WARNING',
    prefetchMultiplier: 1,
  });
});

test.each([
  ['celery', 'Missing command.'],
  ['celery -A tasks', 'Missing command.'],
  ['celery -A tasks beet', "No such command 'beet'."],
  ['celery worker', 'Missing application: celery -A tasks worker'],
  ['celery -A tasks worker -l loud', "Invalid value for '-l' / '--loglevel': 'loud' is not one of"],
  ['celery -A tasks worker -P gevent', "Invalid value for '-P' / '--pool'"],
  ['celery -A tasks worker -c', "Option '-c' requires an argument."],
  ['celery -A tasks worker now', 'Got unexpected extra argument (now)'],
  ['celery --verbose', 'No such option: --verbose'],
])('%s is refused', (line, message) => {
  expect(() => parse(line)).toThrow(UsageError);
  expect(() => parse(line)).toThrow(message);
});

test('a refusal shows usage the way click does', () => {
  try {
    parse('celery -A tasks worker --nope');
  } catch (error) {
    expect((error as UsageError).text).toBe(
      "Usage: celery worker [OPTIONS]\nTry 'celery worker --help' for help.\n\nError: No such option: --nope\n",
    );
  }
});
