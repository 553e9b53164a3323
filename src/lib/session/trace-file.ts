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

export interface Reading {
  /** Nothing of the file is shown when it is aborted. */
  signal: AbortSignal;
  /** Hears how much of a long file has been read, 0 to 1. */
  onshare: (share: number) => void;
}

/**
 * Shows the trace of a file.
 *
 * @returns why it was not opened; null when it was, or when that was aborted
 */
export async function openTrace(
  session: Pick<Session, 'open'>,
  file: File,
  reading: Reading,
): Promise<FileFault | null> {
  try {
    const trace = await readTrace(chunksOf(file, reading), file.name);
    const isOtherBuild = trace.header!.build !== build;
    session.open(trace, { name: file.name, isOtherBuild });
    return null;
  } catch (error) {
    if (reading.signal.aborted) return null;
    if (!(error instanceof InputError)) return { code: 'unreadable', detail: String(error) };
    return { code: error.diagnostics[0]!.code as TraceFault, detail: error.message };
  }
}

/** What is read before the clock is looked at. */
const PART_BYTES = 65_536;
/** So long the page may stand still, in milliseconds. */
const SLICE_MS = 20;

/** Not every engine iterates a stream. Chunks come without a pause: the page has to be given its turn. */
async function* chunksOf(file: File, { signal, onshare }: Reading): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  let sinceMs = performance.now();
  let readBytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    readBytes += value.length;
    for (let at = 0; at < value.length; at += PART_BYTES) {
      yield value.subarray(at, at + PART_BYTES);
      if (performance.now() - sinceMs < SLICE_MS) continue;
      onshare((readBytes - value.length + at) / file.size);
      await nextTask();
      signal.throwIfAborted();
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
