// The kernel's own events, in the order of KT2: time, then rank, then index and sequence of the
// process they come from. Cancelled events stay in the heap and are skipped when they come up.

import TinyQueue from 'tinyqueue';
import type { Connection, End, Segment } from './connection.ts';
import type { Datagram } from './datagrams.ts';
import type { FaultAction } from '#lib/protocol/faults.ts';
import type { Link } from './links.ts';
import type { Process } from './process.ts';

/**
 * What comes first at one instant. What a machine says to itself follows what comes from others,
 * because the latter is known, and handed over, earlier. Whatever processes do follows every arrival.
 */
export const RANK = { fault: 0, network: 1, loopback: 2, start: 3, process: 4 } as const;

interface Key {
  tUs: number;
  rank: number;
  /** Index of the source process. */
  index: number;
  /** Counts per source process. */
  sequence: number;
}

export type KernelEvent = Key & { isCancelled: boolean; isForeground: boolean } & (
    | { kind: 'fault'; action: FaultAction }
    | { kind: 'start'; process: Process }
    | {
        kind: 'signal';
        process: Process;
        incarnation: number;
        name: string;
        /** The event of its sending. */
        sentId: number;
      }
    | {
        kind: 'child';
        /** The parent, and which incarnation of it the child belonged to. */
        process: Process;
        incarnation: number;
        child: string;
        code: number;
        signal: string | null;
        endId: number;
      }
    /** The answer to a process that asked for a port. */
    | {
        kind: 'claimed';
        process: Process;
        incarnation: number;
        claim: number;
        port: number;
        isTaken: boolean;
        isDatagram: boolean;
        cause: number;
      }
    | { kind: 'arrive'; segment: Segment; isHanded: boolean; ticket: number }
    | { kind: 'retransmit'; segment: Segment }
    /** A second copy of a segment, which TCP will discard. */
    | { kind: 'copy'; segment: Segment; isRetransmission: boolean }
    /** An ACK of what was sent again because the ACK before it was lost. */
    | { kind: 'ack'; from: End; segments: readonly Segment[] }
    /** News for `end`: the other program has read so much. */
    | { kind: 'room'; end: End; readBytes: number }
    /** A sender that waits for room asks for it. */
    | { kind: 'probe'; end: End }
    | {
        kind: 'datagram';
        datagram: Datagram;
        /** Who got it before its commit, or null. */
        handedTo: Process | null;
        ticket: number;
        /** A fault has had its chance with it. */
        isMatched: boolean;
      }
    | { kind: 'request'; connection: Connection; link: Link }
    | { kind: 'requestRetry'; connection: Connection }
    /** The end of a requester's patience. */
    | { kind: 'deadline'; connection: Connection }
    | {
        kind: 'refused';
        connection: Connection;
        byName: string;
        connectId: number;
        link: Link;
      }
  );

/** What every event of a process has: its time and its place in the order of KT2. Counts up its sequence. */
export function stamped(process: Process, tUs: number, rank: number, isForeground = true) {
  const { index } = process;
  return { tUs, rank, index, sequence: process.sequence++, isCancelled: false, isForeground };
}

function compare(a: Key, b: Key): number {
  return a.tUs - b.tUs || a.rank - b.rank || a.index - b.index || a.sequence - b.sequence;
}

export class EventQueue {
  readonly #heap = new TinyQueue<KernelEvent>([], compare);

  /** The earliest event, or undefined. */
  peek(): KernelEvent | undefined {
    while (this.#heap.peek()?.isCancelled) this.#heap.pop();
    return this.#heap.peek();
  }

  pop(): KernelEvent | undefined {
    const first = this.peek();
    if (first) this.#heap.pop();
    return first;
  }

  push(event: KernelEvent): void {
    this.#heap.push(event);
  }

  /** Everything that is still to come, in order; a scan, for what happens rarely. */
  pending(): KernelEvent[] {
    return this.#heap.data.filter(({ isCancelled }) => !isCancelled).sort(compare);
  }
}
