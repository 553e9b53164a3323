import { expect, test } from 'vitest';
import { encodeFrame, FrameError, FrameReader, labelOf, type Frame } from './wire.ts';

const TASK: Frame = {
  kind: 'task',
  id: ['127.0.0.1:32769', 7],
  call: 'f(3,){}',
  key: 'f',
  body: Uint8Array.of(1, 2),
};

test('frames come out of a stream however it is cut', () => {
  const bytes = [TASK, { kind: 'status' } as const, TASK].flatMap((it) => [...encodeFrame(it)]);
  for (const size of [1, 5, 50, 1000]) {
    const reader = new FrameReader();
    const frames: Frame[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      frames.push(...reader.push(Uint8Array.from(bytes.slice(at, at + size))));
    }
    expect(frames).toEqual([TASK, { kind: 'status', body: new Uint8Array(0) }, TASK]);
  }
});

test.each([
  ['too long a frame', [255, 255, 255, 255, 0, 0, 0, 0]],
  ['a head beyond the frame', [0, 0, 0, 8, 0, 0, 0, 99, 1, 1, 1, 1]],
  ['no JSON', [0, 0, 0, 5, 0, 0, 0, 1, 1]],
  ['no kind', [...encodeFrame({ kind: 'nope' } as never)]],
  ['a task of nobody', [...encodeFrame({ kind: 'task', call: 'f' })]],
])('refuses %s', (_, bytes) => {
  expect(() => new FrameReader().push(Uint8Array.from(bytes))).toThrow(FrameError);
});

test('NET5 messages have a kind and a preview', () => {
  expect(labelOf(TASK)).toEqual({ proto: 'scoop', msg: 'task', preview: '7 f(3,){}' });
  const ids = [1, 2, 3, 4].map((number) => ['w', number] as const);
  expect(labelOf({ kind: 'ask', ids }).preview).toBe('4 futures');
});
