import { describe, expect, test } from 'vitest';
import { INPUT_FIELDS, OP_FIELDS, type Input, type Op } from '#lib/protocol/packets.ts';
import { INPUTS, OPS, WORD_COUNT_MAX, type FlatPacket } from './packet-plan.ts';
import { PacketReader, PacketRefusal } from './packet-reader.ts';
import { PacketWriter, transferOf } from './packet-writer.ts';

/** A value of every type, in the limits. */
const SAMPLES = {
  int: 2 ** 50,
  'int?': undefined,
  signed: -3,
  float: 0.25,
  id: 0x7fff_ffff,
  port: 65_535,
  flag: true,
  name: 'w1/2',
  'name?': undefined,
  'name|null': null,
  names: ['celery', '-A', 'tasks'],
  'place?': 'client.ts:7',
  preview: '{"id": 1}',
  text: 'x'.repeat(4_200),
  'reason?': 'uncaught exception',
  bytes: new Uint8Array([1, 2, 255]),
  action: 'append' as const,
  path: '/work/a.log',
  'path?': undefined,
  json: { ready: 3, list: [1.5, null, 'a', true], '': {} },
};

function sample(fields: Readonly<Record<string, keyof typeof SAMPLES>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, type]) => [name, SAMPLES[type]]));
}

const ops = Object.entries(OP_FIELDS).map(
  ([op, fields], index) => ({ op, tUs: index, ...sample(fields) }) as unknown as Op,
);
const inputs = Object.entries(INPUT_FIELDS).map(
  ([kind, fields], index) =>
    ({ kind, tUs: index, ticket: index - 2, ...sample(fields) }) as unknown as Input,
);

/** The packet as it arrives in another thread. */
function sent(packet: FlatPacket): FlatPacket {
  return structuredClone(packet, { transfer: transferOf(packet) });
}

function packetOf(items: readonly Op[]): FlatPacket {
  const writer = new PacketWriter();
  for (const item of items) writer.item(OPS, item);
  return writer.take();
}

function read(packet: unknown, count = 1, sinceUs = 0): Op[] {
  const reader = new PacketReader();
  reader.open(packet);
  const items: Op[] = [];
  for (let left = count; left > 0; left--) {
    items.push(reader.item(OPS, items.at(-1)?.tUs ?? sinceUs));
  }
  reader.close();
  return items;
}

describe('NODE3 what crosses between threads', () => {
  test('every kind of operation and input arrives as it was', () => {
    const writer = new PacketWriter();
    const reader = new PacketReader();
    for (let round = 0; round < 3; round++) {
      for (const op of ops) writer.item(OPS, op);
      for (const input of inputs) writer.item(INPUTS, input);
      const packet = sent(writer.take());
      expect('words' in packet).toBe(round === 0);
      reader.open(packet);
      expect(ops.map(() => reader.item(OPS, 0))).toEqual(ops);
      expect(inputs.map(() => reader.item(INPUTS, 0))).toEqual(inputs);
      reader.close();
    }
  });

  test('more words than the table holds still arrive', () => {
    const writer = new PacketWriter();
    const reader = new PacketReader();
    const names = Array.from({ length: WORD_COUNT_MAX + 10 }, (_, index) => `word ${index}`);
    for (let round = 0; round < 2; round++) {
      for (const name of names) writer.item(OPS, { op: 'oblige', tUs: 0, token: name, delta: 1 });
      reader.open(sent(writer.take()));
      const read = names.map(() => reader.item(OPS, 0));
      reader.close();
      expect(read.map((op) => op.op === 'oblige' && op.token)).toEqual(names);
    }
  });

  test('payloads that arrive share no memory', () => {
    const send = { ...ops.find(({ op }) => op === 'send') } as Op & { op: 'send' };
    const [first, second] = read(sent(packetOf([send, send])), 2) as (typeof send)[];
    expect(first!.bytes.buffer).not.toBe(second!.bytes.buffer);
    expect(first!.bytes.buffer.byteLength).toBe(3);
  });
});

describe('packets that are refused (DESIGN section 6)', () => {
  const good = packetOf(ops) as Required<FlatPacket>;

  test('a packet cut off anywhere', () => {
    expect(read(good, ops.length)).toEqual(ops);
    for (let length = 0; length < good.numbers.length; length++) {
      const cut = { ...good, numbers: good.numbers.slice(0, length) };
      expect(() => read(cut, ops.length), `${length}`).toThrow(PacketRefusal);
    }
    expect(() => read(good, ops.length - 1)).toThrow('more numbers than it needs');
  });

  test('no number can be replaced by nonsense without being seen or staying within its type', () => {
    for (const nonsense of [NaN, Infinity, -Infinity, 0.5, -1e9, 1e300, 2 ** 53]) {
      for (let at = 0; at < good.numbers.length; at++) {
        const numbers = good.numbers.slice();
        numbers[at] = nonsense;
        const isSigned = [NaN, Infinity, 0.5, 1e300, 2 ** 53].includes(nonsense);
        if (isSigned) expect(() => read({ ...good, numbers }, ops.length)).toThrow(PacketRefusal);
        else {
          try {
            read({ ...good, numbers }, ops.length);
          } catch (error) {
            expect(error).toBeInstanceOf(PacketRefusal);
          }
        }
      }
    }
  });

  const shapes: Record<string, unknown> = {
    nothing: undefined,
    null: null,
    text: 'hello',
    'an empty object': {},
    'numbers in an ordinary list': { ...good, numbers: [...good.numbers] },
    'numbers of another width': { ...good, numbers: new Float32Array(good.numbers) },
    'something that says it is a Uint8Array': {
      ...good,
      bytes: structuredClone({ length: 3, name: 'Uint8Array' }),
    },
    'words that are no list': { ...good, words: 'words' },
    'a word that is no text': { ...good, words: [1, ...good.words.slice(1)] },
    'a word of a megabyte': { ...good, words: ['x'.repeat(1e6), ...good.words.slice(1)] },
    'a million words': { ...good, words: Array.from({ length: 1e6 }, () => 'x') },
    'a text that is no text': { ...good, texts: good.texts.map(() => ({ length: 1 })) },
    'a text that is missing': { ...good, texts: [] },
    'a line of a megabyte': { ...good, texts: good.texts.map(() => 'x'.repeat(1e6)) },
    'fewer bytes than it says': { ...good, bytes: good.bytes.slice(1) },
  };
  for (const [name, packet] of Object.entries(shapes)) {
    test(name, () => {
      expect(() => read(packet, ops.length)).toThrow(PacketRefusal);
    });
  }

  const items: Record<string, [op: Op, message: string]> = {
    'a port beyond the last': [
      { op: 'listen', tUs: 0, port: 65_536, loopback: false },
      'listen.port is invalid',
    ],
    'a connection that is no integer': [{ op: 'close', tUs: 0, conn: 1.5 }, 'close.conn'],
    'a name that is missing': [
      { op: 'oblige', tUs: 0, token: undefined as never, delta: 1 },
      'oblige.token',
    ],
    'a long name': [{ op: 'state', tUs: 0, name: 'x'.repeat(201), value: 1 }, 'state.name'],
    'a command of 65 words': [
      { op: 'spawn', tUs: 0, child: 'a/1', argv: Array.from({ length: 65 }, () => 'x'), conn: 3 },
      'spawn.argv',
    ],
    'a value of 1 001 parts': [
      { op: 'state', tUs: 0, name: 'x', value: Array.from({ length: 1_001 }, () => 0) },
      'state.value',
    ],
    'a deep value': [
      { op: 'effect', tUs: 0, name: 'x', value: [[[[[[[[[[]]]]]]]]]] },
      'effect.value',
    ],
    'a time that is no integer': [{ op: 'unlisten', tUs: 0.5, port: 1 }, 'out of order'],
    'a time before the last one': [{ op: 'unlisten', tUs: 4, port: 1 }, 'out of order'],
  };
  for (const [name, [op, message]] of Object.entries(items)) {
    test(name, () => {
      expect(() => read(packetOf([op]), 1, 5 * Number(name.endsWith('last one')))).toThrow(message);
    });
  }

  test('an unknown kind, a huge count', () => {
    for (const kind of [OPS.kinds.length, -1, 0.5, NaN]) {
      const packet = { ...good, numbers: new Float64Array([kind, 0]) };
      expect(() => read(packet)).toThrow('unknown kind');
    }
    for (const count of [3, 1e9, Infinity, -1, NaN]) {
      const reader = new PacketReader();
      reader.open({ ...good, numbers: new Float64Array([count, 0, 0]), words: [] });
      expect(() => reader.count()).toThrow('a bad count');
    }
  });

  test('a JSON value that is no JSON', () => {
    const packet = packetOf([{ op: 'state', tUs: 0, name: 'x', value: 'abc' }]);
    expect(() => read({ ...packet, texts: ['"abc'] })).toThrow('state.value is invalid');
  });
});
