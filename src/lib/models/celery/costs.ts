// What the real software's work costs, in nanoseconds of a machine of speed 1 (NODE7).
// Sources stand in README.md under "Costs".

export const COST = {
  /** Client: check, build and hand over one task message. */
  publishNs: 700_000,
  /** Worker: decode a delivery and make a request of it, before its "received" line. */
  receiveNs: 500_000,
  /** Worker: hand a request to the pool. */
  dispatchNs: 300_000,
  /** Pool process: from the job in the pipe to the first line of the body. */
  startNs: 400_000,
  /** Pool process or client: build or read one result. */
  resultNs: 300_000,
  /** Worker: acknowledge one delivery. */
  ackNs: 100_000,
  /** Worker: notice a dead pool process and fork another. */
  forkNs: 5_000_000,
  /** Both sides: write or read one event. */
  eventNs: 50_000,
  /** Redis: one command. */
  redisCommandNs: 10_000,
  /** RabbitMQ: route or deliver one message. */
  rabbitMessageNs: 60_000,
  /** Both sides: each kilobyte of a payload written or read. */
  serialiseNsPerKb: 10_000,
} as const;

/** Cost of writing or reading `length` characters of payload. */
export function serialiseNs(length: number): number {
  return Math.ceil((length * COST.serialiseNsPerKb) / 1024);
}
