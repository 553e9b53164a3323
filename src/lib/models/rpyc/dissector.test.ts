import { describe, expect, test } from 'vitest';
import { zlibSync } from 'fflate';
import { type Brine, dump } from './brine.ts';
import { frame, Frames } from './channel.ts';
import { HANDLE, LABEL, MSG } from './consts.ts';
import { createDissector, RPYC_WIRE } from './dissector.ts';
import { REGISTRY_WIRE } from './registry-wire.ts';

const value = (it: Brine): Brine => [LABEL.value, it];
const theirs = (name: string, id = 7): Brine => [LABEL.receivers, [name, 1, id]];
const mine = (name: string, id = 7): Brine => [LABEL.senders, [name, 1, id]];

const request = (sequence: number, handle: number, ...given: Brine[]): Uint8Array<ArrayBuffer> =>
  frame(dump([MSG.request, sequence, [handle, [LABEL.tuple, given]]]));
const reply = (sequence: number, boxed: Brine): Uint8Array<ArrayBuffer> =>
  frame(dump([MSG.reply, sequence, boxed]));

describe('the dissector', () => {
  test('NET5 a call is shown as a person would write it, from what was asked before', () => {
    const dissect = createDissector();
    const says = (bytes: Uint8Array): string => {
      const { proto, msg, preview } = dissect(bytes)!;
      expect(proto).toBe('rpyc');
      return `${msg} ${preview}`;
    };
    const root = 'rpyc.core.service.SlaveService';
    expect(says(request(0, HANDLE.getroot))).toBe('getroot root');
    dissect.heard!(reply(0, mine(root, 1)));
    expect(says(request(1, HANDLE.getattr, theirs(root, 1), value('getmodule')))).toBe(
      'getattr getmodule',
    );
    dissect.heard!(reply(1, mine('builtins.method', 2)));
    expect(
      says(request(2, HANDLE.call, theirs('builtins.method', 2), value(['os']), value([]))),
    ).toBe("call getmodule('os')");
    dissect.heard!(reply(2, mine('os', 3)));
    expect(says(request(3, HANDLE.getattr, theirs('os', 3), value('getcwd')))).toBe(
      'getattr os.getcwd',
    );
    dissect.heard!(reply(3, mine('builtins.builtin_function_or_method', 4)));
    const getcwd = theirs('builtins.builtin_function_or_method', 4);
    expect(says(request(4, HANDLE.call, getcwd, value([]), value([])))).toBe('call os.getcwd()');
    expect(says(request(5, HANDLE.del, getcwd, value(1)))).toBe('del os.getcwd');
  });

  test('NET5 an object whose origin was not seen has the name of its class', () => {
    const dissect = createDissector();
    expect(
      dissect(
        request(
          0,
          HANDLE.callattr,
          theirs('builtins.list'),
          value('append'),
          value([9]),
          value([['k', 1]]),
        ),
      ),
    ).toMatchObject({
      msg: 'callattr',
      preview: '<list>.append(9, k=1)',
    });
    expect(
      dissect(request(1, HANDLE.cmp, theirs('a.B'), mine('builtins.list'), value('__eq__'))),
    ).toMatchObject({
      msg: 'cmp',
      preview: '<a.B> == <list>',
    });
  });

  test('NET5 answers and exceptions', () => {
    const dissect = createDissector();
    const error: Brine = [['builtins', 'NameError'], ["name 'prit' is not defined"], [], 'text'];
    expect(dissect(reply(0, value([1, 'a'])))).toMatchObject({ msg: 'reply', preview: "(1, 'a')" });
    expect(dissect(frame(dump([MSG.exception, 1, error])))).toMatchObject({
      msg: 'exception',
      preview: "NameError: name 'prit' is not defined",
    });
    expect(dissect(frame(dump([MSG.exception, 2, 1])))).toMatchObject({ preview: 'StopIteration' });
  });

  test('NET5 several messages in one send, one in several, and compressed ones', () => {
    const two = new Uint8Array([...reply(0, value(1)), ...reply(1, value(2))]);
    expect(createDissector()(two)).toMatchObject({ msg: 'reply', preview: '1 (and 1 more)' });
    const long = reply(0, value('x'.repeat(5_000)));
    expect(long[4]).toBe(1);
    expect(RPYC_WIRE.begins(long)).toBe(true);
    const dissect = createDissector();
    expect(dissect(long.subarray(0, 20))).toMatchObject({ msg: 'part' });
    expect(dissect(long.subarray(20))).toMatchObject({ msg: 'reply' });
  });

  test('NET5 what is not RPyC is not taken for it, and what goes wrong in the middle is left alone', () => {
    const text = new TextEncoder();
    expect(RPYC_WIRE.begins(text.encode('GET / HTTP/1.1\r\n'))).toBe(false);
    expect(RPYC_WIRE.begins(text.encode('PYRO\0\x30'))).toBe(false);
    expect(RPYC_WIRE.begins(new Uint8Array(0))).toBe(false);
    expect(RPYC_WIRE.begins(request(0, HANDLE.getroot))).toBe(true);
    const dissect = createDissector();
    dissect(request(0, HANDLE.getroot));
    dissect(new Uint8Array(40).fill(255));
    expect(dissect(request(1, HANDLE.getroot))).toBeNull();
  });
});

test('a stream is cut into its messages, wherever its pieces end', () => {
  const all = new Uint8Array([...reply(0, value('x'.repeat(4_000))), ...reply(1, value(null))]);
  const frames = new Frames();
  const found: number[] = [];
  for (const byte of all) {
    frames.push(Uint8Array.of(byte));
    for (let data = frames.take(); data; data = frames.take()) found.push(data.length);
  }
  expect(found).toEqual([dump([MSG.reply, 0, value('x'.repeat(4_000))]).length, 6]);
  expect(frames.isInside).toBe(false);
});

test('a few bytes that stand for very many are no message', () => {
  const bomb = zlibSync(new Uint8Array(40 * 1024 * 1024));
  const framed = new Uint8Array(5 + bomb.length + 1);
  new DataView(framed.buffer).setUint32(0, bomb.length);
  framed[4] = 1;
  framed.set(bomb, 5);
  const frames = new Frames();
  frames.push(framed);
  expect(() => frames.take()).toThrow('too long for a message of RPyC');
});

test('a message that comes byte by byte takes no longer the longer it is', () => {
  const frames = new Frames();
  frames.push(Uint8Array.of(0, 0x20, 0, 0, 0));
  for (let count = 0; count < 1_000_000; count++) {
    frames.push(Uint8Array.of(0));
    if (frames.take()) throw new Error('it is not whole');
  }
  expect(frames.isInside).toBe(true);
});

describe('the dissector of registries', () => {
  const said = (it: Brine, fromPort: number): string => {
    const label = REGISTRY_WIRE.datagram!(dump(it), fromPort);
    return label ? `${label.proto} ${label.msg} ${label.preview}` : 'nothing';
  };

  test('NET5 questions are known anywhere, answers by where they come from', () => {
    expect(said(['RPYC', 'REGISTER', [['SHOP', 'KIOSK'], 4000]], 32_768)).toBe(
      "rpyc register ('SHOP', 'KIOSK'), 4000",
    );
    expect(said(['RPYC', 'QUERY', ['SHOP']], 32_768)).toBe("rpyc query 'SHOP'");
    expect(said([['10.0.0.2', 4000]], 18_811)).toBe("rpyc registry (('10.0.0.2', 4000),)");
    expect(said('OK', 18_811)).toBe("rpyc registry 'OK'");
    expect(said('OK', 32_768)).toBe('nothing');
    expect(REGISTRY_WIRE.datagram!(new TextEncoder().encode('hello'), 18_811)).toBeNull();
  });

  test('NET5 over a connection too, beside the protocol of objects', () => {
    const question = dump(['RPYC', 'UNREGISTER', [4000]]);
    expect(REGISTRY_WIRE.begins(question)).toBe(true);
    expect(RPYC_WIRE.begins(question)).toBe(false);
    expect(REGISTRY_WIRE.create()(question)).toEqual({
      proto: 'rpyc',
      msg: 'unregister',
      preview: '4000',
    });
  });
});
