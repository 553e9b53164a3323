// Two sockets connected to each other within one process (`socket.socketpair`): what one end sends the
// other may read at once. Nothing of it crosses the network, so nothing of it is in the trace.

import { ConnectionError } from '#lib/node/connection.ts';
import type { NodeProcess } from '#lib/node/process.ts';

/** Unread bytes before a sender waits (Linux: net.core.wmem_default). */
const BUFFER_BYTES_MAX = 212_992;
/** What a send costs the CPU: as for connections. */
const SEND_NS = 5_000;

/** One end; for a socket it is a connection like any other. */
export class PairEnd {
  readonly ports = { local: 0, peer: 0 };
  readonly failure = '';
  readonly peer: string;
  onchange: (() => void) | null = null;
  readonly #process: NodeProcess;
  #other: PairEnd | null = null;
  #unread: Uint8Array = new Uint8Array(0);
  #isClosed = false;
  #isShut = false;

  private constructor(process: NodeProcess) {
    this.#process = process;
    this.peer = process.spec.machine;
  }

  static pair(process: NodeProcess): [PairEnd, PairEnd] {
    const ends: [PairEnd, PairEnd] = [new PairEnd(process), new PairEnd(process)];
    [ends[0].#other, ends[1].#other] = [ends[1], ends[0]];
    return ends;
  }

  get isShut(): boolean {
    return this.#isShut || this.#isClosed;
  }

  get hasEnded(): boolean {
    return this.#other!.isShut;
  }

  get isOver(): boolean {
    return this.#isClosed || (this.#isShut && this.hasEnded);
  }

  get hasUnread(): boolean {
    return this.#unread.length > 0;
  }

  /** True while the other end has so much to read that a sender should wait. */
  get isBlocked(): boolean {
    return !this.isShut && this.#other!.#unread.length > BUFFER_BYTES_MAX;
  }

  /** What a read would find now: data, the end of the stream, or '' for nothing yet. */
  look(): 'data' | 'end' | '' {
    if (this.hasUnread) return 'data';
    return this.#isClosed || this.hasEnded ? 'end' : '';
  }

  takeNow(max: number, isPeek = false): Uint8Array {
    const bytes = this.#unread.slice(0, Math.max(1, max));
    if (!isPeek) {
      this.#unread = this.#unread.slice(bytes.length);
      this.#other!.onchange?.();
    }
    return bytes;
  }

  /** @throws ConnectionError EPIPE when an end is closed, or this one is shut */
  send(bytes: Uint8Array): void {
    const other = this.#other!;
    if (this.isShut || other.#isClosed) throw new ConnectionError('EPIPE', 'Broken pipe');
    this.#process.spendNs(SEND_NS);
    const unread = new Uint8Array(other.#unread.length + bytes.length);
    unread.set(other.#unread);
    unread.set(bytes, other.#unread.length);
    other.#unread = unread;
    other.onchange?.();
  }

  shutdown(): void {
    this.#isShut = true;
    this.#other!.onchange?.();
  }

  close(): void {
    this.#isClosed = true;
    this.#other!.onchange?.();
  }

  reset(): void {
    this.close();
  }
}
