import { expect, test } from 'vitest';
import { placeIn, tracebacksIn } from './tracebacks.ts';

const lines = (text: string): string[] => text.trim().split('\n');

test('a Python traceback is told by its last own line', () => {
  const found = tracebacksIn(
    lines(`
Traceback (most recent call last):
  File "client.py", line 7, in <module>
    main()
    ~~~~^^
  File "lib/shop.py", line 3, in main
    1 / 0
    ~~^~~
ZeroDivisionError: division by zero`),
  );
  expect(found).toEqual([
    { text: 'ZeroDivisionError: division by zero', place: { file: 'lib/shop.py', line: 3 } },
  ]);
});

test('of errors that follow from one another the last counts', () => {
  const found = tracebacksIn(
    lines(`
Traceback (most recent call last):
  File "a.py", line 2, in <module>
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "a.py", line 4, in <module>
shop.Closed
Exception in thread Thread-1 (serve):
Traceback (most recent call last):
  File "b.py", line 9, in serve
OSError: [Errno 98] Address in use`),
  );
  expect(found.map(({ text, place }) => `${place.file}:${place.line} ${text}`)).toEqual([
    'a.py:4 shop.Closed',
    'b.py:9 OSError: [Errno 98] Address in use',
  ]);
});

test('a syntax error has its place', () => {
  const found = tracebacksIn(
    lines(`
  File "client.py", line 1
    print((
         ^
SyntaxError: '(' was never closed`),
  );
  expect(found[0]?.place).toEqual({ file: 'client.py', line: 1 });
});

test('a TypeScript error of several lines is told by the one that names it', () => {
  const found = tracebacksIn(
    lines(`
TypeError: an earlier one
    at main (client.ts:1)
working
NotImplementedError: No result backend is configured.
Please see the documentation for more information.
    at <module> (client.ts:4)
Closed for today
    at <module> (client.ts:9)`),
  );
  expect(found.map(({ text, place }) => `${place.line} ${text}`)).toEqual([
    '1 TypeError: an earlier one',
    '4 NotImplementedError: No result backend is configured.',
    '9 Closed for today',
  ]);
});

test('a TypeScript error is told by its first own line', () => {
  const found = tracebacksIn(
    lines(`
Error: no more
    at work (tasks.ts:2:7)
    at client.ts:9:1`),
  );
  expect(found).toEqual([{ text: 'Error: no more', place: { file: 'tasks.ts', line: 2 } }]);
});

test('what only looks like one is none', () => {
  expect(tracebacksIn(['Traceback: none', 'ValueError: bad'])).toEqual([]);
  expect(placeIn('File "<stdin>", line 2')).toBeNull();
  expect(placeIn('served 7 of client.ts')).toBeNull();
});
