// `lightcone verify <trace.jsonl>…`: is this file a whole and unchanged trace?

import { createReadStream } from 'node:fs';
import { formatMs } from '#lib/protocol/time.ts';
import { InputError } from '#lib/protocol/errors.ts';
import { readTrace } from '#lib/trace/reader.ts';
import type { TraceStore } from '#lib/trace/store.ts';

/**
 * Verifies traces and says what is in them.
 *
 * @returns the exit code: 0 when all are good, 1 when one is not a trace or is damaged, 2 when one
 * cannot be opened
 */
export async function verifyCommand(files: readonly string[]): Promise<number> {
  let code = 0;
  for (const file of files) {
    try {
      const trace = await readTrace(createReadStream(file), file);
      console.log(`${file}: ${summaryOf(trace)}`);
    } catch (error) {
      const isBad = error instanceof InputError;
      console.error(isBad ? error.message : `${file}: ${(error as Error).message}`);
      code = Math.max(code, isBad ? 1 : 2);
    }
  }
  return code;
}

function summaryOf({ header, end, eventCount }: TraceStore): string {
  const { build, seed, nodes } = header!;
  const { tUs, reason, digest } = end!;
  return [
    `${eventCount} events of ${nodes.length} nodes, seed ${seed}, build ${build}`,
    `ended at ${formatMs(tUs)} ms: ${reason}`,
    digest === undefined ? 'no digest, as the run failed' : `digest: ${digest}`,
  ].join('\n  ');
}
