import { expect, test } from 'vitest';
import { WIRE } from '#lib/protocol/wire.ts';
import {
  encodeMessage,
  encodeValue,
  decodeValue,
  type EndCodec,
  type Message,
} from './engine/wire.ts';
import { PYCSP_WIRE, PycspTalk } from './dissector.ts';

const NO_ENDS: EndCodec = { addressOf: () => null, endOf: () => null };

function label(...message: Message): string {
  const { proto, msg, preview } = new PycspTalk().sent(encodeMessage(message));
  expect(WIRE[proto]).toHaveProperty(msg);
  return `${msg}: ${preview}`;
}

test('NET5 each message is named, with what it is about', () => {
  expect(label('register', 'client', 'B')).toBe('register: B for client');
  expect(label('post', 'B', 'write', 3, 'w', 0, true, { t: [1, 'x'] })).toBe(
    "write: w: (1, 'x') to B",
  );
  expect(label('post', 'B', 'read', 3, 'r', 0, false, null)).toBe('read: r: from B');
  expect(label('end', 3, 'success', 0, { l: [1, { f: '0.5' }] })).toBe('value: [1, 0.5]');
  expect(label('end', 3, 'success', 0, null)).toBe('taken: ');
  expect(label('end', 3, 'poison', null, null)).toBe('poisoned: ');
  expect(label('retire', 'B', 'write')).toBe('retire: B (writer)');
  expect(label('acquire', 7)).toBe('acquire: operation 7');
});

test('NET5 PyCSP is known by its first bytes, whoever reads a few of them', () => {
  const first = encodeMessage(['registered', 'B', true]);
  expect(PYCSP_WIRE.begins(first)).toBe(true);
  expect(PYCSP_WIRE.begins(first.subarray(0, 8))).toBe(true);
  expect(PYCSP_WIRE.begins(encodeMessage(['hello']))).toBe(false);
  expect(PYCSP_WIRE.begins(new TextEncoder().encode('["register"]'))).toBe(false);
});

test('a message in two pieces is named when it is whole', () => {
  const talk = new PycspTalk();
  const bytes = encodeMessage(['join', 'B', 'read']);
  expect(talk.sent(bytes.subarray(0, 6)).msg).toBe('part');
  expect(talk.sent(bytes.subarray(6)).msg).toBe('join');
});

test('values travel as they are', () => {
  const values = [
    ...[null, true, 'text', 5, -0, 0.5, Infinity, 2n ** 70n],
    ...[[1, [2]], { a: { b: 1 } }, new Map([[1, 'x']]), new Set([1]), Uint8Array.of(0, 255)],
  ];
  const sent = JSON.parse(
    JSON.stringify(values.map((it) => encodeValue(it, NO_ENDS))),
  ) as unknown[];
  expect(sent.map((it) => decodeValue(it, NO_ENDS))).toEqual(values);
  expect(() => encodeValue(() => 1, NO_ENDS)).toThrow('a function cannot be sent to another node');
  expect(() => decodeValue({ p: '00' }, NO_ENDS)).toThrow('only Python can read it');
});
