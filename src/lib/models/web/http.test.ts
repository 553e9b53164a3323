// The reader of src/lib/node/http.ts, against the bytes that servers send.

import { expect, test } from 'vitest';
import { HttpError, HttpReader } from '#lib/node/http.ts';
import type { Connection } from '#lib/node/connection.ts';

/** What a reader makes of bytes that arrive in these pieces. */
function read(method: string | undefined, ...pieces: string[]): string[] {
  const rest = pieces.map((piece) => new TextEncoder().encode(piece.replaceAll('|', '\r\n')));
  const reader = new HttpReader({ receive: () => rest.shift() ?? null } as unknown as Connection);
  const found: string[] = [];
  for (;;) {
    // What a connection gives is at hand: the generator is driven by itself.
    const body = reader.next(method);
    let step = body.next();
    while (!step.done) step = body.next(step.value);
    if (step.value === null) return found;
    found.push(`${step.value.line}: ${new TextDecoder().decode(step.value.body)}`);
  }
}

test('a body of known length, in any pieces, and the message behind it', () => {
  const text = 'HTTP/1.1 200 OK|Content-Length: 3||abcHTTP/1.1 404 Not Found|content-length:0||';
  const expected = ['HTTP/1.1 200 OK: abc', 'HTTP/1.1 404 Not Found: '];
  expect(read('GET', text)).toEqual(expected);
  expect(read('GET', ...text.replaceAll('|', '\r\n'))).toEqual(expected);
});

test('a body in chunks', () => {
  const head = 'HTTP/1.1 200 OK|Transfer-Encoding: chunked||';
  expect(read('GET', head, '3|abc|A;x=1|0123456789|0|Trailer: x||')).toEqual([
    'HTTP/1.1 200 OK: abc0123456789',
  ]);
});

test('a body up to the end of the connection, and none where there can be none', () => {
  expect(read('GET', 'HTTP/1.0 200 OK||ab', 'cd')).toEqual(['HTTP/1.0 200 OK: abcd']);
  expect(read('HEAD', 'HTTP/1.1 200 OK|Content-Length: 9||')).toEqual(['HTTP/1.1 200 OK: ']);
  expect(read('GET', 'HTTP/1.1 204 No Content||')).toEqual(['HTTP/1.1 204 No Content: ']);
  expect(read(undefined, 'GET / HTTP/1.1|Host: a||')).toEqual(['GET / HTTP/1.1: ']);
});

test.each([
  ['a cut head', 'HTTP/1.1 200'],
  ['a cut body', 'HTTP/1.1 200 OK|Content-Length: 3||ab'],
  ['no length', 'HTTP/1.1 200 OK|Content-Length: -1||'],
  ['a length beyond all bounds', 'HTTP/1.1 200 OK|Content-Length: 999999999||'],
  ['a chunk without size', 'HTTP/1.1 200 OK|Transfer-Encoding: chunked||zz|'],
])('%s is refused', (_, text) => {
  expect(() => read('GET', text)).toThrow(HttpError);
});
