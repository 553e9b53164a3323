import { describe, expect, test } from 'vitest';
import { InputError } from '#lib/protocol/errors.ts';
import { idOf, traceText as fixture } from '../../../tests/support/fixtures.ts';
import { randomTrace } from '../../../tests/support/random-trace.ts';
import { NO_EVENT, TraceStore } from './store.ts';

const killed = fixture('first-task-killed');
const everyShape = fixture('every-shape');

describe('TraceStore', () => {
  test.each(['first-task', 'first-task-killed', 'every-shape'])(
    'gives back every event of %s as it stood on its line',
    (name) => {
      const text = fixture(name);
      const lines = text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const trace = TraceStore.from(text);
      const events = Array.from({ length: trace.eventCount }, (_, id) => trace.eventAt(id));
      expect(events).toEqual(lines.slice(1, -1));
      expect(trace.header).toEqual(lines[0]);
      expect(trace.end).toEqual(lines.at(-1));
    },
  );

  test('is the same however the text is cut into batches of lines', () => {
    const whole = TraceStore.from(killed);
    const parts = new TraceStore();
    for (const line of killed.trim().split('\n')) parts.append(`${line}\n`);
    expect(parts.eventCount).toBe(whole.eventCount);
    for (let id = 0; id < whole.eventCount; id++) {
      expect(parts.eventAt(id)).toEqual(whole.eventAt(id));
      expect(parts.closerAt(id)).toBe(whole.closerAt(id));
    }
    expect(parts.revision).toBe(killed.trim().split('\n').length);
  });

  test('keeps numbers that fit no 32-bit cell', () => {
    const trace = TraceStore.from(
      '{"tUs":0,"kind":"timer","node":"a","op":"set","timer":1,"dueUs":7200000000}\n' +
        '{"tUs":1,"kind":"exit","node":"a","code":-9}\n',
    );
    expect(trace.intAt(0, 'dueUs')).toBe(7_200_000_000);
    expect(trace.intAt(1, 'code')).toBe(-9);
    expect(trace.textAt(0, 'label')).toBeUndefined();
  });

  test('follows a message through loss and retransmission to its arrival', () => {
    const trace = TraceStore.from(everyShape);
    const call = idOf(trace, 'send', 1, 'client');
    const kinds = trace.followersOf(call).map((id) => trace.kindAt(id));
    expect(kinds).toEqual(['lose', 'retransmit', 'lose', 'retransmit', 'deliver']);
    expect(trace.messageOf(trace.closerAt(call))).toBe(call);
  });

  test('the end of a connection is background when all that went over it is', () => {
    const send = {
      tUs: 0,
      kind: 'send',
      node: 'a',
      to: 'b',
      proto: 'redis',
      bytes: 1,
      preview: '',
    };
    const close = { tUs: 1, kind: 'close', node: 'a', to: 'b' };
    const store = new TraceStore();
    store.take([
      { ...send, conn: 1, msg: 'poll' },
      { ...send, conn: 2, msg: 'poll' },
      { ...send, conn: 2, msg: 'task' },
      ...[1, 2, 3].map((conn) => ({ ...close, conn })),
    ]);
    const roles = [3, 4, 5].map((id) => store.roleAt(id));
    // Who opens a connection and says nothing means to show that.
    expect(roles).toEqual(['background', 'ack', 'ack']);
  });

  test('an accept answers a connect and opens the way back', () => {
    const trace = TraceStore.from(killed);
    const connect = idOf(trace, 'connect');
    const accept = idOf(trace, 'accept');
    expect(trace.followersOf(connect)).toEqual([accept]);
    expect(trace.kindAt(trace.followersOf(accept)[0]!)).toBe('open');
    expect(trace.roleAt(accept)).toBe('background');
  });

  test('a death ends spans, waits and lives', () => {
    const trace = TraceStore.from(killed);
    const span = idOf(trace, 'span');
    const kill = idOf(trace, 'kill', 1, 'worker1/1');
    expect(trace.closerAt(span)).toBe(kill);
    expect(trace.closerAt(idOf(trace, 'start', 1, 'worker1/1'))).toBe(kill);
    expect(trace.closerAt(idOf(trace, 'wait'))).toBe(NO_EVENT);
  });

  test('groups children under their node', () => {
    const trace = TraceStore.from(killed);
    expect(trace.processesOf('worker1').map(({ name }) => name)).toEqual(['worker1', 'worker1/1']);
    expect(trace.processes.map(({ name }) => name).slice(0, 4)).toEqual(trace.header!.nodes);
  });

  test('searches by time', () => {
    const trace = TraceStore.from(killed);
    expect(trace.firstAtOrAfter(0)).toBe(0);
    expect(trace.lastAtOrBefore(0)).toBe(2);
    expect(trace.firstAtOrAfter(1)).toBe(3);
    expect(trace.firstAtOrAfter(1e9)).toBe(trace.eventCount);
    expect(trace.lastAtOrBefore(-1)).toBe(NO_EVENT);
    const client = trace.process('client')!;
    expect(trace.lastOf(client, 49_999)).toBe(NO_EVENT);
    expect(trace.kindAt(trace.lastOf(client, 50_000))).toBe('start');
  });

  test.each([1, 2, 3])('finds all that touches a stretch of time, seed %i', (seed) => {
    const trace = TraceStore.from(randomTrace({ seed, nodeCount: 5, eventCount: 3000 }));
    for (const [first, last] of [
      [0, 10],
      [1500, 1600],
      [2000, 2000],
      [2900, 2999],
    ] as const) {
      const visited = new Set<number>();
      trace.visitTouching(first, last, (id) => visited.add(id));
      for (let id = 0; id <= last; id++) {
        const isInside = id >= first;
        const isOrigin = trace.isOrigin(id);
        const reaches = isOrigin && (trace.closerAt(id) >= first || trace.closerAt(id) < 0);
        if (isInside || reaches) expect(visited.has(id), `event ${id}`).toBe(true);
      }
      expect([...visited]).toEqual([...visited].sort((a, b) => a - b));
    }
  });

  test('refuses what is no trace and names the line', () => {
    expect(() => TraceStore.from('{"lightcone":1,"nodes":[]}\nnonsense\n')).toThrow(InputError);
    expect(() => TraceStore.from('{"lightcone":1,"nodes":[]}\nnonsense\n')).toThrow('trace:2:1');
    expect(() => TraceStore.from('{"tUs":0,"kind":"dance","node":"a"}\n')).toThrow('unknown kind');
    expect(() =>
      TraceStore.from('{"tUs":5,"kind":"kill","node":"a"}\n{"tUs":4,"kind":"kill","node":"a"}\n'),
    ).toThrow('time goes backwards');
    expect(() => TraceStore.from('{"tUs":5,"kind":"open","node":"a","send":3,"conn":0}\n')).toThrow(
      'later event',
    );
  });

  test('holds an event in at most 64 bytes besides texts', () => {
    const trace = TraceStore.from(randomTrace({ seed: 7, nodeCount: 16, eventCount: 50_000 }));
    expect(trace.byteLength / trace.eventCount).toBeLessThanOrEqual(64);
  });
});
