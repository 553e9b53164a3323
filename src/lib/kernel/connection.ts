// Connections as TCP gives them (NET2, NET5): ordered, reliable while the link lives. Plain data;
// the behaviour is in handshake.ts and tcp.ts.

import { RECEIVE_BUFFER_BYTES, WINDOW_STEP_BYTES } from '#lib/protocol/tcp.ts';
import type { KernelEvent } from './event-queue.ts';
import type { Touch } from './faults.ts';
import type { Link } from './links.ts';
import type { Process } from './process.ts';

/** One packet on its way: data, or one of TCP's own. */
export interface Segment {
  kind: 'data' | 'open' | 'close' | 'reset';
  from: End;
  /** Id of the event that sent it. */
  sendId: number;
  proto: string;
  msg: string;
  bytes: Uint8Array | null;
  isForeground: boolean;
  /** When it last left. */
  sentUs: number;
  /** When it first left: retransmission gives up so much later. */
  firstSentUs: number;
  /** Times that it was missed. */
  attempt: number;
  /**
   * queued: in the socket's buffer, as the receiver's is full; flying; waiting: to be sent again;
   * arrived: held until what went before it is there too; done: delivered.
   */
  state: 'queued' | 'flying' | 'waiting' | 'arrived' | 'done';
  /** Arrived, foreground, and counted as such until it is handed over. */
  isHeld: boolean;
  /** A fault has had its chance with its arrival: what comes again never matches. */
  isMatched: boolean;
  /** What faults do to it when it leaves. */
  touch: Touch | null;
  /** Its arrival, or its next retransmission. */
  event: KernelEvent | null;
}

/** One side of a connection, and what it has sent but is not yet handed over at the other. */
export interface End {
  connection: Connection;
  process: Process;
  incarnation: number;
  /** The process's own id of this connection. */
  localId: number;
  peer: End | null;
  /** What it sends over, once something was sent. */
  link: Link | null;
  isOpen: boolean;
  /** It was open, and its end of stream has left or waits for room: it only reads. */
  isShut: boolean;
  /** Reset, timed out or without power: what is missing will never be sent again. */
  isAbandoned: boolean;
  /** Left, and not yet delivered. */
  outgoing: Segment[];
  /** Something of `outgoing` was lost or late: arrivals may have to wait for others. */
  isDisordered: boolean;
  /** Nothing sent later arrives before this. */
  lastArrivalUs: number;
  /** Delivered to this side's machine, not yet seen by its program. */
  unreadCount: number;
  /** Seen by its program, which says that it has not read all of it. */
  hasUnread: boolean;

  /** In the socket's buffer: the receiver has no room. */
  queued: Segment[];
  /** Bytes of data that left. */
  sentBytes: number;
  /** How many of these the other program has read, as far as this side knows. */
  readBytes: number;
  /** What this side has told, or tried to tell, of its own reading. */
  toldBytes: number;
  /** Asks again for room, after news of it was lost. */
  probe: { event: KernelEvent; sinceUs: number; attempt: number } | null;

  /** Delivered, but the ACK was lost: sent again until one comes back. */
  unacked: Segment[];
  /** Delivered, and the ACK is under way until then. Kept only where links can be blocked. */
  acking: { segment: Segment; ackUs: number }[];
}

export interface Connection {
  /** Counted over the run, as the trace names it. */
  id: number;
  client: End;
  server: End | null;
  connectId: number;
  port: number;
  /** Of the client's machine; 0 for a pipe. */
  fromPort: number;
  /** Machine name the request goes to. */
  targetMachine: string;
  firstSynUs: number;
  synSentUs: number;
  synAttempt: number;
  /** The requester gives up then: set when the answer was lost. */
  deadline: KernelEvent | null;
}

export function newEnd(process: Process, localId: number): End {
  return {
    connection: null as unknown as Connection,
    process,
    incarnation: process.incarnation,
    localId,
    peer: null,
    link: null,
    isOpen: false,
    isShut: false,
    isAbandoned: false,
    outgoing: [],
    isDisordered: false,
    lastArrivalUs: 0,
    unreadCount: 0,
    hasUnread: false,
    queued: [],
    sentBytes: 0,
    readBytes: 0,
    toldBytes: 0,
    probe: null,
    unacked: [],
    acking: [],
  };
}

/** True while the process that owns this end is the one that opened it. */
export function isCurrent({ process, incarnation }: End): boolean {
  return process.isAlive && process.incarnation === incarnation;
}

/** True when what arrives at this end finds somebody. */
export function isWanted(end: End): boolean {
  return isCurrent(end) && end.process.ends.get(end.localId) === end;
}

/** True when the receiver has room for so much more, as far as the sender knows (NET2). */
export function hasRoom(end: End, byteCount: number): boolean {
  const unread = end.sentBytes - end.readBytes;
  return unread + Math.min(byteCount, WINDOW_STEP_BYTES) <= RECEIVE_BUFFER_BYTES;
}
