import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { traceNamed, traceText } from '../../../tests/support/fixtures.ts';
import { randomTrace } from '../../../tests/support/random-trace.ts';
import { Comparison, isSameText } from './compare.ts';
import { foldCommon, pairLines, pairsAt } from './console-diff.ts';
import { NO_EVENT, TraceStore } from './store.ts';

const HEADER = '{"lightcone":1,"build":"b","seed":1,"nodes":["a","b"]}';
const END =
  '{"kind":"end","tUs":9000,"reason":"quiescent","waiting":[],"deadlocks":[],"eventCount":0}';

/** A trace of these events; without `isEnded` it is still being computed. */
function traceOf(events: readonly object[], isEnded = true): TraceStore {
  const lines = events.map((event) => JSON.stringify(event));
  return TraceStore.from([HEADER, ...lines, ...(isEnded ? [END] : [])].join('\n') + '\n');
}

const log = (tUs: number, node: string, text: string) => ({
  ...{ tUs, kind: 'log', node, stream: 'stdout', text },
});

const partings = (one: TraceStore, other: TraceStore) => {
  const { line, step } = new Comparison(one, other);
  return { line, step };
};

const small = fc.record({
  seed: fc.integer({ min: 0, max: 1_000 }),
  nodeCount: fc.integer({ min: 1, max: 5 }),
  eventCount: fc.integer({ min: 8, max: 200 }),
});

describe('two runs part', () => {
  test('nowhere when they are the same, whatever they are', () => {
    fc.assert(
      fc.property(small, (options) => {
        const text = randomTrace(options);
        const [one, other] = [TraceStore.from(text), TraceStore.from(text)];
        expect(partings(one, other)).toEqual({ line: null, step: null });
      }),
    );
    for (const name of ['first-task', 'first-task-killed', 'every-shape']) {
      expect(partings(traceNamed(name), traceNamed(name))).toEqual({ line: null, step: null });
    }
  });

  test('at the line that was changed, and what comes before is the same', () => {
    fc.assert(
      fc.property(small, fc.nat(), (options, choice) => {
        const lines = randomTrace(options).trimEnd().split('\n');
        const id = choice % (lines.length - 2);
        const event = JSON.parse(lines[id + 1]!) as { node: string };
        const changed = { ...event, node: event.node === 'n1' ? 'n9' : 'n1' };
        const others = lines.with(id + 1, JSON.stringify(changed));
        const [one, other] = [lines, others].map((it) => TraceStore.from(it.join('\n')));
        const { line, sameLineCount } = new Comparison(one!, other!);
        expect(line).toEqual({ tUs: one!.timeAt(id), beforeId: id, nowId: id });
        expect(sameLineCount).toBe(id);
        for (let same = 0; same < id; same++) {
          expect(other!.eventAt(same)).toEqual(one!.eventAt(same));
        }
      }),
    );
  });

  test('however the second one arrives', () => {
    const text = traceText('first-task-killed');
    const whole = partings(traceNamed('first-task'), TraceStore.from(text));
    const growing = new TraceStore();
    const comparison = new Comparison(traceNamed('first-task'), growing);
    for (const line of text.trim().split('\n')) {
      growing.append(`${line}\n`);
      comparison.extend();
    }
    expect({ line: comparison.line, step: comparison.step }).toEqual(whole);
  });

  test('where one has ended and the other has not; not where one is still being computed', () => {
    const [first, second] = [log(1000, 'a', 'one'), log(2000, 'a', 'two')];
    const parting = { tUs: 2000, beforeId: NO_EVENT, nowId: 1 };
    const both = traceOf([first, second]);
    expect(partings(traceOf([first]), both)).toEqual({ line: parting, step: parting });
    expect(partings(traceOf([first], false), both)).toEqual({ line: null, step: null });
    const back = { tUs: 2000, beforeId: 1, nowId: NO_EVENT };
    expect(partings(both, traceOf([first]))).toEqual({ line: back, step: back });
    expect(partings(both, traceOf([first], false))).toEqual({ line: null, step: null });
  });

  test('by lines when something takes longer, by steps only when something else is done', () => {
    const before = traceOf([log(1000, 'a', 'one'), log(2000, 'b', 'two'), log(3000, 'a', 'three')]);
    const later = traceOf([
      log(1000, 'a', 'one'),
      log(2400, 'b', 'two'),
      { ...log(3000, 'a', 'four'), line: 'a.ts:3' },
    ]);
    const comparison = new Comparison(before, later);
    expect(comparison.line).toEqual({ tUs: 2000, beforeId: 1, nowId: 1 });
    expect(comparison.step).toEqual({ tUs: 3000, beforeId: 2, nowId: 2 });
    expect(comparison.stepOf('a')).toEqual(comparison.step);
    expect(comparison.stepOf('b')).toBeNull();
    expect(comparison.shiftUsOf('b')).toBe(400);
  });

  test('by steps not where only a place in a file has moved', () => {
    const [before, now] = ['a.ts:3', 'a.ts:4'].map((line) =>
      traceOf([{ ...log(1000, 'a', 'one'), line }]),
    );
    expect(partings(before!, now!)).toEqual({
      line: { tUs: 1000, beforeId: 0, nowId: 0 },
      step: null,
    });
  });

  test('for a node when its own processes do something else: not when a message to it is lost', () => {
    const send = { ...log(0, 'a', ''), kind: 'send', to: 'b', proto: 'node', msg: 'call' };
    const sent = { ...send, bytes: 4, preview: '' };
    const arrival = { tUs: 900, kind: 'deliver', node: 'b', send: 0, from: 'a' };
    const before = traceOf([sent, { ...arrival, proto: 'node', msg: 'call' }]);
    const lost = { tUs: 400, kind: 'lose', node: 'a', send: 0, reason: 'cut' };
    const comparison = new Comparison(before, traceOf([sent, lost]));
    expect(comparison.step).toEqual({ tUs: 400, beforeId: NO_EVENT, nowId: 1 });
    expect(comparison.stepOf('a')).toBeNull();
    expect(comparison.stepOf('b')).toEqual({ tUs: 900, beforeId: 1, nowId: NO_EVENT });
  });

  test('at the kill, of a run in which worker1 is killed', () => {
    const [before, now] = [traceNamed('first-task'), traceNamed('first-task-killed')];
    const { step } = new Comparison(before, now);
    expect(now.kindAt(step!.nowId)).toBe('kill');
    expect(step!.tUs).toBe(now.timeAt(step!.nowId));
  });
});

test('words are the same whatever id, address, time of day or duration stands among them', () => {
  const say = (id: string, second: string, took: string) =>
    `[2026-01-01 00:00:0${second},512: INFO] Task tasks.add[${id}] succeeded in ${took}s: 8`;
  const one = say('0d8a1f5e-90c3-4a6f-8a39-2f2b8a1f6c11', '0', '0.010123');
  expect(isSameText(one, say('7e8a1f5e-90c3-4a6f-8a39-2f2b8a1f6c99', '4', '0.020001'))).toBe(true);
  expect(isSameText(one, one.replace(': 8', ': 9'))).toBe(false);
  expect(isSameText('app: tasks:0x7f1cc2756dfa', 'app: tasks:0x7f114c2fc50d')).toBe(true);
  expect(isSameText('added 10.5', 'added 10.6')).toBe(false);
});

describe('what a node printed in two runs', () => {
  const before = traceOf([log(1, 'a', 'x'), log(2, 'a', 'y'), log(3, 'b', 'no'), log(5, 'a', 'z')]);
  const now = traceOf([log(1, 'a', 'x'), log(4, 'a', 'w'), log(9, 'a', 'z')]);
  const pairs = pairLines(before, now, 'a');
  const short = (atUs: number) =>
    pairsAt(pairs, atUs).map((it) => [it.before?.tUs ?? null, it.now?.tUs ?? null]);

  test('is paired by its words', () => {
    expect(short(9)).toEqual([
      [1, 1],
      [2, null],
      [null, 4],
      [5, 9],
    ]);
  });

  test('up to an instant is what each has printed by then', () => {
    expect(short(5)).toEqual([
      [1, 1],
      [2, null],
      [null, 4],
      [5, null],
    ]);
    expect(short(0)).toEqual([]);
  });

  test('folds what both say, but for a line beside a difference', () => {
    const words = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const said = (texts: readonly string[]) => traceOf(texts.map((text, at) => log(at, 'a', text)));
    const folded = (texts: readonly string[]) =>
      foldCommon(pairLines(said(words), said(texts), 'a')).map((it) =>
        it.type === 'fold' ? it.pairs.length : (it.pair.now ?? it.pair.before)!.text,
      );
    expect(folded(words)).toEqual([7]);
    expect(folded([...words, 'new'])).toEqual([6, 'g', 'new']);
    expect(folded(['new', ...words])).toEqual(['new', 'a', 6]);
    expect(folded([...words.slice(0, 3), 'new', ...words.slice(3)])).toEqual([
      ...['a', 'b', 'c', 'new', 'd', 'e', 'f', 'g'],
    ]);
  });
});
