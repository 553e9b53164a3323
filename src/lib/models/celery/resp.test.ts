import { expect, test } from 'vitest';
import {
  binaryOf,
  encodeResp,
  ErrorReply,
  OK,
  ProtocolError,
  RespReader,
  Simple,
  textOf,
  type Resp,
} from './resp.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array): string => new TextDecoder().decode(value);

test('values are written as RESP2 has them', () => {
  expect(text(encodeResp(['LPUSH', 'celery', 'x']))).toBe(
    '*3\r\n$5\r\nLPUSH\r\n$6\r\ncelery\r\n$1\r\nx\r\n',
  );
  expect(text(encodeResp(OK, 5, null, new ErrorReply('ERR no'), ['', [1]]))).toBe(
    '+OK\r\n:5\r\n$-1\r\n-ERR no\r\n*2\r\n$0\r\n\r\n*1\r\n:1\r\n',
  );
});

test('a value that arrives byte by byte is read once it is whole', () => {
  const reader = new RespReader();
  const wire = bytes('*2\r\n$5\r\nhello\r\n:-7\r\n+PONG\r\n');
  const values: Resp[] = [];
  for (const byte of wire) values.push(...reader.push(Uint8Array.of(byte)));
  expect(values).toEqual([['hello', -7], new Simple('PONG')]);
});

test('text beyond ASCII survives as bytes', () => {
  const binary = binaryOf('任务 ü');
  expect(binary).toHaveLength(9);
  const [value] = new RespReader().push(encodeResp(binary));
  expect(textOf(value as string)).toBe('任务 ü');
});

test('a server takes words on a line, a client does not', () => {
  expect(new RespReader(true).push(bytes('PING  hello\r\n'))).toEqual([['PING', 'hello']]);
  expect(() => new RespReader().push(bytes('PING\r\n'))).toThrow(ProtocolError);
});

test.each([
  ['$-2\r\n', 'invalid bulk length'],
  ['$99999999999\r\n', 'invalid bulk length'],
  ['*1048577\r\n', 'invalid multibulk length'],
  ['$1\r\nabc\r\n', 'does not end in CRLF'],
  [':1x\r\n', 'unexpected bytes'],
  ['*1\r\n'.repeat(40), 'invalid multibulk length'],
])('%j is refused', (wire, message) => {
  expect(() => new RespReader().push(bytes(wire))).toThrow(message);
});

test('a line without end is refused before it fills memory', () => {
  expect(() => new RespReader(true).push(bytes('x'.repeat(70_000)))).toThrow('too big');
});
