import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TraceStore } from '#lib/trace/store.ts';
import { roundTripsByLine } from './round-trips.ts';

const trace = TraceStore.from(readFileSync('tests/fixtures/traces/first-task.jsonl', 'utf8'));

test('NET5 each line of a program is charged with what it asked, up to a time', () => {
  expect(roundTripsByLine(trace, 'amqp', Infinity)).toEqual([['client.ts:5', 1]]);
  expect(roundTripsByLine(trace, 'amqp', 72_000)).toEqual([['client.ts:5', 1]]);
  expect(roundTripsByLine(trace, 'amqp', 71_999)).toEqual([]);
  expect(roundTripsByLine(trace, 'rpyc', Infinity)).toEqual([]);
});
