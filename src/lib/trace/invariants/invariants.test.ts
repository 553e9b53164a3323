// Each checker is fed a trace in which its invariant holds, and traces in which it does not: a checker
// that finds nothing is worth nothing.

import { describe, expect, test } from 'vitest';
import type { Cluster } from '#lib/protocol/cluster.ts';
import type { EndReason, TraceEvent } from '#lib/protocol/trace.ts';
import { clusterOf } from '../../../../tests/support/cluster.ts';
import { INVARIANTS, TraceChecker } from './index.ts';
import { causesPrecedeEffects } from './causes.ts';
import { messagesAreConserved } from './conservation.ts';
import { theDeadDoNothing } from './dead.ts';
import { onlyTheLivingReceive } from './incarnations.ts';
import type { InvariantFactory } from './invariant.ts';
import { nothingIsFasterThanItsLink } from './latency.ts';
import { livesFollowTheirCourse } from './lifecycle.ts';
import { connectionsKeepOrder } from './order.ts';
import { outputIsBounded } from './output.ts';
import { pairsMatch } from './pairs.ts';
import { nothingCrossesAPartition } from './partitions.ts';
import { thePausedBeginNothing } from './paused.ts';
import { timeNeverRunsBack } from './time.ts';
import { timersFireWhenDue } from './timers.ts';

/** 10 ms between `a`, `b` and `c`; 50 ms from a to c. */
const cluster: Cluster = {
  ...clusterOf({
    programs: {},
    nodes: ['a', 'b', 'c'],
    links: { 'a->c': { latencyUs: 50_000 } },
  }),
};

/** Fills in what a test does not care for. */
type Sketch = Partial<TraceEvent> & { kind: TraceEvent['kind'] };

const DEFAULTS: Partial<Record<TraceEvent['kind'], object>> = {
  start: { incarnation: 1, command: 'x' },
  send: { conn: 0, to: 'b', proto: 'node', msg: 'data', bytes: 1, preview: '' },
  deliver: { from: 'a', node: 'b', conn: 0, proto: 'node', msg: 'data' },
  connect: { conn: 0, to: 'b', port: 7 },
  accept: { conn: 0, node: 'b', from: 'a', to: 'a' },
  open: { conn: 0 },
  close: { conn: 0, to: 'b' },
  reset: { conn: 0, to: 'b' },
  lose: { reason: 'loss' },
  drop: { node: 'b', reason: 'closed' },
  log: { stream: 'stdout', text: '' },
};

/** What a checker says of a trace that ends with `reason`. */
function said(
  invariant: InvariantFactory,
  sketches: readonly Sketch[],
  reason: EndReason = 'until',
): string[] {
  const checker = new TraceChecker(cluster, [invariant]);
  let tUs = 0;
  for (const sketch of sketches) {
    tUs = sketch.tUs ?? tUs;
    checker.event({ node: 'a', ...DEFAULTS[sketch.kind], tUs, ...sketch } as TraceEvent);
  }
  checker.end({ kind: 'end', tUs, reason, waiting: [], deadlocks: [], eventCount: 0 });
  return checker.breaches.map(({ message }) => message);
}

const start = (node: string, incarnation = 1): Sketch => ({ kind: 'start', node, incarnation });
const born: Sketch[] = [start('a'), start('b'), start('c')];
/** Events 3 to 5: a connects to b. */
const connected: Sketch[] = [
  ...born,
  { kind: 'connect' },
  { kind: 'accept', tUs: 10_000, send: 3, cause: 3 },
  { kind: 'open', tUs: 20_000, send: 4, cause: 4 },
];

describe('in a lawful trace nothing is broken', () => {
  const lawful: Sketch[] = [
    ...connected,
    { kind: 'send', cause: 5 },
    { kind: 'lose', send: 6, cause: 6 },
    { kind: 'retransmit', tUs: 220_000, send: 6, cause: 6, attempt: 1 } as Sketch,
    { kind: 'deliver', tUs: 230_000, send: 6, cause: 6 },
    { kind: 'kill', node: 'b' },
    { kind: 'close', node: 'b', to: 'a', cause: 10 },
    { kind: 'deliver', tUs: 240_000, node: 'a', from: 'b', send: 11, proto: 'tcp', msg: 'close' },
  ];
  for (const invariant of INVARIANTS) {
    test(`KT2 NET2 ${invariant().name}`, () => {
      expect(said(invariant, lawful, 'quiescent')).toEqual([]);
    });
  }
});

describe('virtual time never runs back', () => {
  test('KT1 an event before the one before it', () => {
    const events: Sketch[] = [
      { kind: 'log', tUs: 5 },
      { kind: 'log', tUs: 4 },
    ];
    expect(said(timeNeverRunsBack, events)).toEqual([
      '4 µs comes after 5 µs',
      '4 µs comes after 5 µs',
    ]);
  });
  test('KT1 half a microsecond', () => {
    const events: Sketch[] = [
      { kind: 'log', tUs: 0.5 },
      { kind: 'log', tUs: 1 },
    ];
    expect(said(timeNeverRunsBack, events)).toEqual(['0.5 is no whole number of microseconds']);
  });
});

describe('causes precede effects', () => {
  test('KT2 a cause that comes later', () => {
    const events: Sketch[] = [start('a'), { kind: 'log', cause: 1 }];
    expect(said(causesPrecedeEffects, events)).toEqual(['its cause 1 comes later']);
  });
  test('KT2 a message that comes later', () => {
    const events: Sketch[] = [...born, { kind: 'deliver', send: 9 }];
    expect(said(causesPrecedeEffects, events)).toEqual(['the message 9 it names comes later']);
  });
  test('KT2 a deed caused by what happened to somebody else', () => {
    const events: Sketch[] = [...born, { kind: 'log', node: 'b', cause: 0 }];
    expect(said(causesPrecedeEffects, events)).toEqual(['its cause 0 happened to another process']);
  });
});

describe('messages are conserved', () => {
  const sent: Sketch[] = [...connected, { kind: 'send' }];
  const delivered: Sketch = { kind: 'deliver', tUs: 30_000, send: 6 };
  test('NET2 a message delivered twice', () => {
    expect(said(messagesAreConserved, [...sent, delivered, delivered])).toEqual([
      'the message was never sent, or arrived before',
    ]);
  });
  test('NET2 a copy arrives twice, and not three times', () => {
    const events: Sketch[] = [...sent, { kind: 'duplicate', send: 6 }, delivered, delivered];
    expect(said(messagesAreConserved, events)).toEqual([]);
    expect(said(messagesAreConserved, [...events, delivered])).toHaveLength(1);
  });
  test('NET2 a lost message that arrives all the same', () => {
    expect(said(messagesAreConserved, [...sent, { kind: 'lose', send: 6 }, delivered])).toEqual([
      'message 6 was lost and not sent again',
    ]);
  });
  test('NET2 a message lost for no reason, or twice', () => {
    const lost: Sketch = { kind: 'lose', send: 6 };
    const silently: Sketch = { kind: 'lose', send: 6, reason: '' };
    expect(said(messagesAreConserved, [...sent, silently])).toEqual([
      'a message was lost for no reason',
    ]);
    expect(said(messagesAreConserved, [...sent, lost, lost])).toEqual([
      'message 6 is lost already',
    ]);
  });
  test('NET2 a message sent again that was not lost', () => {
    const again = { kind: 'retransmit', send: 6, attempt: 1 } as Sketch;
    expect(said(messagesAreConserved, [...sent, again])).toEqual([
      'message 6 was not lost and is sent again',
    ]);
  });
  test('NET5 a message that becomes another one on the way', () => {
    const other: Sketch = { ...delivered, msg: 'reply' };
    expect(said(messagesAreConserved, [...sent, other])).toEqual(['message 6 was another one']);
    const elsewhere: Sketch = { ...delivered, node: 'c' };
    expect(said(messagesAreConserved, [...sent, elsewhere])).toEqual(['message 6 was for b']);
  });
  test('KT7 a message under way when the run is quiescent', () => {
    expect(said(messagesAreConserved, sent, 'until')).toEqual([]);
    expect(said(messagesAreConserved, sent, 'quiescent')).toEqual([
      'message 6 is under way when nothing is',
    ]);
  });
});

describe('connections keep order', () => {
  const sent: Sketch[] = [...connected, { kind: 'send' }, { kind: 'send' }];
  test('NET2 the second before the first', () => {
    const events: Sketch[] = [...sent, { kind: 'deliver', tUs: 30_000, send: 7 }];
    expect(said(connectionsKeepOrder, events)).toEqual(['message 7 overtook message 6']);
  });
  test('NET2 a message after the end of stream', () => {
    const events: Sketch[] = [...sent, { kind: 'close' }, { kind: 'send' }];
    expect(said(connectionsKeepOrder, events)).toEqual([
      'send after the end of stream of connection 0',
    ]);
  });
});

describe('only the living receive', () => {
  const sent: Sketch[] = [...connected, { kind: 'send' }];
  test('NODE4 a message to somebody who was killed, or has not started', () => {
    const events: Sketch[] = [
      ...sent,
      { kind: 'kill', node: 'b' },
      { kind: 'deliver', tUs: 30_000, send: 6 },
    ];
    expect(said(onlyTheLivingReceive, events)).toEqual(['b is not alive']);
    expect(said(onlyTheLivingReceive, [start('a'), { kind: 'deliver', send: 0 }])).toHaveLength(1);
  });
  test('NODE5 a message for the incarnation before', () => {
    const events: Sketch[] = [
      ...sent,
      { kind: 'kill', node: 'b' },
      start('b', 2),
      { kind: 'deliver', tUs: 30_000, send: 6 },
    ];
    expect(said(onlyTheLivingReceive, events)).toEqual([
      'connection 0 belongs to incarnation 1, not 2',
    ]);
  });
});

describe('the dead do nothing', () => {
  test('NODE4 a line of output after a kill', () => {
    const events: Sketch[] = [...born, { kind: 'kill' }, { kind: 'log' }];
    expect(said(theDeadDoNothing, events)).toEqual(['a is not alive']);
  });
  test('NODE4 an end of stream long after a kill, or from a machine that is off', () => {
    const late: Sketch[] = [...connected, { kind: 'kill' }, { kind: 'close', tUs: 21_000 }];
    expect(said(theDeadDoNothing, late)).toEqual(['a is not alive']);
    const off: Sketch[] = [...connected, { kind: 'powerOff' }, { kind: 'close' }];
    expect(said(theDeadDoNothing, off)).toEqual(['a is off']);
  });
  test('NODE4 a machine sends again what it forgot when it lost power', () => {
    const events: Sketch[] = [
      ...connected,
      { kind: 'send' },
      { kind: 'lose', send: 6 },
      { kind: 'powerOff' },
      start('a', 2),
      { kind: 'retransmit', tUs: 220_000, send: 6, attempt: 1 } as Sketch,
    ];
    expect(said(theDeadDoNothing, events)).toEqual(['message 6 was forgotten when a lost power']);
  });
});

describe('lives follow their course', () => {
  test('NODE5 a process starts twice, or as the wrong incarnation', () => {
    expect(said(livesFollowTheirCourse, [start('a'), start('a', 2)])).toEqual(['a runs already']);
    expect(said(livesFollowTheirCourse, [start('a', 2)])).toEqual(['incarnation 2, not 1']);
  });
  test('NODE6 a dead process is paused, a live one resumed', () => {
    expect(said(livesFollowTheirCourse, [{ kind: 'pause' }])).toEqual(['a is not alive']);
    expect(said(livesFollowTheirCourse, [start('a'), { kind: 'resume' }])).toEqual([
      'resume twice',
    ]);
  });
});

describe('nothing is faster than its link', () => {
  test('NET1 a message that takes less than the base latency', () => {
    const events: Sketch[] = [
      ...connected,
      { kind: 'send' },
      { kind: 'deliver', tUs: 29_999, send: 6 },
    ];
    expect(said(nothingIsFasterThanItsLink, events)).toEqual([
      'message 6 took 9999 µs, its way takes 10000 µs',
    ]);
  });
  test('NET1 a link of its own, and one that a fault changed for what is sent later', () => {
    const changed: Sketch = { kind: 'fault', fault: { link: 'a->b', set: { latencyMs: 30 } } };
    const before: Sketch[] = [...connected, { kind: 'send' }, changed];
    const arrival: Sketch = { kind: 'deliver', tUs: 30_000, send: 6 };
    expect(said(nothingIsFasterThanItsLink, [...before, arrival])).toEqual([]);
    const after: Sketch[] = [...connected, changed, { kind: 'send' }];
    expect(said(nothingIsFasterThanItsLink, [...after, { ...arrival, send: 7 }])).toHaveLength(1);
    const far: Sketch[] = [...born, { kind: 'send', to: 'c' }];
    expect(said(nothingIsFasterThanItsLink, [...far, { ...arrival, node: 'c', send: 3 }])).toEqual([
      'message 3 took 30000 µs, its way takes 50000 µs',
    ]);
  });
  test('NET2 a copy that left before the message was sent again may arrive first', () => {
    const lost: Sketch[] = [
      ...connected,
      { kind: 'send' },
      { kind: 'lose', send: 6, reason: 'loss' },
    ];
    const again: Sketch = { kind: 'retransmit', tUs: 29_000, send: 6, attempt: 1 };
    const arrival: Sketch = { kind: 'deliver', tUs: 30_000, send: 6 };
    expect(said(nothingIsFasterThanItsLink, [...lost, again, arrival])).toHaveLength(1);
    const copied: Sketch[] = [...connected, { kind: 'send' }, { kind: 'duplicate', send: 6 }];
    const rest: Sketch[] = [{ kind: 'lose', send: 6, reason: 'loss' }, again, arrival];
    expect(said(nothingIsFasterThanItsLink, [...copied, ...rest])).toEqual([]);
  });
  test('NODE9 a refusal that has not been there and back', () => {
    const refusal = { kind: 'refuse', tUs: 19_000, send: 3, conn: 0, from: 'b' } as Sketch;
    const events: Sketch[] = [...born, { kind: 'connect' }, refusal];
    expect(said(nothingIsFasterThanItsLink, events)).toHaveLength(1);
  });
});

describe('nothing crosses a partition', () => {
  const sent: Sketch[] = [...connected, { kind: 'send' }];
  const arrival: Sketch = { kind: 'deliver', tUs: 30_000, send: 6 };
  const fault = (value: object): Sketch => ({ kind: 'fault', node: '', fault: value as never });
  test('NET4 a message in flight when the partition began', () => {
    const partition = fault({ partition: [['b'], ['a']] });
    expect(said(nothingCrossesAPartition, [...sent, partition, arrival])).toEqual([
      'nothing can pass from a to b',
    ]);
    const healed = [...sent, partition, fault({ heal: true }), arrival];
    expect(said(nothingCrossesAPartition, healed)).toEqual([]);
  });
  test('NET4 one way only', () => {
    const there = fault({ partition: [['a'], ['b']], oneWay: true });
    const back = fault({ partition: [['b'], ['a']], oneWay: true });
    expect(said(nothingCrossesAPartition, [...sent, there, arrival])).toHaveLength(1);
    expect(said(nothingCrossesAPartition, [...sent, back, arrival])).toEqual([]);
  });
  test('NET4 a cut link, until it is mended; heal does not mend', () => {
    const cut = fault({ cut: 'a<->b' });
    const heal = fault({ heal: true });
    expect(said(nothingCrossesAPartition, [...sent, cut, heal, arrival])).toHaveLength(1);
    const mended = [...sent, cut, fault({ mend: 'a->b' }), arrival];
    expect(said(nothingCrossesAPartition, mended)).toEqual([]);
  });
});

describe('timers fire when due', () => {
  const set: Sketch = { kind: 'timer', op: 'set', timer: 1, dueUs: 100 };
  const fired: Sketch = { kind: 'timer', op: 'fired', timer: 1, cause: 1, tUs: 100 };
  test('KT7 too early, twice, after it was cancelled', () => {
    expect(said(timersFireWhenDue, [start('a'), set, fired])).toEqual([]);
    expect(said(timersFireWhenDue, [start('a'), set, { ...fired, tUs: 99 }])).toEqual([
      'timer 1 is due at 100 µs',
    ]);
    expect(said(timersFireWhenDue, [start('a'), set, fired, fired])).toEqual([
      'timer 1 is not set',
    ]);
    const cancelled: Sketch = { kind: 'timer', op: 'cancelled', timer: 1 };
    expect(said(timersFireWhenDue, [start('a'), set, cancelled, fired])).toHaveLength(1);
  });
  test('NODE5 a timer of the incarnation before', () => {
    expect(said(timersFireWhenDue, [start('a'), set, start('a', 2), fired])).toHaveLength(1);
  });
});

describe('the paused begin nothing', () => {
  const paused: Sketch[] = [start('a'), { kind: 'pause' }];
  test('NODE6 a timer that fires, or a deed caused after the pause', () => {
    const fired: Sketch = { kind: 'timer', op: 'fired', timer: 1, cause: 0 };
    expect(said(thePausedBeginNothing, [...paused, fired])).toEqual(['a is paused']);
    expect(said(thePausedBeginNothing, [...paused, { kind: 'log', cause: 1 }])).toHaveLength(1);
  });
  test('KT5 the turn that the pause found goes on', () => {
    expect(said(thePausedBeginNothing, [...paused, { kind: 'log', cause: 0 }])).toEqual([]);
  });
});

describe('output is bounded', () => {
  test('NODE7 a line after the limit, until the next start', () => {
    const limited: Sketch[] = [start('a'), { kind: 'log', text: 'output limited: no more' }];
    expect(said(outputIsBounded, [...limited, { kind: 'log', text: 'x' }])).toEqual([
      'a line after "output limited"',
    ]);
    expect(said(outputIsBounded, [...limited, start('a', 2), { kind: 'log' }])).toEqual([]);
  });
  test('NODE7 a line that is too long', () => {
    const events: Sketch[] = [{ kind: 'log', text: 'x'.repeat(4097) }];
    expect(said(outputIsBounded, events)).toEqual(['a line of 4097 characters']);
  });
});

describe('spans and waits pair up', () => {
  const begin: Sketch = { kind: 'span', op: 'begin', span: 1, name: 'x' };
  const end: Sketch = { ...begin, op: 'end' } as Sketch;
  test('KT8 an end without a beginning, a beginning twice', () => {
    expect(said(pairsMatch, [begin, end])).toEqual([]);
    expect(said(pairsMatch, [begin, end, end])).toEqual(['span 1 ends without a beginning']);
    expect(said(pairsMatch, [begin, begin])).toEqual(['span 1 begins twice']);
    const wait: Sketch = { kind: 'wait', op: 'end', wait: 1, what: 'x' };
    expect(said(pairsMatch, [begin, wait])).toEqual(['wait 1 ends without a beginning']);
  });
});
