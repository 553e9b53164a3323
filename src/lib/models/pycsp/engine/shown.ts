// What the trace tells of channels and processes: `state` events `pycsp channels/<name>` and
// `pycsp processes/<name>`, each only when something has changed.

import { show } from '#lib/node/print.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import type { Home, Meeting } from './home.ts';
import { POISON, type Request } from './operation.ts';

/** Characters of a value that are shown. */
const PREVIEW_MAX = 80;
/** Values of a buffer, and processes of a queue, that are shown. */
const LIST_MAX = 20;

/** A value in the trace. */
export function preview(value: unknown): string {
  const text = show(value);
  return text.length > PREVIEW_MAX ? `${text.slice(0, PREVIEW_MAX - 1)}…` : text;
}

/** The last meeting at a channel: who gave what to whom. */
interface Met {
  /** Counts the values that went through the channel. */
  readonly count: number;
  readonly value: string;
  /** Processes; null where the buffer gave or took. */
  readonly from: string | null;
  readonly to: string | null;
  /** Of a rendezvous, who had been waiting for the other. */
  readonly waited?: string;
}

/** Tells of one channel that lives here. */
export class ShownChannel {
  readonly #process: NodeProcess;
  readonly #home: Home;
  readonly #name: string;
  #met: Met | null = null;
  #count = 0;
  #last = '';

  constructor(process: NodeProcess, home: Home, name: string) {
    this.#process = process;
    this.#home = home;
    this.#name = name;
    home.onchange = () => this.tell();
    home.onmeet = (meeting) => this.#meet(meeting);
  }

  #meet({ from, to, value }: Meeting): void {
    const [writer, reader] = [nameOf(from), nameOf(to)];
    this.#met = { count: ++this.#count, value: preview(value), from: writer, to: reader };
    if (from && to) {
      const isWriterFirst = from.operation.number < to.operation.number;
      this.#met = { ...this.#met, waited: (isWriterFirst ? writer : reader)! };
    }
    this.tell();
  }

  tell(): void {
    const { counts, ending, capacity, buffer } = this.#home;
    const value = {
      state: ending ? (ending === POISON ? 'poisoned' : 'retired') : 'open',
      writers: counts.write,
      readers: counts.read,
      writing: this.#home.waiting('write').slice(0, LIST_MAX).map(writerOf),
      reading: this.#home.waiting('read').slice(0, LIST_MAX).map(nameOf),
      ...(capacity > 0 && { capacity, buffer: buffer.slice(0, LIST_MAX).map(preview) }),
      ...(this.#met && { met: this.#met }),
    };
    const text = JSON.stringify(value);
    if (text === this.#last) return;
    this.#last = text;
    this.#process.state(`pycsp channels/${this.#name}`, value);
  }
}

function nameOf(request: Request | null): string | null {
  return request && request.operation.shown;
}

function writerOf(request: Request): { process: string; value: string } {
  return { process: request.operation.shown, value: preview(request.value) };
}
