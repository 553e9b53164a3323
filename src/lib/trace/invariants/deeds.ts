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
export function isDeed({ kind }: TraceEvent): boolean {
  return DEEDS.has(kind);
}
