import { describe, expect, test } from 'vitest';
import {
  effectsAt,
  keyboardAt,
  endFacts,
  logsAt,
  messageCountsAt,
  nodeFactsAt,
  nodesOf,
  openSpansAt,
  stateAt,
} from './facts.ts';
import { traceNamed } from '../../../tests/support/fixtures.ts';
import { seenFrom } from './lens.ts';
import { TraceStore } from './store.ts';

const killed = traceNamed('first-task-killed');
const everyShape = traceNamed('every-shape');

describe('facts', () => {
  test('a node is unborn, ready, busy, then killed', () => {
    const at = (tUs: number) => nodeFactsAt(killed, 'worker1', tUs).status;
    expect(nodeFactsAt(killed, 'client', 49_999)).toEqual({ status: 'unborn', incarnation: 0 });
    expect(at(0)).toBe('ready');
    expect(at(93_400)).toBe('busy');
    expect(at(98_000)).toBe('killed');
    expect(nodeFactsAt(killed, 'client', 108_000).status).toBe('waiting');
    expect(nodeFactsAt(killed, 'nobody', 0).status).toBe('unborn');
  });

  test('pause, power-off, exit and restart show', () => {
    const at = (node: string, tUs: number) => nodeFactsAt(everyShape, node, tUs);
    expect(at('server', 660_000).status).toBe('paused');
    expect(at('server', 2_100_000).status).toBe('busy');
    expect(at('server', 2_100_100).status).toBe('ready');
    expect(at('store', 2_380_000).status).toBe('off');
    expect(at('client', 2_426_400).status).toBe('failed');
    expect(at('server', 2_420_000)).toEqual({ status: 'killed', incarnation: 1 });
    expect(at('server', 2_460_000)).toEqual({ status: 'ready', incarnation: 2 });
  });

  test('the work under way is known by process', () => {
    expect(openSpansAt(killed, 'worker1', 97_000)).toMatchObject([
      { process: 'worker1/1', name: 'tasks.add', detail: '(4, 4)', sinceUs: 93_400 },
    ]);
    expect(openSpansAt(killed, 'worker1', 98_000)).toEqual([]);
  });

  test('output belongs to the node and stops at the cursor', () => {
    expect(logsAt(killed, 'client', 71_699)).toEqual([]);
    expect(logsAt(killed, 'client', 71_700)).toMatchObject([{ text: 'sending', stream: 'stdout' }]);
    expect(logsAt(killed, 'worker1', 1e9).map(({ stream }) => stream)).toContain('stderr');
  });

  test('effects are counted by name', () => {
    expect(effectsAt(everyShape, 1e9).get('deposit 1')).toHaveLength(2);
    expect(effectsAt(everyShape, 700_000).get('deposit 1')).toHaveLength(1);
    expect(effectsAt(everyShape, 0).size).toBe(0);
  });

  test('a message that was sent again and came is not lost', () => {
    expect(messageCountsAt(everyShape, 300_000)).toEqual({ sent: 1, arrived: 0, lost: 1 });
    expect(messageCountsAt(everyShape, 640_000)).toEqual({ sent: 1, arrived: 0, lost: 0 });
    expect(messageCountsAt(everyShape, 646_200)).toEqual({ sent: 1, arrived: 1, lost: 0 });
    expect(messageCountsAt(everyShape, 1e9).lost).toBe(1);
  });

  test('the last value of a state holds', () => {
    expect(stateAt(killed, 'broker', 90_000).get('queue/celery')).toEqual({ ready: 0, unacked: 1 });
    expect(stateAt(killed, 'broker', 1e9).get('queue/celery')).toEqual({ ready: 0, unacked: 0 });
  });

  test('the end is told as data', () => {
    expect(endFacts(killed)).toMatchObject({
      tUs: 108_420,
      reason: 'quiescent',
      sent: killed.sends.length,
      lost: 0,
      waiting: [{ node: 'client', line: 'client.ts:7' }],
    });
    expect(endFacts(new TraceStore())).toBeNull();
    expect(nodesOf(killed)).toEqual(['broker', 'backend', 'worker1', 'client']);
  });
});

describe('lens', () => {
  const kindsSeen = (trace: TraceStore, node: string, tUs: number) => {
    const lens = seenFrom(trace, node, tUs);
    return Array.from({ length: trace.eventCount }, (_, id) => id)
      .filter((id) => lens.has(id))
      .map((id) => `${trace.processAt(id).name} ${trace.kindAt(id)}`);
  };

  test('the client does not know of the death, the broker does', () => {
    expect(kindsSeen(killed, 'client', 1e9)).not.toContain('worker1 kill');
    expect(kindsSeen(killed, 'client', 1e9)).toContain('worker1 start');
    expect(kindsSeen(killed, 'broker', 1e9)).toContain('worker1 kill');
    expect(kindsSeen(killed, 'broker', 98_000)).not.toContain('worker1 kill');
  });

  test('nobody sees the network lose a packet', () => {
    expect(kindsSeen(everyShape, 'client', 1e9).filter((kind) => /lose|retr/.test(kind))).toEqual(
      [],
    );
  });

  test('tells when a node was last heard of', () => {
    const lens = seenFrom(killed, 'client', 1e9);
    expect(lens.heardUs('worker1')).toBe(23_200);
    expect(lens.heardUs('client')).toBe(92_470);
    expect(seenFrom(killed, 'client', 40_000).heardUs('broker')).toBeUndefined();
    expect(seenFrom(killed, 'client', 40_000).apexId).toBe(-1);
  });

  test('a node sees with all its processes', () => {
    expect(kindsSeen(killed, 'worker1', 97_000)).toContain('worker1/1 span');
  });
});

describe('keyboardAt', () => {
  const lines = [
    '{"tUs":0,"kind":"start","node":"a","incarnation":1,"command":"a"}',
    '{"tUs":1,"kind":"partial","node":"a","stream":"stdout","text":"name? "}',
    '{"tUs":1,"kind":"wait","node":"a","op":"begin","wait":1,"what":"a line of input","line":"a.ts:1"}',
    '{"tUs":5,"kind":"wait","node":"a","op":"end","wait":1,"what":"a line of input","line":"a.ts:1"}',
    '{"tUs":7,"kind":"wait","node":"a","op":"begin","wait":2,"what":"a line of input","line":"a.ts:2"}',
    '{"tUs":9,"kind":"kill","node":"a"}',
  ];
  const trace = TraceStore.from(lines.join('\n') + '\n');

  test('tells when a program waits for a line, with its prompt', () => {
    expect(keyboardAt(trace, 'a', 0)).toBeNull();
    expect(keyboardAt(trace, 'a', 1)).toEqual({ isAwaited: true, prompt: 'name?' });
    expect(keyboardAt(trace, 'a', 5)).toEqual({ isAwaited: false, prompt: '' });
    expect(keyboardAt(trace, 'a', 8)).toEqual({ isAwaited: true, prompt: '' });
  });

  test('a program that is gone has none', () => {
    expect(keyboardAt(trace, 'a', 9)).toBeNull();
    expect(keyboardAt(trace, 'b', 1)).toBeNull();
  });
});
