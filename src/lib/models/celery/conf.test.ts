import { expect, test } from 'vitest';
import { configure, DEFAULTS } from './conf.ts';
import { displayUrl, parseUrl } from './url.ts';

test('an unknown setting is an error that names the closest one', () => {
  const settings = { ...DEFAULTS };
  expect(() => configure(settings, { taskAckLate: true })).toThrow(
    'unknown setting: taskAckLate; did you mean taskAcksLate?',
  );
  expect(() => configure(settings, { task_acks_late: true })).toThrow('did you mean taskAcksLate?');
  expect(() => configure(settings, { somethingElse: 1 })).toThrow('known: brokerUrl');
  expect(() => configure(settings, { taskAcksLate: 'yes' })).toThrow(
    'invalid taskAcksLate: yes is not a boolean',
  );
  expect(() => configure(settings, { workerPrefetchMultiplier: -1 })).toThrow('invalid');
  expect(() => configure(settings, { brokerTransportOptions: { visibility_timeout: 8 } })).toThrow(
    'did you mean visibilityTimeout?',
  );
  configure(settings, { taskAcksLate: true });
  expect(settings.taskAcksLate).toBe(true);
});

test.each([
  ['amqp://guest@broker//', 'amqp://guest:**@broker:5672//'],
  ['amqp://broker', 'amqp://guest:**@broker:5672//'],
  ['pyamqp://ada:secret@broker:5673/shop', 'amqp://ada:**@broker:5673/shop'],
  ['redis://127.0.0.1/1', 'redis://127.0.0.1:6379/1'],
  ['redis://:secret@redis:6390', 'redis://:**@redis:6390/0'],
  ['rpc://', 'rpc://'],
])('SEMANTICS 1.1 %s shows as %s', (text, shown) => {
  expect(displayUrl(parseUrl(text))).toBe(shown);
});

test.each([
  ['kafka://x', 'No such transport: kafka'],
  ['redis://redis/99', 'Database is int'],
  ['redis://redis/x', 'Database is int'],
  ['nonsense', 'invalid URL: nonsense'],
])('%s is refused', (text, message) => {
  expect(() => parseUrl(text)).toThrow(message);
});
