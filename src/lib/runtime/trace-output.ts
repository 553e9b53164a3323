// Where a run's trace goes. Written and hashed by the kernel's own thread, or only written there and
// hashed by a thread beside it, which is half of the work: SHA-256 in JavaScript costs as much as
// everything the kernel does. The lines are the same, so the digest is.

import type { TraceEnd, TraceEvent, TraceHeader } from '#lib/protocol/trace.ts';
import { LineWriter, sealed, TraceWriter, type Ending } from '#lib/trace/writer.ts';
import type { StreamPort } from './control.ts';
import type { WorkerPort } from './pool-thread.ts';
import { RunFailure, type TraceSink } from './run.ts';
import type { TracePacket, TraceReply } from './trace-thread.ts';

/** Characters of trace that may be under way before the kernel waits for whoever reads them. */
const CREDIT = 2_000_000;

export interface TraceOutput extends TraceSink {
  /** Resolves at once unless the reader has fallen behind. */
  ready(): Promise<void>;
  /** Everything has been read. */
  drained(): Promise<void>;
}

/** Counts what is under way, and lets wait for less. */
class Credit {
  #underWay = 0;
  #wake: (() => void) | null = null;

  spend(count: number): void {
    this.#underWay += count;
  }

  giveBack(count: number): void {
    this.#underWay -= count;
    this.#wake?.();
  }

  async below(limit: number): Promise<void> {
    while (this.#underWay > limit) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#wake = null;
  }
}

/** Written and hashed here, then sent. */
export class DirectTrace implements TraceOutput {
  readonly #credit = new Credit();
  readonly #writer: TraceWriter;

  constructor(stream: StreamPort) {
    stream.onmessage = ({ data }) => this.#credit.giveBack(data);
    this.#writer = new TraceWriter((text) => {
      this.#credit.spend(text.length);
      stream.postMessage(text);
    });
  }

  header(header: TraceHeader): void {
    this.#writer.header(header);
  }

  event(event: TraceEvent): void {
    this.#writer.event(event);
  }

  flush(): void {
    this.#writer.flush();
  }

  end(ending: Ending): TraceEnd {
    return this.#writer.end(ending);
  }

  ready(): Promise<void> {
    return this.#credit.below(CREDIT);
  }

  drained(): Promise<void> {
    return this.#credit.below(0);
  }
}

/** Written here; hashed and sent on by another thread, see trace-thread.ts. */
export class ThreadedTrace implements TraceOutput {
  readonly #thread: WorkerPort;
  readonly #credit = new Credit();
  readonly #lines: LineWriter;
  readonly #sealed = Promise.withResolvers<TraceEnd>();

  /** @param stream handed over to the thread, which sends the text to it */
  constructor(thread: WorkerPort, stream: StreamPort) {
    this.#thread = thread;
    this.#sealed.promise.catch(() => undefined);
    thread.onmessage = ({ data }) => this.#take(data as TraceReply);
    thread.onerror = (event) => {
      event.preventDefault?.();
      this.#sealed.reject(new RunFailure(`the trace's thread broke: ${event.message ?? ''}`));
    };
    this.#post({ type: 'open', stream }, [stream as unknown as Transferable]);
    this.#lines = new LineWriter((text) => {
      this.#credit.spend(text.length);
      this.#post({ type: 'lines', text });
    });
  }

  header(header: TraceHeader): void {
    const text = JSON.stringify(header) + '\n';
    this.#credit.spend(text.length);
    this.#post({ type: 'header', text });
  }

  event(event: TraceEvent): void {
    this.#lines.event(event);
  }

  flush(): void {
    this.#lines.flush();
  }

  end(ending: Ending): Promise<TraceEnd> {
    this.flush();
    this.#post({ type: 'end', ending, eventCount: this.#lines.eventCount });
    return this.#sealed.promise;
  }

  ready(): Promise<void> {
    return Promise.race([this.#credit.below(CREDIT), this.#sealed.promise.then(() => undefined)]);
  }

  /** The thread seals a trace only when all of it has been read. */
  async drained(): Promise<void> {
    await this.#sealed.promise;
  }

  #take(reply: TraceReply): void {
    if (reply.type === 'credit') this.#credit.giveBack(reply.count);
    else this.#sealed.resolve(reply.end);
  }

  #post(packet: TracePacket, transfer: Transferable[] = []): void {
    this.#thread.postMessage(packet, transfer);
  }
}

/** Events are counted and let go: no lines, no digest. */
export class NoTrace implements TraceOutput {
  #eventCount = 0;

  header(): void {}

  event(): void {
    this.#eventCount++;
  }

  flush(): void {}

  end(ending: Ending): TraceEnd {
    return sealed(ending, this.#eventCount, undefined);
  }

  async ready(): Promise<void> {}

  async drained(): Promise<void> {}
}
