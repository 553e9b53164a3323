import { expect, test } from 'vitest';
import {
  base64Of,
  bodyText,
  markRedelivered,
  readBody,
  readRedisPayload,
  redisPayload,
  textOfBase64,
  type Message,
} from './message.ts';

test.each(['', 'a', 'ab', 'abc', 'abcd', '任务 ü 😀', 'x'.repeat(1000)])(
  'base64 of %j is the usual one',
  (text) => {
    expect(base64Of(text)).toBe(Buffer.from(text).toString('base64'));
    expect(textOfBase64(base64Of(text))).toBe(text);
  },
);

test('a body holds arguments, keywords and what else may follow', () => {
  const text = bodyText({ positionalText: '[3]', keywordsText: '{"y": 5}' });
  expect(text).toBe(
    '[[3], {"y": 5}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}]',
  );
  expect(readBody(text)).toEqual({ positionalText: '[3]', keywordsText: '{"y": 5}' });
});

test('a message survives its list in Redis, and shows when it came back', () => {
  const message: Message = {
    body: '[[4.0], {}, {}]',
    headers: { task: 'tasks.add', id: 'x' },
    properties: { correlationId: 'x', replyTo: '', deliveryMode: 2, priority: 0 },
  };
  const payload = redisPayload(message, { exchange: '', routingKey: 'celery' }, 'tag-1');
  expect(readRedisPayload(payload)).toEqual({
    ...message,
    deliveryTag: 'tag-1',
    exchange: '',
    routingKey: 'celery',
  });
  const again = markRedelivered(payload);
  expect(readRedisPayload(again).headers).toEqual({ ...message.headers, redelivered: true });
  expect(readRedisPayload(again).body).toBe(message.body);
  expect(markRedelivered(again)).toBe(again);
});
