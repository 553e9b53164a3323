// `lightcone export <trace.jsonl> --to <format>`: a run for the tools that people have.

import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { TRACE_FORMATS, type TraceFormat } from '#lib/trace/exports/formats.ts';
import { readTrace } from '#lib/trace/reader.ts';

export const EXPORT_FORMATS = Object.keys(TRACE_FORMATS).filter((it) => it !== 'trace');

/**
 * Verifies a trace and writes it in another format.
 *
 * @param out a file; standard output without one
 * @throws InputError when it is no trace or damaged
 */
export async function exportCommand(file: string, to: string, out?: string): Promise<number> {
  const trace = await readTrace(createReadStream(file), file);
  const stream = out === undefined ? process.stdout : createWriteStream(out);
  TRACE_FORMATS[to as TraceFormat].save(trace, (text) => stream.write(text));
  if (stream !== process.stdout) {
    stream.end();
    await once(stream, 'finish');
  }
  return 0;
}
