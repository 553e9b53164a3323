// The control plane between the page (or the command line) and the kernel's thread: a few calls a
// run. The trace streams beside it, over a port of its own.

import type { ProcessReport } from '#lib/kernel/kernel.ts';
import type { TraceEnd } from '#lib/protocol/trace.ts';
import type { RunSpec } from './run.ts';
import type { Exploration } from './schedules.ts';
import type { Written } from './written.ts';

/**
 * Where TypeScript processes live: all in the kernel's thread, dealt out to it and to a pool of
 * workers beside it, or all in the pool. A Python process has a worker of its own in any case.
 */
export type Placement = 'inline' | 'shared' | 'worker';

export interface RunRequest {
  spec: RunSpec;
  placement: Placement;
  /** See `isPython`. */
  pythonApps: readonly string[];
  /** `none`: events are only counted, and there is no digest. By default they become lines. */
  trace?: 'lines' | 'none';
}

export interface RunReport {
  end: TraceEnd;
  reports: ProcessReport[];
}

/** What the kernel's thread offers. */
export interface KernelControl {
  /**
   * Runs an experiment to its end.
   *
   * @param stream receives the trace as text, whole lines at a time, and is answered with the
   *   number of characters consumed; the kernel waits while too much is under way
   */
  run(request: RunRequest, stream: StreamPort): Promise<RunReport>;
  /**
   * Tries all schedules of a CSP program of one TypeScript node, in the kernel's thread (CSP2).
   *
   * @param onprogress told of the number of schedules tried, a few times a second
   */
  explore(
    request: Pick<RunRequest, 'spec'>,
    onprogress?: (count: number) => void,
  ): Promise<Exploration>;
  /** Ends the run at its frontier, as if that were `untilUs`. */
  stop(): void;
  /** What programs wrote to files in the last run of which there is a trace, as far as it is kept. */
  written(): Promise<Written>;
}

/** The part of a MessagePort that a trace stream needs. */
export interface StreamPort {
  postMessage(text: string): void;
  /** Characters consumed. */
  onmessage: ((event: MessageEvent<number>) => void) | null;
}
