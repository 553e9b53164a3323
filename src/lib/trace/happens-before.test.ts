import { describe, expect, test } from 'vitest';
import { randomTrace } from '../../../tests/support/random-trace.ts';
import { futureOf, isConcurrent, isInFuture, isInPast, NEVER, pastOf } from './happens-before.ts';
import { NO_EVENT, TraceStore } from './store.ts';

/** Happens-before by its definition: the transitive closure of every edge, as a table. */
function oracle(trace: TraceStore): boolean[][] {
  const count = trace.eventCount;
  const isBefore = Array.from({ length: count }, () => new Array<boolean>(count).fill(false));
  const previous = new Map<number, number>();
  for (let id = 0; id < count; id++) {
    const sources = [trace.causeAt(id), trace.openerAt(id), trace.sawAt(id)];
    if (!trace.isOffstage(id)) {
      sources.push(previous.get(trace.processIndexAt(id)) ?? NO_EVENT);
      previous.set(trace.processIndexAt(id), id);
    }
    for (const source of sources) {
      if (source === NO_EVENT) continue;
      isBefore[id]![source] = true;
      for (let earlier = 0; earlier < source; earlier++) {
        if (isBefore[source]![earlier]) isBefore[id]![earlier] = true;
      }
    }
  }
  return isBefore;
}

describe('happens-before', () => {
  test.each([1, 2, 3, 4, 5, 6])('agrees with its definition, seed %i', (seed) => {
    const trace = TraceStore.from(
      randomTrace({ seed, nodeCount: 2 + (seed % 4), eventCount: 250 }),
    );
    const isBefore = oracle(trace);
    const visible = Array.from({ length: trace.eventCount }, (_, id) => id).filter(
      (id) => !trace.isOffstage(id),
    );
    const wrong: string[] = [];
    for (const id of visible) {
      const past = pastOf(trace, id);
      const future = futureOf(trace, id);
      for (const other of visible) {
        const isEarlier = isBefore[id]![other]! || other === id;
        if (isInPast(trace, past, other) !== isEarlier) wrong.push(`${other} before ${id}`);
        const isLater = isBefore[other]![id]! || other === id;
        if (isInFuture(trace, future, other) !== isLater) wrong.push(`${other} after ${id}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  test('two events of which neither knows are concurrent', () => {
    const trace = TraceStore.from(
      [
        '{"tUs":0,"kind":"start","node":"a","incarnation":1,"command":"a"}',
        '{"tUs":0,"kind":"start","node":"b","incarnation":1,"command":"b"}',
        '{"tUs":1,"kind":"send","node":"a","to":"b","proto":"node","msg":"x","bytes":1,"preview":""}',
        '{"tUs":2,"kind":"deliver","node":"b","cause":2,"send":2,"from":"a","proto":"node","msg":"x"}',
        '{"tUs":3,"kind":"effect","node":"a","name":"e"}',
      ].join('\n'),
    );
    expect(isConcurrent(trace, 3, 4)).toBe(true);
    expect(isConcurrent(trace, 4, 3)).toBe(true);
    expect(isConcurrent(trace, 0, 3)).toBe(false);
    expect([...pastOf(trace, 3)]).toEqual([2, 3]);
    expect([...futureOf(trace, 2)]).toEqual([2, 3]);
    expect([...futureOf(trace, 4)]).toEqual([4, NEVER]);
  });

  test('NODE9 what was written to a shared file comes before what saw it', () => {
    const trace = TraceStore.from(
      [
        '{"tUs":0,"kind":"start","node":"a","incarnation":1,"command":"a"}',
        '{"tUs":0,"kind":"start","node":"b","incarnation":1,"command":"b"}',
        '{"tUs":1,"kind":"file","node":"a","op":"write","path":"/work/x","bytes":3}',
        '{"tUs":2,"kind":"file","node":"b","op":"append","path":"/work/x","bytes":3,"saw":2}',
        '{"tUs":3,"kind":"file","node":"a","op":"list","path":"/work","bytes":0}',
      ].join('\n'),
    );
    expect([...pastOf(trace, 3)]).toEqual([2, 3]);
    expect([...futureOf(trace, 2)]).toEqual([2, 3]);
    expect(isConcurrent(trace, 3, 4)).toBe(true);
    expect(() =>
      TraceStore.from(
        '{"tUs":1,"kind":"file","node":"a","op":"read","path":"/x","bytes":3,"saw":1}',
      ),
    ).toThrow('later event');
  });

  test('nothing flows through a lost packet', () => {
    const trace = TraceStore.from(
      [
        '{"tUs":0,"kind":"start","node":"a","incarnation":1,"command":"a"}',
        '{"tUs":0,"kind":"start","node":"b","incarnation":1,"command":"b"}',
        '{"tUs":1,"kind":"send","node":"a","to":"b","proto":"node","msg":"x","bytes":1,"preview":""}',
        '{"tUs":2,"kind":"drop","node":"b","cause":2,"send":2,"reason":"closed"}',
        '{"tUs":3,"kind":"effect","node":"b","name":"e"}',
      ].join('\n'),
    );
    expect([...pastOf(trace, 4)]).toEqual([NO_EVENT, 4]);
    expect([...pastOf(trace, 3)]).toEqual([2, 3]);
    expect([...futureOf(trace, 2)]).toEqual([2, NEVER]);
  });
});
