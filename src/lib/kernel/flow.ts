// Flow control (NET2): a machine keeps 256 KiB of what a program has not read; when that is full the
// other side's bytes wait in its own socket. Room is told like an ACK: it takes the way back and is
// lost where that is blocked; then the sender asks again, as TCP's persist timer does (RFC 9293,
// 3.8.6.1). What costs nothing in Linux, an answered probe, is not simulated: a sender asks only
// while something is wrong.

import { hasRoom, isWanted, type End, type Segment } from './connection.ts';
import { RANK, stamped, type KernelEvent } from './event-queue.ts';
import { rankOf } from './links.ts';
import type { KernelPort } from './port.ts';
import type { Process } from './process.ts';
import type { Tcp } from './tcp.ts';

/** First probe after this long, doubled each time, up to two minutes. */
const PROBE_US = 200_000;
const PROBE_MAX_US = 120_000_000;

export class Flow {
  readonly #kernel: KernelPort;
  readonly #tcp: Tcp;
  readonly #giveUpUs: number;

  constructor(kernel: KernelPort, tcp: Tcp, giveUpUs: number) {
    this.#kernel = kernel;
    this.#tcp = tcp;
    this.#giveUpUs = giveUpUs;
  }

  /** Sends data or the end of the stream, once there is room and nothing waits before it. */
  send(end: End, segment: Segment): void {
    if (end.queued.length === 0 && hasRoom(end, segment.bytes?.length ?? 0)) {
      return this.#tcp.transmit(segment);
    }
    segment.state = 'queued';
    end.queued.push(segment);
    this.noticeTrouble(end);
  }

  /** The program of a process has read so much more from a connection. */
  read(process: Process, conn: number, byteCount: number): void {
    const reader = process.ends.get(conn);
    if (!reader?.peer) return;
    reader.toldBytes += byteCount;
    const link = this.#tcp.linkFrom(reader);
    if (link.blocked) return this.noticeTrouble(reader.peer);
    this.#tellRoom(reader, this.#kernel.nowUs() + link.spec.latencyUs);
  }

  roomArrives({ end, readBytes }: KernelEvent & { kind: 'room' }): void {
    if (end.isAbandoned || readBytes <= end.readBytes) return;
    end.readBytes = readBytes;
    const first = end.queued[0];
    while (end.queued.length > 0 && hasRoom(end, end.queued[0]!.bytes?.length ?? 0)) {
      this.#tcp.transmit(end.queued.shift()!);
    }
    if (!isWanted(end)) return;
    const tUs = this.#kernel.nowUs();
    const input = { kind: 'room', tUs, conn: end.localId, readBytes } as const;
    // What goes on is the program that could not send: its own event is the cause.
    const cause = first?.sendId ?? end.connection.connectId;
    this.#kernel.hand(end.process, input, cause, first !== undefined, null);
  }

  /** Sends the next of what waits although there is no room. */
  push(end: End): void {
    const segment = end.queued.shift();
    if (segment) this.#tcp.transmit(segment);
  }

  /** A sender that waits for room asks for it, when news of it may have been lost. */
  noticeTrouble(end: End): void {
    if (end.queued.length > 0 && this.#isTroubled(end)) this.peerVanished(end);
  }

  /** Nobody will make room, and nobody will say so. */
  peerVanished(end: End): void {
    if (end.queued.length === 0 || end.probe || end.isAbandoned) return;
    this.#scheduleProbe(end, this.#kernel.nowUs(), 0);
  }

  probe(end: End): void {
    const { sinceUs, attempt } = end.probe!;
    end.probe = null;
    const nowUs = this.#kernel.nowUs();
    if (end.queued.length === 0 || end.isAbandoned) return;
    const peer = end.peer!;
    if (!this.#isPathOpen(end)) {
      if (nowUs - sinceUs < this.#giveUpUs) return this.#scheduleProbe(end, sinceUs, attempt + 1);
      return this.#tcp.giveUp(end, end.queued[0]!.sendId);
    }
    if (!isWanted(peer)) return this.push(end);
    const { latencyUs } = this.#tcp.linkFrom(end).spec;
    this.#tellRoom(peer, nowUs + latencyUs + this.#tcp.linkFrom(peer).spec.latencyUs);
  }

  /** A partition or a cut stands between: news of room in flight is lost (NET4). */
  loseInFlight(event: KernelEvent & { kind: 'room' }): void {
    if (!this.#tcp.linkFrom(event.end.peer!).blocked) return;
    this.#kernel.cancel(event);
    this.noticeTrouble(event.end);
  }

  abandon(end: End): void {
    if (end.probe) this.#kernel.cancel(end.probe.event);
    end.probe = null;
  }

  #tellRoom(reader: End, tUs: number): void {
    const end = reader.peer!;
    this.#kernel.schedule({
      ...stamped(reader.process, tUs, rankOf(this.#tcp.linkFrom(reader))),
      kind: 'room',
      end,
      readBytes: reader.toldBytes,
    });
  }

  #scheduleProbe(end: End, sinceUs: number, attempt: number): void {
    const nowUs = this.#kernel.nowUs();
    const waitUs = Math.min(PROBE_US * 2 ** attempt, PROBE_MAX_US);
    const dueUs = Math.max(nowUs + 1, Math.min(nowUs + waitUs, sinceUs + this.#giveUpUs));
    const event: KernelEvent = {
      ...stamped(end.process, dueUs, RANK.network),
      kind: 'probe',
      end,
    };
    end.probe = { event, sinceUs, attempt };
    this.#kernel.schedule(event);
  }

  #isPathOpen(end: End): boolean {
    const peer = end.peer!;
    if (this.#tcp.linkFrom(end).blocked || this.#tcp.linkFrom(peer).blocked) return false;
    return !peer.process.machine.isOff;
  }

  #isTroubled(end: End): boolean {
    const peer = end.peer!;
    return !this.#isPathOpen(end) || !isWanted(peer) || end.readBytes < peer.toldBytes;
  }
}
