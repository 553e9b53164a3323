// What a socket is ready for, as Linux's tcp_poll has it.

import { POLL } from './descriptors.ts';
import type { Socket } from './sockets.ts';

const FAILED = POLL.in | POLL.out | POLL.hup | POLL.rdhup;

/** Bits of `POLL`. */
export function readyOf(socket: Socket): number {
  const { connection, listener, opening, isReadShut, isDead, error } = socket;
  if (opening) return 0;
  if (listener) {
    if (isReadShut) return FAILED;
    return listener.hasWaiting ? POLL.in : 0;
  }
  if (error) return FAILED | POLL.err;
  if (!connection) return isDead ? FAILED : POLL.out | POLL.hup;
  if (connection.failure) return isDead ? FAILED : FAILED | POLL.err;
  const isEnded = connection.hasEnded || isReadShut;
  let mask = connection.hasUnread ? POLL.in : 0;
  if (isEnded) mask |= POLL.in | POLL.rdhup;
  if (connection.isShut || !connection.isBlocked) mask |= POLL.out;
  if (isEnded && connection.isShut) mask |= POLL.hup;
  return mask;
}
