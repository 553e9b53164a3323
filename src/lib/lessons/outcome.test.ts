import { expect, test } from 'vitest';
import { TraceStore } from '#lib/trace/store.ts';
import { filesOf, workFacts } from './outcome.ts';
import type { Lesson } from './lesson.ts';

const ANSWER = { log: '^total 3$', node: 'client', untilMs: 10 };
const LINES = { log: '^counted (\\d)$' };

type Event = Readonly<Record<string, unknown>>;
const says = (tUs: number, node: string, text: string): Event => ({
  ...{ tUs, kind: 'log', node, stream: 'stdout', text },
});
const done = (tUs: number, piece: number): Event => says(tUs, 'w1/1', `counted ${piece}`);
const exit = (tUs: number, node: string): Event => ({ tUs, kind: 'exit', node, code: 0 });

function traceOf(...events: Event[]): TraceStore {
  const header = { lightcone: 1, build: '', seed: 1, nodes: ['client', 'w1'] };
  return TraceStore.from([header, ...events].map((line) => `${JSON.stringify(line)}\n`).join(''));
}

function outcomeOf(hasFaults: boolean, ...events: Event[]) {
  return workFacts(traceOf(...events), { answer: ANSWER, done: LINES }, hasFaults);
}

test('who got the right answer has recovered, or it was repeated', () => {
  const right = [done(1, 1), done(2, 2), says(3, 'client', 'total 3')];
  expect(outcomeOf(false, ...right)).toEqual({
    ...{ outcome: 'right', atUs: 3, doneCount: 2, timesCount: 2 },
  });
  expect(outcomeOf(true, ...right).outcome).toBe('recovered');
  // Also when it is done a second time after the answer.
  expect(outcomeOf(true, ...right, exit(4, 'client'), done(9, 1))).toEqual({
    ...{ outcome: 'repeated', atUs: 3, doneCount: 2, timesCount: 3 },
  });
});

test('who has ended without the right answer has lost the work, who has not is stalled', () => {
  const wrong = [done(1, 1), says(3, 'client', 'total 1')];
  expect(outcomeOf(true, ...wrong, exit(4, 'client'))).toMatchObject({ outcome: 'lost', atUs: 4 });
  expect(outcomeOf(true, ...wrong, exit(4, 'w1'))).toMatchObject({
    outcome: 'stalled',
    atUs: null,
  });
  // Somebody else's answer is none, and one that comes too late neither.
  const late = [says(4, 'w1', 'total 3'), says(10_001, 'client', 'total 3')];
  expect(outcomeOf(true, ...wrong, ...late).outcome).toBe('stalled');
});

test('work that a death has cut short is not done', () => {
  const span = (tUs: number, node: string, op: string): Event => ({
    ...{ tUs, kind: 'span', node, op, name: 'map:1', span: 1 },
  });
  const events = [
    { tUs: 0, kind: 'start', node: 'w1', incarnation: 1 },
    span(1, 'w1', 'begin'),
    { tUs: 2, kind: 'kill', node: 'w1' },
    { tUs: 3, kind: 'start', node: 'w1', incarnation: 2 },
    { ...span(4, 'w1', 'begin'), span: 2 },
    { ...span(5, 'w1', 'end'), span: 2 },
  ];
  const facts = workFacts(
    traceOf(...events),
    { answer: ANSWER, done: { span: '^map:(\\d)$' } },
    true,
  );
  expect(facts).toMatchObject({ doneCount: 1, timesCount: 1 });
});

test('the programs of a row are those of its variant, with what it changes', () => {
  const lesson = {
    files: { 'a.ts': 'start', 'b.ts': 'start' },
    solution: { 'a.ts': 'start', 'b.ts': 'solved' },
    variants: { other: { files: { 'a.ts': 'other' }, changes: {} } },
  } as unknown as Lesson;
  expect(filesOf(lesson, {})).toEqual(lesson.files);
  expect(filesOf(lesson, { variant: 'other', changed: ['b.ts'] })).toEqual({
    ...{ 'a.ts': 'other', 'b.ts': 'solved' },
  });
});
