// What PyCSP costs (NODE7), on a machine of speed 1. Measured with PyCSP 0.9.2 (pycsp.parallel) on
// CPython 3.11: 50 µs of CPU for a rendezvous, 59 µs through a buffer, 114 µs with an alternation of two
// guards on one side; so 25 µs for each thing that is posted at a channel.

/** A read, a write or a guard, posted at a channel. */
export const POST_NS = 25_000;
/** A process that starts: a thread. */
export const START_NS = 60_000;
/** A turn of a node that communicates without pause ends after so much virtual time, as Python's do. */
export const SLICE_NS = 5_000_000;
