// Traces as files of the person at the page: saved from a finished run, and opened to be looked at.
// Loaded when somebody does either.

import { InputError } from '#lib/protocol/errors.ts';
import type { TraceFault } from '#lib/trace/lines.ts';
import { readTrace } from '#lib/trace/reader.ts';
import { saveTrace } from '#lib/trace/save.ts';
import type { TraceStore } from '#lib/trace/store.ts';
import { build } from './scripts.ts';
import type { Session } from './session.svelte.ts';

/** Why a file was not opened. */
export interface OpenFault {
  code: TraceFault | 'unreadable';
  /** Place, cause and remedy, in the words of the reader. */
  detail: string;
}

/** The file of a trace, whole lines of JSON. */
export function traceBlob(trace: TraceStore): Blob {
  const parts: string[] = [];
  saveTrace(trace, (text) => parts.push(text));
  return new Blob(parts, { type: 'application/jsonl' });
}

/**
 * Shows the trace of a file.
 *
 * @returns why it was not opened; null when it was
 */
export async function openTrace(session: Session, file: File): Promise<OpenFault | null> {
  try {
    const trace = await readTrace(chunksOf(file), file.name);
    const isOtherBuild = trace.header!.build !== build;
    session.open(trace, { name: file.name, isOtherBuild });
    return null;
  } catch (error) {
    if (!(error instanceof InputError)) return { code: 'unreadable', detail: String(error) };
    return { code: error.diagnostics[0]!.code as TraceFault, detail: error.message };
  }
}

/** Not every engine iterates a stream. */
async function* chunksOf(file: File): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}
