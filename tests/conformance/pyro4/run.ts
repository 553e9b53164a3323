// Runs experiments for these tests, and gives what nodes printed and what went over the wire.

import type { Files } from '#lib/experiment/experiment.ts';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { runInSandbox } from '../../../bin/experiment.ts';

export interface Ran {
  /** Lines by node. */
  lines: Record<string, string[]>;
  /** Messages as `node: kind preview`, of Pyro only. */
  wire: string[];
  events: TraceEvent[];
}

export async function run(
  cluster: object,
  files: Files,
  faults: object[] = [],
  seed = 1,
): Promise<Ran> {
  const prepared = await prepare({
    ...files,
    'cluster.json': JSON.stringify({ network: { latencyMs: 10 }, ...cluster }),
    'faults.json': JSON.stringify(faults),
  });
  const ran: Ran = { lines: {}, wire: [], events: [] };
  await runInSandbox(prepared, [{ seed, placement: 'inline' }], (line) => {
    const event = JSON.parse(line) as TraceEvent;
    ran.events.push(event);
    if (event.kind === 'log') (ran.lines[event.node] ??= []).push(event.text);
    if (event.kind === 'send' && event.proto === 'pyro4') {
      ran.wire.push(`${event.node}: ${event.msg} ${event.preview}`);
    }
  });
  return ran;
}
