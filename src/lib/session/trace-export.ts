// The text files that a run can be saved as. Loaded when somebody saves.

import { saveChrome } from '#lib/trace/exports/chrome.ts';
import { saveOtlp } from '#lib/trace/exports/otlp.ts';
import { saveShiViz } from '#lib/trace/exports/shiviz.ts';
import { saveTrace } from '#lib/trace/save.ts';
import type { TraceStore } from '#lib/trace/store.ts';

/** `trace` is our own; the others are for tools that people have. */
export type TraceFormat = 'trace' | 'shiviz' | 'perfetto' | 'otlp';

interface Format {
  ending: string;
  type: string;
  save: (trace: TraceStore, ontext: (text: string) => void) => void;
}

const FORMATS: Readonly<Record<TraceFormat, Format>> = {
  trace: { ending: '.jsonl', type: 'application/jsonl', save: saveTrace },
  shiviz: { ending: '.shiviz.log', type: 'text/plain', save: saveShiViz },
  perfetto: { ending: '.perfetto.json', type: 'application/json', save: saveChrome },
  otlp: { ending: '.otlp.json', type: 'application/json', save: saveOtlp },
};

/** The file of a finished run, and how its name ends. */
export function exportTrace(
  trace: TraceStore,
  format: TraceFormat,
): { blob: Blob; ending: string } {
  const { ending, type, save } = FORMATS[format];
  const parts: string[] = [];
  save(trace, (text) => parts.push(text));
  return { blob: new Blob(parts, { type }), ending };
}
