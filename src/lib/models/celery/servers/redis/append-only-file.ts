// Redis 7's append-only file: a base, the changes since, and a manifest that names both. All three
// hold commands in RESP; the base is what the real server writes with `aof-use-rdb-preamble no`.

import type { Disk } from '#lib/node/disk.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import type { Command } from '../../redis-labels.ts';
import type { FsyncPolicy } from './config.ts';
import { bytesOf } from './dataset.ts';
import type { RedisLog } from './log.ts';

/** At most one sync in this time with `everysec`. */
const FSYNC_US = 1_000_000;
/** It is written anew from this size on, when it has doubled; the real one's is 64 MiB. */
const REWRITE_SIZE = 8 * 1024 * 1024;
const NAME = 'appendonly.aof';

/** The server cannot go on; `message` is its last word. */
export class PersistenceFailure extends Error {
  override name = 'PersistenceFailure';
}

export class AppendOnlyFile {
  readonly #process: NodeProcess;
  readonly #disk: Disk;
  readonly #log: RedisLog;
  readonly #folder: string;
  #sequence = 1;
  #databaseIndex = -1;
  #pending: Command[] = [];
  #isSynced = true;
  #lastSyncUs = -Infinity;
  #syncTimer = 0;
  baseSize = 0;
  size = 0;

  constructor(process: NodeProcess, log: RedisLog, folder: string) {
    this.#process = process;
    this.#disk = process.disk;
    this.#log = log;
    this.#folder = folder;
  }

  get isLarge(): boolean {
    return this.size > REWRITE_SIZE && this.size > 2 * this.baseSize;
  }

  /** Reads the files, or makes them when there are none. */
  load(replayFile: (path: string) => void): void {
    const manifest = this.#path('manifest');
    if (this.#disk.sizeOf(manifest) === null) return this.#create();
    const text = new TextDecoder().decode(this.#disk.read(manifest));
    this.#sequence = Number(/ seq (\d+) type i/.exec(text)?.[1] ?? 1);
    for (const [kind, path] of [
      ['base', this.#base],
      ['incr', this.#incr],
    ] as const) {
      const name = path.slice(this.#folder.length + 1);
      const startUs = this.#process.nowUs();
      if (this.#disk.sizeOf(path) === null) throw new PersistenceFailure(missing(name));
      replayFile(path);
      const spentS = seconds(this.#process.nowUs() - startUs);
      this.#log.notice(`DB loaded from ${kind} file ${name}: ${spentS} seconds`);
    }
    this.#log.notice('DB loaded from append only file: 0.000 seconds');
    this.#log.notice(`Opening AOF incr file ${NAME}.${this.#sequence}.incr.aof on server start`);
    this.baseSize = this.#disk.sizeOf(this.#base) ?? 0;
    this.size = this.baseSize + (this.#disk.sizeOf(this.#incr) ?? 0);
  }

  note(databaseIndex: number, commands: readonly Command[]): void {
    if (databaseIndex !== this.#databaseIndex) {
      this.#pending.push(['SELECT', String(databaseIndex)]);
      this.#databaseIndex = databaseIndex;
    }
    // A transaction is kept whole.
    if (commands.length > 1) this.#pending.push(['MULTI'], ...commands, ['EXEC']);
    else this.#pending.push(...commands);
  }

  flush(policy: FsyncPolicy): void {
    if (this.#pending.length === 0) return;
    const bytes = bytesOf(this.#pending);
    this.#pending = [];
    this.#disk.append(this.#incr, bytes);
    this.size += bytes.length;
    this.#isSynced = false;
    if (policy === 'always') this.#sync(undefined);
    else if (policy === 'everysec') this.#syncSoon();
  }

  close(): void {
    this.#process.clearTimer(this.#syncTimer);
    this.#syncTimer = 0;
    if (!this.#isSynced) this.#sync(undefined);
  }

  /** Starts again from a snapshot of everything. */
  rewrite(snapshot: Uint8Array): void {
    this.close();
    const old = [this.#base, this.#incr];
    this.#sequence++;
    this.#write(snapshot);
    for (const path of old) if (this.#disk.sizeOf(path) !== null) this.#disk.remove(path);
  }

  #create(): void {
    this.#log.notice(`Creating AOF base file ${NAME}.1.base.aof on server start`);
    this.#log.notice(`Creating AOF incr file ${NAME}.1.incr.aof on server start`);
    this.#write(new Uint8Array(0));
  }

  #write(base: Uint8Array): void {
    const name = (kind: string): string => `${NAME}.${this.#sequence}.${kind}.aof`;
    const lines =
      `file ${name('base')} seq ${this.#sequence} type b\n` +
      `file ${name('incr')} seq ${this.#sequence} type i\n`;
    this.#disk.write(this.#base, base);
    this.#disk.sync(this.#base);
    this.#disk.write(this.#incr, new Uint8Array(0));
    this.#disk.sync(this.#incr);
    this.#disk.write(this.#path('manifest.new'), new TextEncoder().encode(lines));
    this.#disk.sync(this.#path('manifest.new'));
    this.#disk.rename(this.#path('manifest.new'), this.#path('manifest'));
    this.#disk.sync(this.#path('manifest'));
    this.#databaseIndex = -1;
    this.baseSize = base.length;
    this.size = base.length;
  }

  get #base(): string {
    return this.#path(`${this.#sequence}.base.aof`);
  }

  get #incr(): string {
    return this.#path(`${this.#sequence}.incr.aof`);
  }

  #path(end: string): string {
    return `${this.#folder}/${NAME}.${end}`;
  }

  /** `everysec`: a thread beside the server syncs, at most once a second. */
  #syncSoon(): void {
    if (this.#syncTimer !== 0) return;
    const delayUs = this.#lastSyncUs + FSYNC_US - this.#process.nowUs();
    if (delayUs <= 0) return this.#sync(0);
    const sync = (): void => {
      this.#syncTimer = 0;
      this.#sync(0);
    };
    const options = { isBackground: true, label: 'appendfsync everysec' };
    this.#syncTimer = this.#process.setTimer(delayUs, sync, options);
  }

  #sync(costNs: number | undefined): void {
    this.#disk.sync(this.#incr, costNs);
    this.#isSynced = true;
    this.#lastSyncUs = this.#process.nowUs();
  }
}

function missing(name: string): string {
  return `The AOF file ${name} listed in the manifest file is missing`;
}

/** As logs show a time. */
export function seconds(us: number): string {
  return (us / 1e6).toFixed(3);
}
