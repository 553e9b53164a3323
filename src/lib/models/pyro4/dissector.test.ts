import { describe, expect, test } from 'vitest';
import { PYRO_FLAG, PYRO_TYPE, writePyroHeader } from '#lib/protocol/pyro4.ts';
import { PyroConversation, pyroWire, type HeardNames } from './dissector.ts';

const HEADER = '# serpent utf-8 python3.2\n';
const ID = `obj_${'0123456789abcdef'.repeat(2)}`;

function message(type: number, literal: string, flags = 0, sequence = 1): Uint8Array {
  const payload = new TextEncoder().encode(HEADER + literal);
  const fields = { type, flags, sequence, serializer: 1, annotationBytes: 0 };
  const header = writePyroHeader({ ...fields, dataBytes: payload.length });
  return Uint8Array.from([...header, ...payload]);
}

function label(type: number, literal: string, flags = 0): string {
  const found = new PyroConversation(new Map()).sent(message(type, literal, flags))!;
  expect(found.proto).toBe('pyro4');
  return `${found.msg}: ${found.preview}`;
}

describe('NET5 Pyro is known by its first bytes', () => {
  const { connect, connectok, invoke, result } = PYRO_TYPE;

  test.each([
    [connect, "{'handshake':'hello','object':'server'}", 16, 'connect: to server'],
    [
      connectok,
      "{'handshake':'hello','meta':{'methods':['get','put'],'oneway':[],'attrs':[]}}",
      16,
      'connectok: has get, put',
    ],
    [invoke, "('shop','buy',('tea',2),{'by':'Ada'})", 0, "invoke: shop.buy('tea', 2, by='Ada')"],
    [invoke, "('shop','log',(\"it's, ok\",),{})", 4, `oneway: shop.log("it's, ok")`],
    [invoke, "('shop','__getattr__',('total',),None)", 0, 'invoke: shop.total'],
    [
      invoke,
      "('Pyro.Daemon','get_metadata',['shop'],{})",
      0,
      "metadata: Pyro.Daemon.get_metadata('shop')",
    ],
    [
      invoke,
      "('s','<batch>',[('add',(1,2),{}),('sub',(3,),{})],None)",
      8,
      'batch: s: add(1, 2); sub(3)',
    ],
    [result, "{'a':[1,2]}", 0, "result: {'a':[1,2]}"],
    [
      result,
      "{'__class__':'builtins.ValueError','__exception__':True,'args':('boo',1),'attributes':{}}",
      1,
      "exception: ValueError('boo', 1)",
    ],
    [
      result,
      "{'__class__':'Pyro4.core.URI','state':('PYRO','obj_1',None,'localhost',99)}",
      0,
      'result: PYRO:obj_1@localhost:99',
    ],
  ])('%#', (type, literal, flags, expected) => {
    expect(label(type, literal, flags)).toBe(expected);
  });

  test('an object is called by the name under which the process has looked it up', () => {
    const names: HeardNames = new Map();
    const server = new PyroConversation(names);
    const call = message(invoke, `('${ID}','get_fortune',('Ada',),{})`);
    expect(server.sent(call)!.preview).toBe("obj_0123….get_fortune('Ada')");
    const nameServer = new PyroConversation(names);
    expect(
      nameServer.sent(
        message(invoke, "('Pyro.NameServer','lookup',('example.greeting',),{})", 0, 5),
      ),
    ).toMatchObject({ msg: 'lookup', preview: "Pyro.NameServer.lookup('example.greeting')" });
    const uri = `{'__class__':'Pyro4.core.URI','state':('PYRO','${ID}',None,'localhost',99)}`;
    // A program reads the header first.
    const answer = message(result, uri, 0, 5);
    nameServer.heard(answer.subarray(0, 24));
    nameServer.heard(answer.subarray(24));
    expect(server.sent(call)!.preview).toBe("example.greeting.get_fortune('Ada')");
  });

  test('a message may span sends, and a send may hold several', () => {
    const one = message(invoke, "('s','f',(),{})");
    const conversation = new PyroConversation(new Map());
    expect(conversation.sent(one.subarray(0, 30))!.msg).toBe('part');
    expect(conversation.sent(one.subarray(30))!.preview).toBe('s.f()');
    expect(conversation.sent(Uint8Array.from([...one, ...one]))!.preview).toBe(
      's.f() (and 1 more)',
    );
  });

  test('a large payload is shown by its beginning', () => {
    const large = message(result, `['${'x'.repeat(20_000)}']`, PYRO_FLAG.batch);
    const conversation = new PyroConversation(new Map());
    expect(conversation.sent(large.subarray(0, 10_000))).toMatchObject({ msg: 'result' });
    expect(conversation.sent(large.subarray(10_000))).toMatchObject({ msg: 'part' });
    expect(conversation.sent(message(result, 'None'))).toMatchObject({ preview: 'None' });
  });

  test('a broken header ends what can be read', () => {
    const conversation = new PyroConversation(new Map());
    const broken = message(invoke, "('s','f',(),{})");
    broken[11]! ^= 1;
    expect(conversation.sent(broken)!.msg).toBe('part');
    expect(conversation.sent(message(result, 'None'))!.msg).toBe('part');
  });

  test('who looks for a name server asks every machine', () => {
    const said = (text: string): string | undefined => {
      const label = pyroWire().datagram!(new TextEncoder().encode(text), 32_768);
      return label ? `${label.msg} ${label.preview}` : undefined;
    };
    expect(said('GET_NSURI')).toBe('broadcast GET_NSURI');
    expect(said('PYRO:Pyro.NameServer@ns:9090')).toBe('address PYRO:Pyro.NameServer@ns:9090');
    expect(said('hello')).toBeUndefined();
  });
});
