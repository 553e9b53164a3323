// One thread of the pool, seen from the kernel's: which processes live in it, the one question it
// may have open, and what is believed of its answers.

import type { ProcessHandle } from '#lib/kernel/fleet.ts';
import type { Request } from '#lib/kernel/kernel.ts';
import type { Op, OpenWait } from '#lib/protocol/packets.ts';
import { INPUTS, OPS } from './packet-plan.ts';
import { PacketReader, PacketRefusal } from './packet-reader.ts';
import { PacketWriter, transferOf } from './packet-writer.ts';
import type { NodePacket, NodeReply } from './packets.ts';
import type { HostAnswer } from './run.ts';

/** A thread of the platform, wherever it runs. */
export interface WorkerPort {
  postMessage(message: unknown, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  onerror: ((event: { message?: string; preventDefault?: () => void }) => void) | null;
}

/** A process that lives in a thread. */
export interface Lodger {
  readonly process: ProcessHandle;
  readonly thread: PoolThread;
  readonly slot: number;
  /** Its last operation; the next may not be stamped earlier. */
  sinceUs: number;
}

/** A request, and the place of its answer in the window. */
interface Asked {
  lodger: Lodger;
  request: Request;
  index: number;
}

/** What a thread tells the host. */
export interface ThreadEvents {
  /** The question that was open is answered. */
  onsettle: () => void;
  /** The platform or the runtime broke: the run fails. */
  onfail: (names: readonly string[], reason: string) => void;
}

/** Waits that one process may report. */
const WAIT_COUNT_MAX = 100;
/** Characters of a place. */
const PLACE_LENGTH_MAX = 300;

export class PoolThread {
  readonly #worker: WorkerPort;
  readonly #events: ThreadEvents;
  readonly #writer = new PacketWriter();
  readonly #reader = new PacketReader();
  readonly #lodgers = new Set<Lodger>();
  #asked: Asked[] = [];
  #answers: HostAnswer[] = [];
  #onwaits: ((waits: OpenWait[]) => void) | null = null;
  #isWaiting = false;
  #refusal: string | null = null;
  #place = '';
  #isStarting: boolean;
  /** How often the watchdog has found the same question open. */
  patience = 0;

  /** @param isStarting its first answer may take long */
  constructor(worker: WorkerPort, events: ThreadEvents, isStarting = false) {
    this.#isStarting = isStarting;
    this.#worker = worker;
    this.#events = events;
    worker.onmessage = ({ data }) => {
      // Unasked messages (a flood) find nobody waiting and change nothing.
      if (!this.#isWaiting) return;
      const line = placeOf(data);
      if (line === null) this.#take(data);
      else this.#place = line;
    };
    worker.onerror = (event) => {
      event.preventDefault?.();
      const reason = `its worker broke: ${event.message ?? 'out of memory'}`;
      this.#refusal ??= reason;
      events.onfail(this.#names(), reason);
    };
  }

  /** It lied or broke, and is gone; its processes end at their next request. */
  get isLost(): boolean {
    return this.#refusal !== null;
  }

  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** An interpreter that has not answered yet. */
  get isStarting(): boolean {
    return this.#isStarting;
  }

  /** The learner's line that it named last while it computes, or ''. */
  get place(): string {
    return this.#place;
  }

  start(process: ProcessHandle, slot: number): Lodger {
    const lodger: Lodger = { process, thread: this, slot, sinceUs: 0 };
    this.#lodgers.add(lodger);
    this.#post({ type: 'start', slot, spec: process.spec });
    return lodger;
  }

  end(lodger: Lodger): void {
    this.#lodgers.delete(lodger);
    this.#post({ type: 'end', slot: lodger.slot });
  }

  /** Adds a request to the next question. */
  add(lodger: Lodger, request: Request, index: number): void {
    this.#asked.push({ lodger, request, index });
  }

  /**
   * Asks what was added, if anything.
   *
   * @param answers receives the answers, each at its index, before `onsettle`
   * @returns whether `onsettle` will be called
   */
  ask(answers: HostAnswer[]): boolean {
    if (this.#asked.length === 0) return false;
    this.#answers = answers;
    if (this.#refusal !== null) {
      this.#answerAll({ fault: this.#refusal });
      return false;
    }
    const writer = this.#writer;
    writer.number(this.#asked.length);
    for (const { lodger, request } of this.#asked) {
      const { inputs, boundUs, notBeforeUs } = request.batch;
      writer.number(lodger.slot);
      writer.number(boundUs);
      writer.number(notBeforeUs);
      writer.number(inputs.length);
      for (const input of inputs) writer.item(INPUTS, input);
    }
    const packet = writer.take();
    this.#isWaiting = true;
    this.patience = 0;
    this.#post({ type: 'window', ...packet }, transferOf(packet));
    return true;
  }

  waits(lodger: Lodger): Promise<OpenWait[]> {
    if (this.#refusal !== null) return Promise.resolve([]);
    return new Promise((resolve) => {
      this.#onwaits = resolve;
      this.#isWaiting = true;
      this.patience = 0;
      this.#post({ type: 'waits', slot: lodger.slot });
    });
  }

  /**
   * Forgets its processes, for the next run.
   *
   * @returns false when it cannot serve another one
   */
  vacate(): boolean {
    if (this.#refusal !== null || this.#isWaiting) return false;
    for (const lodger of this.#lodgers) this.end(lodger);
    return true;
  }

  terminate(): void {
    this.#isWaiting = false;
    this.#worker.onmessage = null;
    this.#worker.onerror = null;
    this.#worker.terminate();
  }

  /** Whom the open question is about, else everybody. */
  #names(): string[] {
    const asked = this.#asked.map(({ lodger }) => lodger.process.name);
    return asked.length > 0 ? asked : [...this.#lodgers].map(({ process }) => process.name);
  }

  /** The watchdog gave up. */
  hang(reason: string): void {
    this.#events.onfail(this.#names(), reason);
  }

  #post(packet: NodePacket, transfer: ArrayBuffer[] = []): void {
    if (this.#refusal === null) this.#worker.postMessage(packet, transfer);
  }

  #take(data: unknown): void {
    this.#isWaiting = false;
    this.#isStarting = false;
    const reply = (data ?? {}) as Partial<NodeReply>;
    if (reply.type === 'broken') return this.#break(reply as NodeReply & { type: 'broken' });
    const onwaits = this.#onwaits;
    if (onwaits) {
      this.#onwaits = null;
      const isList = reply.type === 'waits' && Array.isArray(reply.waits);
      return onwaits(isList ? reply.waits!.slice(0, WAIT_COUNT_MAX) : []);
    }
    try {
      this.#read(reply.type === 'answers' ? reply : null);
    } catch (error) {
      if (!(error instanceof PacketRefusal)) throw error;
      this.#refuse(`its worker sent a packet that is not allowed: ${error.message}`);
    }
    this.#asked = [];
    this.#events.onsettle();
  }

  #break({ slot, message }: NodeReply & { type: 'broken' }): void {
    const lodger = [...this.#lodgers].find((it) => it.slot === slot);
    this.#events.onfail(lodger ? [lodger.process.name] : this.#names(), String(message));
  }

  /** All answers of the packet or none: the first that is not allowed refuses them all. */
  #read(packet: unknown): void {
    const reader = this.#reader;
    reader.open(packet);
    const answers = this.#asked.map(({ lodger }) => this.#answer(lodger.sinceUs));
    reader.close();
    for (const [at, { lodger, index }] of this.#asked.entries()) {
      const answer = answers[at]!;
      lodger.sinceUs = answer.ops.at(-1)?.tUs ?? lodger.sinceUs;
      this.#answers[index] = answer;
    }
  }

  #answer(sinceUs: number): { ops: Op[]; nextUs: number } {
    const reader = this.#reader;
    const nextUs = reader.number();
    if (!(nextUs >= sinceUs)) throw new PacketRefusal('nextUs lies in the past');
    const ops: Op[] = [];
    let lastUs = sinceUs;
    for (let left = reader.count(); left > 0; left--) {
      const op = reader.item(OPS, lastUs);
      lastUs = op.tUs;
      ops.push(op);
    }
    return { ops, nextUs };
  }

  #refuse(reason: string): void {
    this.#refusal = reason;
    this.terminate();
    this.#answerAll({ fault: reason });
  }

  #answerAll(answer: HostAnswer): void {
    for (const { index } of this.#asked) this.#answers[index] = answer;
    this.#asked = [];
  }
}

function placeOf(data: unknown): string | null {
  const { type, line } = (data ?? {}) as { type?: unknown; line?: unknown };
  return type === 'place' && typeof line === 'string' ? line.slice(0, PLACE_LENGTH_MAX) : null;
}
