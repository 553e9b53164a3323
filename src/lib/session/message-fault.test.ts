import { expect, test } from 'vitest';
import { findMatch } from '#lib/lessons/pattern.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { traceNamed } from '../../../tests/support/fixtures.ts';
import { randomTrace } from '../../../tests/support/random-trace.ts';
import { patternOf } from './message-fault.ts';

const traces: [string, TraceStore][] = [
  ...['first-task', 'first-task-killed', 'every-shape'].map((name): [string, TraceStore] => [
    name,
    traceNamed(name),
  ]),
  ['random', TraceStore.from(randomTrace({ seed: 5, nodeCount: 3, eventCount: 600 }))],
];

test.each(traces)('the pattern of a message of %s names that one and no other', (_name, trace) => {
  for (let id = 0; id < trace.eventCount; id++) {
    if (trace.kindAt(id) !== 'send') continue;
    expect(findMatch(trace, patternOf(trace, id))).toBe(id);
  }
});

test('a node and its child that send the same word are counted as the kernel counts them', () => {
  const send = (tUs: number, node: string): string =>
    `{"tUs":${tUs},"kind":"send","node":"${node}","to":"b","proto":"node","msg":"data","bytes":1,"preview":""}\n`;
  const trace = TraceStore.from(send(1, 'w/1') + send(2, 'w') + send(3, 'w/1'));
  expect(patternOf(trace, 1)).toEqual({ send: 'data', from: 'w', to: 'b', nth: 2 });
  expect(patternOf(trace, 2)).toEqual({ send: 'data', from: 'w/1', to: 'b', nth: 2 });
});
