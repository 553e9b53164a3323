// Traces from tests/fixtures/traces, by name.

import { readFileSync } from 'node:fs';
import { TraceStore } from '#lib/trace/store.ts';

export function traceText(name: string): string {
  return readFileSync(new URL(`../fixtures/traces/${name}.jsonl`, import.meta.url), 'utf8');
}

export function traceNamed(name: string): TraceStore {
  return TraceStore.from(traceText(name));
}

/** The nth event of a kind, at a process if one is named. */
export function idOf(trace: TraceStore, kind: string, nth = 1, process?: string): number {
  let left = nth;
  for (let id = 0; id < trace.eventCount; id++) {
    if (trace.kindAt(id) !== kind) continue;
    if (process !== undefined && trace.processAt(id).name !== process) continue;
    if (--left === 0) return id;
  }
  throw new Error(`no such event: ${kind} ${nth} ${process ?? ''}`);
}
