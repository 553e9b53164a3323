// What a step asks to be broken by hand, and whether that has been done.

import type { LessonJson } from '#lib/lessons/schema.ts';
import type { Fault } from '#lib/protocol/faults.ts';

type Mark = NonNullable<LessonJson['steps'][string]['mark']>;
export type MarkVerb = 'kill' | 'pause';

export function readMark(mark: Mark): { node: string; verb: MarkVerb } {
  return 'kill' in mark ? { node: mark.kill, verb: 'kill' } : { node: mark.pause, verb: 'pause' };
}

export function isStruck(fault: Fault, verb: MarkVerb, node: string): boolean {
  return verb in fault && (fault as unknown as Record<string, unknown>)[verb] === node;
}
