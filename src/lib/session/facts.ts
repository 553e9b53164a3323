// Facts of the run on stage that the page puts into words.

import { endFacts, type EndFacts } from '#lib/trace/facts.ts';
import { nodeOf, type TraceStore } from '#lib/trace/store.ts';
import type { Session } from './session.svelte.ts';

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
  place: { file: string; line: number } | undefined;
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

const PLACE = /([\w./-]+\.(?:ts|py)):(\d+)/;

function tracebackOf(trace: TraceStore, name: string, atUs: number): FailedProgram {
  const { data, length } = trace.logs;
  let text = '';
  let place: FailedProgram['place'];
  for (let position = 0; position < length; position++) {
    const id = data[position]!;
    if (trace.timeAt(id) > atUs) break;
    if (trace.processAt(id).name !== name || trace.textAt(id, 'stream') !== 'stderr') continue;
    const line = trace.textAt(id, 'text')!.trim();
    if (line === '') continue;
    const found = PLACE.exec(line);
    // The message stands first (TypeScript) or last (Python); places stand between.
    if (found) place ??= { file: found[1]!, line: Number(found[2]) };
    const isFrame = found !== null && /^(at |File )/.test(line);
    if (!isFrame && (text === '' || /\w*(Error|Exception|Interrupt)\b/.test(line))) text = line;
  }
  return { node: name, text, place };
}
