import { expect, test } from 'vitest';
import { encodeFrame, FrameError, FrameReader, labelOfFrame, type Frame } from './amqp.ts';

const PUBLISH: Frame = {
  channel: 1,
  method: 'basic.publish',
  exchange: '',
  routingKey: 'celery',
  properties: { headers: { task: 'tasks.add', argsrepr: '(4, 4)', kwargsrepr: '{}' } },
  body: '[[4, 4], {}, {}]',
};

test('frames survive the wire in any pieces', () => {
  const wire = new Uint8Array([
    ...encodeFrame(PUBLISH),
    ...encodeFrame({ channel: 0, method: 'heartbeat' }),
  ]);
  const reader = new FrameReader();
  const frames: Frame[] = [];
  for (const byte of wire) frames.push(...reader.push(Uint8Array.of(byte)));
  expect(frames).toEqual([PUBLISH, { channel: 0, method: 'heartbeat' }]);
});

test('bytes that are no frame are refused', () => {
  expect(() => new FrameReader().push(Uint8Array.of(255, 0, 0, 0))).toThrow(FrameError);
  expect(() => new FrameReader().push(Uint8Array.of(0, 0, 0, 1, 123))).toThrow('not JSON');
});

test('NET5 each method has its word, and tasks and results a preview', () => {
  expect(labelOfFrame(PUBLISH, false)).toEqual({
    proto: 'amqp',
    msg: 'task',
    preview: 'tasks.add(4, 4)',
  });
  const result: Frame = {
    ...PUBLISH,
    properties: {},
    body: '{"status": "SUCCESS", "result": [8, "x"]}',
  };
  expect(labelOfFrame(result, false)).toMatchObject({ msg: 'result', preview: "[8, 'x']" });
  const ack: Frame = { channel: 1, method: 'basic.ack', deliveryTag: 1, multiple: false };
  expect(labelOfFrame(ack, false).msg).toBe('ack');
  expect(labelOfFrame(ack, true).msg).toBe('confirm');
  const deliver: Frame = {
    ...PUBLISH,
    method: 'basic.deliver',
    consumerTag: 'c',
    deliveryTag: 1,
    redelivered: true,
  };
  expect(labelOfFrame(deliver, true)).toMatchObject({ msg: 'task', mark: 'redelivered' });
});
