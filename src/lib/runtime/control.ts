// The control plane between the page (or the command line) and the kernel's thread.

import type { ProcessReport } from '#lib/kernel/kernel.ts';
import type { TraceEnd } from '#lib/protocol/trace.ts';
import type { RunSpec } from './run.ts';

export type Placement = 'inline' | 'worker';

export interface RunRequest {
  spec: RunSpec;
  placement: Placement;
}

export interface RunReport {
  end: TraceEnd;
  reports: ProcessReport[];
}

/** What the kernel's thread offers; over Comlink in the page. */
export interface KernelControl {
  /** Runs an experiment. The trace streams through `ontext` meanwhile; it resolves at the end. */
  run(request: RunRequest, ontext: (text: string) => void | Promise<void>): Promise<RunReport>;
  /** Ends the run at its frontier, as if that were `untilUs`. */
  stop(): void;
  /** How many seeds of a list hold; see lessons. */
}
