// What Disco's work costs, in nanoseconds of a machine of speed 1 (NODE7). Declared, not measured: the
// real one could not be run. Sizes are those of a Python interpreter of 2014 (README.md, "Costs").

export const COST = {
  /** A worker's process: Python starts, the job's home is unpacked, its functions are loaded. */
  startNs: 60_000_000,
  /** One entry handed to `map` or one pair handed to `reduce`. */
  entryNs: 5_000,
  /** One pair written: partitioned, serialised, buffered. */
  pairNs: 5_000,
  /** One comparison of a sort. */
  compareNs: 300,
  /** Each kilobyte read, copied or sent. */
  kilobyteNs: 5_000,
  /** The master: one request or report, one decision of the scheduler. */
  masterNs: 200_000,
} as const;

/** A task's turns are no longer than this of virtual time, so that its node is heard meanwhile. */
export const SLICE_NS = 5_000_000;

export function bytesNs(length: number): number {
  return Math.ceil((length * COST.kilobyteNs) / 1024);
}
