import { describe, expect, test } from 'vitest';
import { encodeMessage, MessageReader } from './message.ts';
import { dumps } from './serpent.ts';
import { Tuple } from './values.ts';

// A call as Pyro4 4.82 writes it, with a correlation id.
const RECORDED =
  '5059524f00300004000000070000003a0001001600003575434f525200103031323334353637383961626364656623207365' +
  '7270656e74207574662d3820707974686f6e332e320a28276f626a5f78272c27676574272c2827416461272c292c7b276e27' +
  '3a317d29';
const call = Tuple.holding(['obj_x', 'get', Tuple.holding(['Ada']), { n: 1 }]);
const message = {
  type: 4,
  flags: 0,
  sequence: 7,
  serializer: 1,
  annotations: { CORR: new TextEncoder().encode('0123456789abcdef') },
  payload: dumps(call),
};

describe('NET5 messages of Pyro', () => {
  test('a message is written byte for byte as the real one', () => {
    expect(Buffer.from(encodeMessage(message)).toString('hex')).toBe(RECORDED);
  });

  test('messages are found however the bytes are cut', () => {
    const two = Buffer.concat([encodeMessage(message), encodeMessage({ ...message, sequence: 8 })]);
    for (const size of [1, 7, 24, 150, 1000]) {
      const reader = new MessageReader();
      const found = [];
      for (let at = 0; at < two.length; at += size) {
        found.push(...reader.push(Uint8Array.from(two.subarray(at, at + size))));
      }
      expect(found).toEqual([message, { ...message, sequence: 8 }]);
      expect(reader.pendingBytes).toBe(0);
    }
  });

  test('a wrong checksum or protocol is refused', () => {
    const bytes = encodeMessage(message);
    bytes[9]! ^= 1;
    expect(() => new MessageReader().push(bytes)).toThrow('unsupported protocol version');
    expect(() => new MessageReader().push(new Uint8Array(30))).toThrow('invalid data');
  });
});
