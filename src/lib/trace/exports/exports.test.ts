// Each file is read again by the rules of its own format.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { randomTrace } from '../../../../tests/support/random-trace.ts';
import { isInPast, pastOf } from '../happens-before.ts';
import { TraceStore } from '../store.ts';
import { saveChrome } from './chrome.ts';
import { saveOtlp } from './otlp.ts';
import { saveShiViz } from './shiviz.ts';

const FIXTURES = new URL('../../../../tests/fixtures/traces/', import.meta.url);
const load = (name: string): string => readFileSync(new URL(name, FIXTURES), 'utf8');

const TRACES: readonly (readonly [string, TraceStore])[] = [
  ['a lesson with a death', TraceStore.from(load('first-task-killed.jsonl'))],
  ['every shape', TraceStore.from(load('every-shape.jsonl'))],
  ...[1, 2, 3].map((seed) => {
    const text = randomTrace({ seed, nodeCount: 4, eventCount: 400 });
    return [`random ${seed}`, TraceStore.from(text)] as const;
  }),
];

function saved(save: typeof saveChrome, trace: TraceStore): string {
  const parts: string[] = [];
  save(trace, (text) => parts.push(text));
  return parts.join('');
}

/** ShiViz's own default expression for the parts of a log. */
const SHIVIZ = /(?<event>.*)\n(?<host>\S*) (?<clock>{.*})/g;

describe.each(TRACES)('%s', (_name, trace) => {
  test('is a log that ShiViz accepts', () => {
    const text = saved(saveShiViz, trace);
    const entries = [...text.matchAll(SHIVIZ)].map(({ groups }) => groups!);
    expect(entries.length * 2).toBe(text.split('\n').length - 1);
    const counts = new Map<string, number>();
    for (const { event, host, clock } of entries) {
      expect(event).not.toBe('');
      const known = JSON.parse(clock!) as Record<string, number>;
      // Its parser wants each host to count its own events from 1, without a gap,
      expect(known[host!]).toBe((counts.get(host!) ?? 0) + 1);
      counts.set(host!, known[host!]!);
      // and to know of no event that has not happened.
      for (const [other, count] of Object.entries(known)) {
        expect(count).toBeLessThanOrEqual(counts.get(other) ?? 0);
      }
    }
  });

  test('is a Chrome trace whose arrows have both ends and whose slices nest', () => {
    const { traceEvents } = JSON.parse(saved(saveChrome, trace)) as {
      traceEvents: Record<string, unknown>[];
    };
    const of = (...phases: string[]) => traceEvents.filter(({ ph }) => phases.includes(String(ph)));
    const names = new Set(of('M').map(({ pid, tid, name }) => `${name} ${pid} ${tid}`));
    const open = new Map<unknown, number[]>();
    // Readers sort: by time, the longer first.
    const slices = (of('X') as Record<string, number>[]).sort(
      (a, b) => a['ts']! - b['ts']! || b['dur']! - a['dur']!,
    );
    for (const { ts, dur, pid, tid } of slices) {
      expect(names).toContain(`thread_name ${pid} ${tid}`);
      expect(dur).toBeGreaterThanOrEqual(0);
      const ends = open.get(tid) ?? [];
      open.set(tid, ends);
      while (ends.length > 0 && ends.at(-1)! <= ts!) ends.pop();
      expect(ts! + dur!).toBeLessThanOrEqual(ends.at(-1) ?? Infinity);
      ends.push(ts! + dur!);
    }
    const starts = new Map(of('s').map(({ id, ts }) => [id, Number(ts)]));
    const ends = of('f');
    expect(starts.size).toBeGreaterThan(0);
    expect(new Set(ends.map(({ id }) => id))).toEqual(new Set(starts.keys()));
    for (const { id, ts } of ends) expect(Number(ts)).toBeGreaterThanOrEqual(starts.get(id)!);
  });

  test('is an OTLP request whose spans have parents in their own trace', () => {
    const { resourceSpans } = JSON.parse(saved(saveOtlp, trace)) as OtlpRequest;
    const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((it) => it.spans));
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    expect(byId.size).toBe(spans.length);
    expect(spans.length).toBeGreaterThan(0);
    for (const { traceId, spanId, parentSpanId, startTimeUnixNano, endTimeUnixNano } of spans) {
      expect(traceId).toMatch(/^[0-9a-f]{32}$/);
      expect(spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(`${startTimeUnixNano} ${endTimeUnixNano}`).toMatch(/^\d{19} \d{19}$/);
      expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
      if (parentSpanId === undefined) continue;
      const parent = byId.get(parentSpanId)!;
      expect(parent.traceId).toBe(traceId);
      expect(BigInt(parent.startTimeUnixNano)).toBeLessThanOrEqual(BigInt(startTimeUnixNano));
    }
  });
});

interface OtlpRequest {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue: string } }[] };
    scopeSpans: {
      spans: {
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        name: string;
        startTimeUnixNano: string;
        endTimeUnixNano: string;
      }[];
    }[];
  }[];
}

test('clocks order events as happens-before does', () => {
  const trace = TraceStore.from(randomTrace({ seed: 9, nodeCount: 4, eventCount: 300 }));
  const { processes } = trace;
  const told = [...saved(saveShiViz, trace).matchAll(SHIVIZ)].map(({ groups }) => groups!);
  const counted: number[] = [];
  const counts = new Map<string, number>();
  let at = 0;
  for (let id = 0; id < trace.eventCount && at < told.length; id++) {
    const { host, clock } = told[at]!;
    const isNext =
      trace.processAt(id).name === host &&
      !trace.isOffstage(id) &&
      !['timer', 'wait', 'state', 'file', 'partial'].includes(trace.kindAt(id)) &&
      !(trace.messageOf(id) >= 0 && trace.roleAt(id) === 'background');
    if (!isNext) continue;
    counted.push(id);
    counts.set(host!, (counts.get(host!) ?? 0) + 1);
    at++;
    const past = pastOf(trace, id);
    const known = JSON.parse(clock!) as Record<string, number>;
    for (const { name } of processes) {
      const inPast = counted.filter(
        (other) => trace.processAt(other).name === name && isInPast(trace, past, other),
      );
      expect(known[name] ?? 0).toBe(inPast.length);
    }
  }
  expect(at).toBe(told.length);
});

test('a task, its work and its result are one OTLP trace across nodes', () => {
  const trace = TraceStore.from(load('first-task.jsonl'));
  const { resourceSpans } = JSON.parse(saved(saveOtlp, trace)) as OtlpRequest;
  const spans = resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap((it) =>
      it.spans.map(({ traceId, name }) => ({
        traceId,
        name: `${resource.attributes[0]!.value.stringValue}: ${name}`,
      })),
    ),
  );
  const task = spans.find(({ name }) => /^client: \w+ task$/.test(name))!;
  const together = spans.filter(({ traceId }) => traceId === task.traceId).map(({ name }) => name);
  expect(together).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^broker: \w+ task$/),
      expect.stringMatching(/^worker\d: tasks\.add$/),
      expect.stringMatching(/^backend: redis notify$/),
    ]),
  );
});
