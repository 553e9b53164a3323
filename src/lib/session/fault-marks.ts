// Where the faults of faults.json stand in the picture: at their time, or where their pattern was
// met in the run.

import { findMatch } from '#lib/lessons/pattern.ts';
import { NODE_VERBS, NETWORK_VERBS, type Fault, type FaultPattern } from '#lib/protocol/faults.ts';
import { NO_EVENT, type TraceStore } from '#lib/trace/store.ts';

const VERBS = [...NODE_VERBS, ...NETWORK_VERBS] as const;

export interface PlacedFault {
  /** Its position in faults.json. */
  index: number;
  atUs: number;
  verb: (typeof VERBS)[number] | 'other';
  /** The node, the link, or the message: `ack worker1 → broker`. */
  target: string;
  /** It waits for a message: it has no time of its own. */
  isFixed: boolean;
}

/** Patterns that were found, for one trace: they are not looked for again while it grows. */
export class FaultPlaces {
  #trace: TraceStore | null = null;
  #found = new Map<string, number>();

  /** The faults that have a place in `trace`, in the order of the file. */
  of(trace: TraceStore, faults: readonly Fault[]): PlacedFault[] {
    if (this.#trace !== trace) {
      this.#trace = trace;
      this.#found.clear();
    }
    return faults.flatMap((fault, index) => {
      const { verb, target, pattern } = subjectOf(fault);
      const atUs = pattern
        ? this.#timeOf(trace, pattern)
        : Math.round(Number((fault as { atMs?: unknown }).atMs) * 1000);
      if (atUs === null || !Number.isFinite(atUs)) return [];
      return [{ index, atUs, verb, target, isFixed: pattern !== null }];
    });
  }

  #timeOf(trace: TraceStore, pattern: FaultPattern): number | null {
    const key = JSON.stringify(pattern);
    const id = this.#found.get(key) ?? findMatch(trace, pattern);
    if (id === NO_EVENT) return null;
    this.#found.set(key, id);
    return trace.timeAt(id);
  }
}

/** What an entry of faults.json does and to whom, and the message that it waits for if it does. */
export function subjectOf(
  fault: Fault,
): Pick<PlacedFault, 'verb' | 'target'> & { pattern: FaultPattern | null } {
  const values = fault as unknown as Record<string, unknown>;
  const verb = VERBS.find((one) => one in values) ?? 'other';
  const pattern = 'on' in fault && typeof fault.on === 'object' ? fault.on : null;
  return { verb, target: targetOf(values[verb], verb, pattern), pattern };
}

/** The message that a pattern picks: `ack worker1 → broker`. */
export function messageOf(pattern: FaultPattern): string {
  const word = Object.values(pattern)[0] as string;
  const ends = pattern.from || pattern.to ? ` ${pattern.from ?? '…'} → ${pattern.to ?? '…'}` : '';
  return word + ends;
}

function targetOf(value: unknown, verb: PlacedFault['verb'], pattern: FaultPattern | null): string {
  if (pattern && (verb === 'drop' || verb === 'delay' || verb === 'duplicate')) {
    return messageOf(pattern);
  }
  if (typeof value !== 'string') return '';
  return value.replace('<->', ' ↔ ').replace('->', ' → ');
}
