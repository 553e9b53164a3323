import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TraceStore } from '#lib/trace/store.ts';
import { checksIn, holds, sentenceOf } from './checks.ts';
import { findMatch, findMoment } from './pattern.ts';
import type { Check } from './schema.ts';

const trace = (name: string) =>
  TraceStore.from(readFileSync(`tests/fixtures/traces/${name}.jsonl`, 'utf8'));
const healthy = trace('first-task');
const killed = trace('first-task-killed');

/** check, in the healthy run, in the one with a kill */
const cases: [Check, boolean, boolean][] = [
  [{ log: 'ready\\.$', node: 'worker1' }, true, true],
  [{ log: 'ready\\.$', node: 'client' }, false, false],
  [{ died: 'worker1' }, false, true],
  [{ off: 'worker1' }, false, false],
  [{ waits: 'client' }, false, true],
  [{ waits: 'client', is: false }, true, false],
  [{ span: 'tasks.add', node: 'worker1' }, true, true],
  [{ span: 'tasks.add', max: 0 }, false, false],
  [{ message: 'ack', from: 'worker1', to: 'broker', min: 1, max: 1 }, true, true],
  [{ message: 'task', min: 3 }, false, false],
  [{ message: 'task', min: 1, max: 1, untilMs: 72 }, true, true],
  [{ message: 'ack', from: 'worker1', to: 'broker', arrives: true, max: 1 }, true, true],
  [{ message: 'ack', to: 'worker1', arrives: true }, false, false],
  [{ log: 'ready\\.$', node: 'worker1', sinceMs: 300 }, false, false],
  [{ message: 'task', from: 'client', sinceMs: 72, untilMs: 72 }, true, true],
  [{ message: 'task', from: 'client', sinceMs: 73 }, false, false],
  [{ runs: 'client', atMs: 1613 }, true, true],
  [{ runs: 'client', atMs: 10_000 }, false, true],
  [{ runs: 'worker1', atMs: 10_000 }, true, false],
  [{ runs: 'nobody', atMs: 0 }, false, false],
  [{ roundTrips: 'amqp', node: 'client', min: 1 }, true, true],
  [{ roundTrips: 'amqp', node: 'client', max: 0, untilMs: 71 }, true, true],
  [{ roundTrips: 'rpyc' }, false, false],
  [{ deadlock: ['client'] }, false, false],
  [{ exit: 'client', code: 0 }, true, false],
  [{ exit: 'client', code: 0, untilMs: 1613 }, false, false],
  [{ ends: 'quiescent' }, true, true],
];

test.each(cases)('%j', (check, inHealthy, inKilled) => {
  expect([holds(check, healthy), holds(check, killed)]).toEqual([inHealthy, inKilled]);
});

test('a check of one language is asked of its programs alone', () => {
  const checks: Check[] = [{ died: 'a' }, { died: 'b', language: 'py' }];
  expect(checksIn('ts', checks)).toEqual([{ died: 'a' }]);
  expect(checksIn('py', checks)).toEqual(checks);
});

test('KT8 a deadlock is one whose members are all named, among others', () => {
  const event = { tUs: 0, kind: 'end', reason: 'quiescent', waiting: [], eventCount: 0 };
  const end = {
    ...event,
    deadlocks: [
      ['x', 'y'],
      ['a', 'b/1', 'client'],
    ],
  };
  const stuck = TraceStore.from(
    `${JSON.stringify({ lightcone: 1, build: '', seed: 1, nodes: [] })}\n${JSON.stringify(end)}\n`,
  );
  expect(holds({ deadlock: ['a', 'b'] }, stuck)).toBe(true);
  expect(holds({ deadlock: ['a', 'x'] }, stuck)).toBe(false);
  expect(sentenceOf({ deadlock: ['a', 'b'] }).en).toBe('a, b wait for each other');
});

test('NODE4 a power cut is told from a kill', () => {
  const lines = [
    { lightcone: 1, build: '', seed: 1, nodes: ['a', 'b'] },
    { tUs: 1, kind: 'powerOff', node: 'a/1' },
    { tUs: 2, kind: 'kill', node: 'b' },
  ];
  const cut = TraceStore.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  expect([holds({ off: 'a' }, cut), holds({ died: 'a' }, cut)]).toEqual([true, false]);
  expect([holds({ off: 'b' }, cut), holds({ died: 'b' }, cut)]).toEqual([false, true]);
});

test('a process runs from its start to its end, and again once it is restarted', () => {
  const lines = [
    { lightcone: 1, build: '', seed: 1, nodes: ['a'] },
    { tUs: 1000, kind: 'start', node: 'a', incarnation: 1, command: 'a.ts' },
    { tUs: 5000, kind: 'kill', node: 'a' },
    { tUs: 9000, kind: 'start', node: 'a', incarnation: 2, command: 'a.ts' },
  ];
  const twice = TraceStore.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const runs = [0, 1, 4, 5, 8, 9].map((atMs) => holds({ runs: 'a', atMs }, twice));
  expect(runs).toEqual([false, true, true, false, false, true]);
});

test('every check has a sentence in both languages', () => {
  for (const [check] of cases) {
    expect(sentenceOf(check).en).not.toBe('');
    expect(sentenceOf(check).zh).not.toBe('');
  }
});

test('a pattern finds the message that a fault would strike', () => {
  const id = findMatch(healthy, { deliver: 'ack', from: 'worker1', to: 'broker' });
  expect(healthy.eventAt(id)).toMatchObject({ kind: 'deliver', node: 'broker', msg: 'ack' });
  expect(findMatch(healthy, { deliver: 'ack', to: 'client' })).toBe(-1);
  const second = findMatch(healthy, { send: 'task', nth: 2 });
  expect(second).toBeGreaterThan(findMatch(healthy, { send: 'task' }));
  expect(findMatch(healthy, { send: 'task', every: true }, second)).toBe(-1);
});

test('a run can be stopped where a node prints a line', () => {
  const id = findMoment(healthy, { log: '^8$', node: 'client' });
  expect(healthy.eventAt(id)).toMatchObject({ kind: 'log', node: 'client', text: '8' });
  expect(findMoment(killed, { log: '^8$', node: 'client' })).toBe(-1);
  expect(findMoment(healthy, { log: '^8$', node: 'worker1' })).toBe(-1);
});
