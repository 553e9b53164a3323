import { describe, expect, test } from 'vitest';
import { type Dissector, dissectorOf, DISSECTORS } from './dissect.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('dissectors', () => {
  test('NET5 a line is called after its first word', () => {
    const lines = DISSECTORS['lines']!();
    expect(lines(bytes('HELO client\r\n'))).toEqual({
      proto: 'lines',
      msg: 'helo',
      preview: 'HELO client',
    });
    expect(lines(bytes('250 ok\n')).msg).toBe('250');
    expect(lines(bytes('\n')).msg).toBe('line');
  });

  test('NET5 a line may span several sends', () => {
    const lines = DISSECTORS['lines']!();
    expect(lines(bytes('SET ke')).msg).toBe('part');
    expect(lines(bytes('y 5\nGET'))).toMatchObject({ msg: 'set', preview: 'SET key 5' });
    expect(lines(bytes(' key\n'))).toMatchObject({ msg: 'get', preview: 'GET key' });
  });

  test('NET5 one send may hold several lines, and bytes that are no text', () => {
    const lines = DISSECTORS['lines']!();
    expect(lines(bytes('a 1\nb 2\nc 3\nd'))).toMatchObject({
      msg: 'a',
      preview: 'a 1 (and 2 more)',
    });
    expect(lines(Uint8Array.of(0xff, 0xfe, 10)).msg).toBe('d');
  });

  test('NET5 two connections share nothing, and most ports have no dissector', () => {
    const [one, other] = [dissectorOf(25)!, dissectorOf(25)!];
    one(bytes('MAI'));
    expect(other(bytes('RCPT x\n'))!.msg).toBe('rcpt');
    expect(dissectorOf(7)).toBeNull();
  });

  test('NET5 a protocol of no fixed port is known by how either side begins', () => {
    const heard: string[] = [];
    const create = (): Dissector => {
      const dissect: Dissector = () => ({ proto: 'hello', msg: 'said', preview: '' });
      dissect.heard = (it) => void heard.push(new TextDecoder().decode(it));
      return dissect;
    };
    const hello = { begins: (it: Uint8Array) => it[0] === 72, create };
    expect(dissectorOf(7, [hello])!(bytes('Hello you'))).toMatchObject({ proto: 'hello' });
    const other = dissectorOf(7, [hello])!;
    expect(other(bytes('GET /'))).toBeNull();
    expect(other(bytes('Hello you'))).toBeNull();
    const server = dissectorOf(7, [hello])!;
    server.heard!(bytes('Hel'));
    server.heard!(bytes('lo you'));
    expect(heard).toEqual(['Hello you']);
    expect(server(bytes('42'))).toMatchObject({ proto: 'hello' });
    expect(dissectorOf(25, [hello])!(bytes('Hello you\n'))).toMatchObject({ proto: 'lines' });
  });
});
