// Traces as files of the person at the page, opened to be looked at. Loaded when somebody does.

import { InputError } from '#lib/protocol/errors.ts';
import type { TraceFault } from '#lib/trace/lines.ts';
import { readTrace } from '#lib/trace/reader.ts';
import { build } from './scripts.ts';
import type { Session } from './session.svelte.ts';

/** Why a file was not opened, or (`too-tall`) not saved. */
export interface FileFault {
  code: TraceFault | 'unreadable' | 'too-tall';
  /** Place, cause and remedy, in the words of the reader. */
  detail: string;
}

/**
 * Shows the trace of a file.
 *
 * @returns why it was not opened; null when it was
 */
export async function openTrace(session: Session, file: File): Promise<FileFault | null> {
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
