import { expect, test } from 'vitest';
import { broadcastKind } from './previews.ts';

test.each([
  ['celery.pidbox', '', '{"method": "ping", "arguments": {}}', 'broadcast'],
  ['celery.pidbox', '', '{"method": "hello", "arguments": {"from_node": "a@b"}}', 'hello'],
  ['reply.celery.pidbox', 'k', '{"a@b": {"ok": "pong"}}', 'reply'],
  ['reply.celery.pidbox', 'k', '{"a@b": {"revoked": {}, "clock": 12}}', 'hello'],
  ['celeryev', 'worker.heartbeat', '{}', 'heartbeat'],
  ['celeryev', 'task.received', '{}', 'event'],
  ['celery', 'celery', '[[], {}, {}]', null],
])('NET5 a message of %s to "%s" that says %s is a %s', (exchange, key, body, kind) => {
  expect(broadcastKind(exchange, key, body)).toBe(kind);
});
