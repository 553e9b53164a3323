// What a process does, as opposed to what its operating system or the network does in its name.

import type { TraceEvent, TraceKind } from '#lib/protocol/trace.ts';

const DEEDS: ReadonlySet<TraceKind> = new Set<TraceKind>([
  'spawn',
  'exit',
  'connect',
  'send',
  'timer',
  'log',
  'state',
  'effect',
  'span',
  'wait',
]);

/** True for what only a running program can do. */
export function isDeed(event: TraceEvent): boolean {
  // What a power-off takes back from a file, nobody does.
  if (event.kind === 'file') return event.op !== 'lose';
  return DEEDS.has(event.kind);
}
