// Connections as TCP gives them (NET2, NET5): ordered, reliable while the link lives. Plain data;
// the behaviour is in network.ts.

import type { KernelEvent } from './event-queue.ts';
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
  /** When it first left: retransmission gives up 924 s later. */
  firstSentUs: number;
  /** Lost so many times. */
  attempt: number;
  /** waiting: to be sent again; flying; arrived: held until what went before it is there too. */
  state: 'flying' | 'waiting' | 'arrived' | 'done';
  /** Arrived, foreground, and counted as such until it is handed over. */
  isHeld: boolean;
  /** A fault has had its chance with its arrival: what comes again never matches. */
  isMatched: boolean;
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
  outgoing: Segment[];
  /** Something of `outgoing` was lost or late: arrivals may have to wait for others. */
  isDisordered: boolean;
  /** Nothing sent later arrives before this. */
  lastArrivalUs: number;
  /** Delivered to this side's machine, not yet seen by its program. */
  unreadCount: number;
}

export interface Connection {
  /** Counted over the run, as the trace names it. */
  id: number;
  client: End;
  server: End | null;
  connectId: number;
  port: number;
  /** Machine name the request goes to. */
  targetMachine: string;
  firstSynUs: number;
  synAttempt: number;
}
