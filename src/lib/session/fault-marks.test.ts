import { expect, test } from 'vitest';
import type { Fault } from '#lib/protocol/faults.ts';
import { traceNamed } from '../../../tests/support/fixtures.ts';
import { FaultPlaces } from './fault-marks.ts';
import { patternOf } from './message-fault.ts';

const trace = traceNamed('first-task');
const ack = Array.from({ length: trace.eventCount }, (_, id) => id).find(
  (id) => trace.kindAt(id) === 'send' && trace.textAt(id, 'msg') === 'ack',
)!;

test('a timed fault stands at its time, a pattern where it was met', () => {
  const faults: Fault[] = [
    { atMs: 12.5, cut: 'client<->broker' },
    { on: patternOf(trace, ack), drop: true },
    { on: { send: 'never' }, drop: true },
    { atMs: 1, kill: 'worker1' },
  ];
  expect(new FaultPlaces().of(trace, faults)).toEqual([
    { index: 0, atUs: 12_500, verb: 'cut', target: 'client ↔ broker', isFixed: false },
    {
      ...{ index: 1, atUs: trace.timeAt(ack), verb: 'drop', isFixed: true },
      target: `ack ${trace.processAt(ack).name} → ${trace.textAt(ack, 'to')}`,
    },
    { index: 3, atUs: 1_000, verb: 'kill', target: 'worker1', isFixed: false },
  ]);
});

test('what nobody has checked yet does no harm', () => {
  const faults = [
    {},
    { on: 'x', drop: true },
    { on: null },
    { atMs: 'soon', kill: 'w' },
    { atMs: 1, explode: 'w' },
  ] as unknown as Fault[];
  expect(new FaultPlaces().of(trace, faults)).toEqual([
    { index: 4, atUs: 1_000, verb: 'other', target: '', isFixed: false },
  ]);
});
