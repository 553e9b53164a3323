// A run as a text file. Loaded when somebody saves.

import { TRACE_FORMATS, type TraceFormat } from '#lib/trace/exports/formats.ts';
import type { TraceStore } from '#lib/trace/store.ts';

/** The file of a finished run, and how its name ends. */
export function exportTrace(
  trace: TraceStore,
  format: TraceFormat,
): { blob: Blob; ending: string } {
  const { ending, type, save } = TRACE_FORMATS[format];
  const parts: string[] = [];
  save(trace, (text) => parts.push(text));
  return { blob: new Blob(parts, { type }), ending };
}
