// TCP's figures that both the kernel and a process need to know (NET2).

import type { TcpProfile } from './cluster.ts';

/** What a machine keeps of one connection for a program that does not read. */
export const RECEIVE_BUFFER_BYTES = 262_144;

/**
 * So much must have been read before the sender is told of it (RFC 9293, 3.8.6.2.2: no silly
 * windows). A message is never cut: it may leave when so much of it, or all of it, has room.
 */
export const WINDOW_STEP_BYTES = 65_536;

/** Connections that a program has not accepted yet; beyond them requests are dropped (Linux: 128). */
export const BACKLOG_MAX = 128;

/** Ports that the machine gives away itself (Linux: ip_local_port_range). */
export const FREE_PORTS = { first: 32_768, last: 60_999 } as const;

/** When TCP gives up, in microseconds: connecting, and on an established connection. */
export const GIVE_UP_US: Readonly<Record<TcpProfile, { connect: number; established: number }>> = {
  // tcp_syn_retries = 6 and tcp_retries2 = 15.
  linux: { connect: 127_000_000, established: 924_000_000 },
  lab: { connect: 10_000_000, established: 30_000_000 },
};
