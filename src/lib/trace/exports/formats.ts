// The text files that a run can be saved as.

import { saveTrace } from '../save.ts';
import type { TraceStore } from '../store.ts';
import { saveChrome } from './chrome.ts';
import { saveOtlp } from './otlp.ts';
import { saveShiViz } from './shiviz.ts';

/** `trace` is our own; the others are for tools that people have. */
export type TraceFormat = 'trace' | 'shiviz' | 'perfetto' | 'otlp';

interface Format {
  /** How the file's name ends. */
  ending: string;
  type: string;
  /** Writes a finished run, a part at a time. */
  save: (trace: TraceStore, ontext: (text: string) => void) => void;
}

export const TRACE_FORMATS: Readonly<Record<TraceFormat, Format>> = {
  trace: { ending: '.jsonl', type: 'application/jsonl', save: saveTrace },
  shiviz: { ending: '.shiviz.log', type: 'text/plain', save: saveShiViz },
  perfetto: { ending: '.perfetto.json', type: 'application/json', save: saveChrome },
  otlp: { ending: '.otlp.json', type: 'application/json', save: saveOtlp },
};
