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

/** What is read before the clock is looked at. */
const PART_BYTES = 65_536;
/** So long the page may stand still, in milliseconds. */
const SLICE_MS = 12;

/** Not every engine iterates a stream. Chunks come without a pause: the page has to be given its turn. */
async function* chunksOf(file: File): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  let sinceMs = performance.now();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    for (let at = 0; at < value.length; at += PART_BYTES) {
      yield value.subarray(at, at + PART_BYTES);
      if (performance.now() - sinceMs < SLICE_MS) continue;
      await nextTask();
      sinceMs = performance.now();
    }
  }
}

/** Unlike a timer it comes at once. */
async function nextTask(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  await new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
  port1.close();
}
