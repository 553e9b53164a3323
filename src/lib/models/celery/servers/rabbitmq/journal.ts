// What RabbitMQ keeps on its machine's disk: durable exchanges and queues, their bindings, and the
// persistent messages in durable queues. One file of JSON lines, to which every change is added;
// a starting broker reads it and writes it anew with what is left. The real one spreads the same
// over a database, queue indexes and a message store
// (https://www.rabbitmq.com/docs/persistence-conf).
//
// A publish is synced only when its channel confirms, with whatever else came in the time that a
// sync takes; so is a definition. Everything else waits for the next sync.

import { DISK_COSTS, type Disk } from '#lib/node/disk.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { serialiseNs } from '../../costs.ts';
import type { Binding, Exchange } from './exchanges.ts';
import type { QueueOptions, Stored } from './broker.ts';

const SYNC_US = DISK_COSTS.syncNs / 1000;
/** The file is written anew from this size on; a file here holds 16 MiB. */
const SIZE_MAX = 8 * 1024 * 1024;

/** A queue's options that outlive its broker: an exclusive one does not. */
export type KeptOptions = Omit<QueueOptions, 'exclusiveTo'>;

export type Entry =
  | { is: 'exchange'; exchange: Exchange }
  | { is: 'exchange-gone'; name: string }
  | { is: 'queue'; name: string; options: KeptOptions }
  | { is: 'queue-gone'; name: string }
  | { is: 'binding'; binding: Binding }
  | { is: 'binding-gone'; binding: Binding }
  | { is: 'message'; queue: string; message: Stored }
  /** Given to a consumer: it comes back marked. */
  | { is: 'delivered'; order: number }
  | { is: 'message-gone'; order: number };

export class Journal {
  readonly #process: NodeProcess;
  readonly #disk: Disk;
  readonly #path: string;
  #pending: Entry[] = [];
  #size = 0;
  #isSynced = true;
  readonly #afterSync: (() => void)[] = [];
  #timer = 0;

  constructor(process: NodeProcess) {
    this.#process = process;
    this.#disk = process.disk;
    this.#path = `/var/lib/rabbitmq/mnesia/rabbit@${process.spec.name}/journal`;
  }

  /** What was kept, in the order in which it happened. */
  read(): Entry[] {
    if (this.#disk.sizeOf(this.#path) === null) return [];
    const text = new TextDecoder().decode(this.#disk.read(this.#path));
    this.#process.spendNs(serialiseNs(text.length));
    const lines = text.split('\n').filter((line) => line !== '');
    return lines.map((line) => JSON.parse(line) as Entry);
  }

  note(entry: Entry): void {
    this.#pending.push(entry);
  }

  /** At the end of a turn: what was noted is with the operating system, and survives a kill. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const isDefinition = this.#pending.some(({ is }) => !IS_ABOUT_MESSAGES.has(is));
    const bytes = bytesOf(this.#pending);
    this.#pending = [];
    this.#disk.append(this.#path, bytes);
    this.#size += bytes.length;
    this.#isSynced = false;
    if (isDefinition) this.#sync();
  }

  get isLarge(): boolean {
    return this.#size > SIZE_MAX;
  }

  /** Calls back when all that was noted is safe from a power cut. */
  whenSynced(done: () => void): void {
    this.#afterSync.push(done);
    if (this.#timer !== 0) return;
    const options = { label: 'sync of the journal' };
    this.#timer = this.#process.setTimer(SYNC_US, () => this.#syncAndTell(), options);
  }

  /** Writes the file anew. */
  rewrite(entries: readonly Entry[]): void {
    const bytes = bytesOf(entries);
    const draft = `${this.#path}.new`;
    this.#pending = [];
    this.#disk.write(draft, bytes);
    this.#disk.sync(draft, 0);
    this.#disk.rename(draft, this.#path);
    this.#disk.sync(this.#path, 0);
    this.#size = bytes.length;
    this.#isSynced = true;
  }

  /** A clean end. */
  close(): void {
    this.flush();
    this.#syncAndTell();
  }

  #syncAndTell(): void {
    this.#process.clearTimer(this.#timer);
    this.#timer = 0;
    this.flush();
    this.#sync();
    for (const done of this.#afterSync.splice(0)) done();
  }

  /** The time is the timer's: other work goes on meanwhile. */
  #sync(): void {
    if (!this.#isSynced) this.#disk.sync(this.#path, 0);
    this.#isSynced = true;
  }
}

const IS_ABOUT_MESSAGES: ReadonlySet<Entry['is']> = new Set([
  'message',
  'delivered',
  'message-gone',
]);

function bytesOf(entries: readonly Entry[]): Uint8Array {
  return new TextEncoder().encode(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
}
