// What the real software's work costs, in nanoseconds of a machine of speed 1 (NODE7).
// Sources stand in README.md under "Costs".

export const COST = {
  /** Make a future and put it into the local queue. */
  submitNs: 30_000,
  /** Write a task or a result into a message, or read one. */
  pickleNs: 50_000,
  /** Choose what runs next, and switch to it. */
  switchNs: 20_000,
  /** Take in one result, and tell those who wait for it. */
  collectNs: 30_000,
  /** Broker: take in one message and send it on. */
  routeNs: 40_000,
  /** Each kilobyte of a message written or read. */
  serialiseNsPerKb: 10_000,
} as const;

/** Cost of writing or reading a message with so many bytes of payload. */
export function pickleNs(byteCount: number): number {
  return COST.pickleNs + Math.ceil((byteCount * COST.serialiseNsPerKb) / 1024);
}
