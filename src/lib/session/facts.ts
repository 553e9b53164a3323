// Facts of the run on stage that the page puts into words.

import type { Diagnostic } from '#lib/protocol/errors.ts';
import { endFacts, type EndFacts } from '#lib/trace/facts.ts';
import { nodeOf, type TraceStore } from '#lib/trace/store.ts';
import type { Session } from './session.svelte.ts';
import { tracebacksIn, type Place } from './tracebacks.ts';

/** The run uses channels of CSP. */
export { hasChannels } from '#lib/trace/csp.ts';

export type RunEnd = EndFacts & { eventCount: number };

/** How the run ended, with one wait for each node: what a program waits for, told once. */
export function runEnd({ trace }: Session): RunEnd | null {
  const facts = trace && endFacts(trace);
  if (!facts) return null;
  const waiting = new Map(
    facts.waiting
      .filter(({ line }) => line !== undefined)
      .reverse()
      .map((one) => [nodeOf(one.node), { ...one, node: nodeOf(one.node) }]),
  );
  return { ...facts, waiting: [...waiting.values()], eventCount: trace.eventCount };
}

export interface FailedProgram {
  node: string;
  /** The last line of its traceback. */
  text: string;
  place: Place | undefined;
}

/** Programs that ended by themselves with an error, up to `atUs`. */
export function failedPrograms(
  trace: TraceStore,
  _revision: number,
  atUs: number,
): FailedProgram[] {
  const failed: FailedProgram[] = [];
  for (const process of trace.processes) {
    if (process.name === '' || trace.standingAt(process, atUs).life !== 'failed') continue;
    failed.push(tracebackOf(trace, process.name, atUs));
  }
  return failed;
}

function tracebackOf(trace: TraceStore, name: string, atUs: number): FailedProgram {
  const said = stderrUntil(trace, atUs).get(name) ?? [];
  const last = tracebacksIn(said).at(-1);
  const text = last?.text ?? said.find((line) => line.trim() !== '')?.trim() ?? '';
  return { node: name, text, place: last?.place };
}

/** What each process has written on stderr. */
function stderrUntil(trace: TraceStore, atUs: number): Map<string, string[]> {
  const { data } = trace.logs;
  const end = trace.logs.lastAtMost(trace.lastAtOrBefore(atUs)) + 1;
  const said = new Map<string, string[]>();
  for (let position = 0; position < end; position++) {
    const id = data[position]!;
    if (trace.textAt(id, 'stream') !== 'stderr') continue;
    const { name } = trace.processAt(id);
    const lines = said.get(name);
    if (lines) lines.push(trace.textAt(id, 'text')!);
    else said.set(name, [trace.textAt(id, 'text')!]);
  }
  return said;
}

/** Errors of the run up to `atUs` that stand in the output, at the line where they were raised. */
export function raisedErrors(trace: TraceStore, _revision: number, atUs: number): Diagnostic[] {
  const found = new Map<string, Diagnostic>();
  for (const [name, said] of stderrUntil(trace, atUs)) {
    for (const { text, place } of tracebacksIn(said)) {
      // Many nodes run one file: what happens on several of them is said once.
      const key = `${place.file}:${place.line}:${text}`;
      const message = `${nodeOf(name)}: ${text}`;
      if (!found.has(key)) found.set(key, { ...place, column: 0, code: 'raised', message });
    }
  }
  return [...found.values()];
}
