// The thread beside the kernel's that hashes a trace and sends it on to whoever reads it. It believes
// the kernel, and runs no program of a learner's.

import type { TraceEnd } from '#lib/protocol/trace.ts';
import { TraceDigest } from '#lib/trace/digest.ts';
import { sealed, type Ending } from '#lib/trace/writer.ts';
import type { StreamPort } from './control.ts';

/** From the kernel's thread. One run follows another. */
export type TracePacket =
  /** A run begins; its text goes to `stream`. Transferred. */
  | { type: 'open'; stream: StreamPort }
  | { type: 'header'; text: string }
  | { type: 'lines'; text: string }
  | { type: 'end'; ending: Ending; eventCount: number };

/** To the kernel's thread. */
export type TraceReply =
  /** The reader has consumed so many characters. */
  | { type: 'credit'; count: number }
  /** The last line is written, and everything has been read. */
  | { type: 'end'; end: TraceEnd };

/** The part of a MessagePort that is used here. */
interface KernelPort {
  postMessage(reply: TraceReply): void;
  onmessage: ((event: MessageEvent<TracePacket>) => void) | null;
}

/** Serves the kernel at the other end of `port`. */
export function startTraceThread(port: KernelPort): void {
  let relay: Relay | null = null;
  port.onmessage = ({ data }) => {
    if (data.type === 'open') relay = new Relay(port, data.stream);
    else relay?.take(data);
  };
}

interface TraceGlobal {
  onmessage: ((event: { data: { port: KernelPort } }) => void) | null;
  /** Held: Firefox collects a port that only its own listener knows of. */
  lightconePort: KernelPort;
}

/** Makes this global scope the thread that hashes; its first message brings the channel to the kernel. */
export function startTraceScope(): void {
  const scope = globalThis as unknown as TraceGlobal;
  scope.onmessage = ({ data: { port } }) => {
    scope.lightconePort = port;
    startTraceThread(port);
  };
}

/** One run's trace on its way. */
class Relay {
  readonly #port: KernelPort;
  readonly #stream: StreamPort;
  readonly #digest = new TraceDigest();
  readonly #encoder = new TextEncoder();
  #underWay = 0;
  #end: TraceEnd | null = null;

  constructor(port: KernelPort, stream: StreamPort) {
    this.#port = port;
    this.#stream = stream;
    stream.onmessage = ({ data }) => {
      this.#underWay -= data;
      port.postMessage({ type: 'credit', count: data });
      this.#finish();
    };
  }

  take(packet: Exclude<TracePacket, { type: 'open' }>): void {
    if (packet.type === 'end') {
      const { ending, eventCount } = packet;
      this.#end = sealed(ending, eventCount, this.#digest.hex());
      return this.#send(JSON.stringify(this.#end) + '\n');
    }
    // Sent first: the reader works while this thread hashes.
    this.#send(packet.text);
    if (packet.type === 'lines') this.#digest.update(this.#encoder.encode(packet.text));
  }

  #send(text: string): void {
    this.#underWay += text.length;
    this.#stream.postMessage(text);
  }

  #finish(): void {
    if (this.#end === null || this.#underWay > 0) return;
    this.#port.postMessage({ type: 'end', end: this.#end });
  }
}
