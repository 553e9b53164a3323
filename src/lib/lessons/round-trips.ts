// Questions that programs asked over a protocol and waited for: what lessons count and show.

import { roleOf } from '#lib/protocol/wire.ts';
import type { TraceStore } from '#lib/trace/store.ts';

/** Event `id` is such a question. */
export function isRoundTrip(trace: TraceStore, id: number, proto: string): boolean {
  return (
    trace.kindAt(id) === 'send' &&
    trace.textAt(id, 'proto') === proto &&
    roleOf(proto, trace.textAt(id, 'msg')!) === 'command'
  );
}

/** How many each line of a program (`client.py:7`) has asked up to a time, in the order of the lines. */
export function roundTripsByLine(
  trace: TraceStore,
  proto: string,
  untilUs: number,
): [line: string, count: number][] {
  const counts = new Map<string, number>();
  for (let id = 0; id < trace.eventCount && trace.timeAt(id) <= untilUs; id++) {
    const line = isRoundTrip(trace, id, proto) ? trace.textAt(id, 'line') : undefined;
    if (line !== undefined) counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => compareLines(a, b));
}

function compareLines(a: string, b: string): number {
  const [fileA, lineA] = a.split(':');
  const [fileB, lineB] = b.split(':');
  return fileA === fileB ? Number(lineA) - Number(lineB) : fileA! < fileB! ? -1 : 1;
}
