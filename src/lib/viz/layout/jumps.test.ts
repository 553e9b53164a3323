import { describe, expect, test } from 'vitest';
import { idOf, traceNamed } from '../../../../tests/support/fixtures.ts';
import { NO_EVENT, TraceStore } from '#lib/trace/store.ts';
import { jumpNode, jumpTarget, type JumpFrom, type JumpKind } from './jumps.ts';

const trace = traceNamed('first-task-killed');
const START: JumpFrom = { cursorUs: 0, selectedId: null, lens: null };
const END: JumpFrom = { cursorUs: trace.frontierUs, selectedId: null, lens: null };

/** Every event that one jump after another comes to, as the page does it: cursor and event move. */
function jumps(kind: JumpKind, step: 1 | -1, from: JumpFrom, of: TraceStore = trace): number[] {
  const found: number[] = [];
  for (let id = jumpTarget(of, kind, step, from); id !== NO_EVENT;) {
    found.push(id);
    const next = { ...from, cursorUs: of.timeAt(id), selectedId: id };
    id = jumpTarget(of, kind, step, next);
  }
  return found;
}

describe('jumps of the cursor', () => {
  test.each(['print', 'fault'] as const)('come to every %s once, there and back', (kind) => {
    const there = jumps(kind, 1, START);
    expect(there.length).toBeGreaterThan(0);
    expect(jumps(kind, -1, { ...END, cursorUs: END.cursorUs + 1 })).toEqual(there.reverse());
  });

  test('of faults find the kill', () => {
    expect(jumps('fault', 1, START)).toContain(idOf(trace, 'kill'));
  });

  test('go along the node of the event that is kept, else of the latest one', () => {
    const selectedId = idOf(trace, 'send', 1, 'client');
    const from = { cursorUs: trace.timeAt(selectedId), selectedId, lens: null };
    expect(jumpNode(trace, from)).toBe('client');
    const nodes = jumps('node', 1, from).map((id) => trace.processAt(id).node);
    expect(new Set(nodes)).toEqual(new Set(['client']));
    const kill = idOf(trace, 'kill');
    expect(jumpNode(trace, { ...START, cursorUs: trace.timeAt(kill) })).toBe('worker1');
    expect(jumpNode(new TraceStore(), START)).toBeNull();
  });

  test('come to each of several events of one instant', () => {
    const log = (text: string) =>
      `{"tUs":5,"kind":"log","node":"a","stream":"stdout","text":"${text}","line":"a.ts:1"}\n`;
    const instant = TraceStore.from(log('one') + log('two') + log('three'));
    expect(jumps('print', 1, START, instant)).toEqual([0, 1, 2]);
    expect(jumps('print', -1, { ...START, cursorUs: 9 }, instant)).toEqual([2, 1, 0]);
  });

  test('come to background traffic only where it is shown', () => {
    const send = (proto: string, msg: string, tUs: number) =>
      `{"tUs":${tUs},"kind":"send","node":"a","conn":1,"to":"b","proto":"${proto}","msg":"${msg}",` +
      '"bytes":1,"preview":""}\n';
    const beats = TraceStore.from(
      send('node', 'call', 1) + send('amqp', 'heartbeat', 2) + send('node', 'call', 3),
    );
    const from = { ...START, cursorUs: 1, selectedId: 0 };
    expect(jumps('node', 1, from, beats)).toEqual([2]);
    expect(jumps('node', 1, { ...from, showsBackground: true }, beats)).toEqual([1, 2]);
  });

  test('see through a lens nothing but what happens to its node', () => {
    expect(jumps('fault', 1, { ...START, lens: 'client' })).toEqual([]);
    const prints = jumps('print', 1, { ...START, lens: 'client' });
    expect(new Set(prints.map((id) => trace.processAt(id).node))).toEqual(new Set(['client']));
  });
});
