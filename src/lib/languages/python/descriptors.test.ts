import { expect, test } from 'vitest';
import { Descriptors, POLL, type Descriptor } from './descriptors.ts';

function setUp() {
  const woken: number[] = [];
  const released: string[] = [];
  const files = new Descriptors((stack) => woken.push(stack));
  const file = (name: string, mask = 0): Descriptor => ({
    ready: () => mask,
    release: () => released.push(name),
    waiters: [],
  });
  return { woken, released, files, file };
}

test('a number is the lowest that is free, and says what its file is ready for', () => {
  const { files, file } = setUp();
  expect([files.open(file('a')), files.open(file('b', POLL.in)), files.open(file('c'))]).toEqual([
    3, 4, 5,
  ]);
  expect([files.ready(3), files.ready(4)]).toEqual([0, POLL.in]);
  files.close(4);
  expect(files.ready(4)).toBe(POLL.nval);
  expect(files.open(file('d'))).toBe(4);
});

test('a stack that watches several files is woken by any, until it stops', () => {
  const { woken, files, file } = setUp();
  const [a, b] = [file('a'), file('b')];
  const stop = files.watch([files.open(a), files.open(b), 99], 7);
  files.changed(b);
  files.changed(a);
  expect(woken).toEqual([7, 7]);
  stop();
  files.changed(b);
  expect(woken).toEqual([7, 7]);
});

test('a file with two numbers is released with the last; who waits for it is woken', () => {
  const { woken, released, files, file } = setUp();
  const a = file('a');
  const [first, second] = [files.open(a), files.open(a)];
  files.watch([second], 1);
  files.close(first);
  expect(released).toEqual([]);
  files.close(second);
  files.close(second);
  expect(released).toEqual(['a']);
  expect(woken).toEqual([1, 1]);
});
