// Runs the files of an experiment, and gives what a test asks of the run.

import type { Files } from '#lib/experiment/experiment.ts';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import type { RunReport } from '#lib/runtime/control.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { runInSandbox } from '../../bin/experiment.ts';

/** How a run went. */
export interface Outcome {
  report: RunReport;
  events: TraceEvent[];
  /** Lines of output of a node. */
  lines: (node: string) => string[];
  exitCode: (node: string) => number | null | undefined;
}

/** Runs an experiment on the command line: Python nodes need its sandbox. */
export async function runFiles(
  cluster: object,
  files: Files,
  faults: object[] = [],
): Promise<Outcome> {
  const prepared = await prepare({
    ...files,
    'cluster.json': JSON.stringify(cluster),
    'faults.json': JSON.stringify(faults),
  });
  const events: TraceEvent[] = [];
  const [report] = await runInSandbox(prepared, [{ seed: 1, placement: 'inline' }], (line) => {
    const event = JSON.parse(line) as TraceEvent;
    if ('tUs' in event) events.push(event);
  });
  return {
    report: report!,
    events,
    /** Lines of output of a node. */
    lines: (node) =>
      events.flatMap((event) => (event.kind === 'log' && event.node === node ? [event.text] : [])),
    exitCode: (node) => report!.reports.find(({ name }) => name === node)?.exitCode,
  };
}
