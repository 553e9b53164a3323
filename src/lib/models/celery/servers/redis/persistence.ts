// What Redis keeps on its machine's disk: snapshots (`dump.rdb`) now and then, and with `appendonly`
// every change in a file that is synced as `appendfsync` says. Sources: redis.io/docs/management/
// persistence, and the log and files of a 7.0.15 server that was asked to do the same.
//
// Simplified: the child that writes a snapshot takes 10 ms and no CPU of the machine; files are
// rewritten from 8 MiB on, not from 64 (a file here holds 16).

import { DiskError, type Disk } from '#lib/node/disk.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { serialiseNs } from '../../costs.ts';
import { ProtocolError } from '../../resp.ts';
import type { Command } from '../../redis-labels.ts';
import { AppendOnlyFile, PersistenceFailure, seconds } from './append-only-file.ts';
import type { RedisConfig } from './config.ts';
import { bytesOf, commandsOf, replay, type ContextOf } from './dataset.ts';
import type { RedisLog } from './log.ts';
import { CommandError } from './store.ts';

const SAVE_US = 10_000;
const AOF_DIR = 'appendonlydir';

export interface Dataset {
  contextOf: ContextOf;
  databaseCount: number;
  /** Keys in all databases. */
  size(): number;
}

export class Persistence {
  readonly #process: NodeProcess;
  readonly #disk: Disk;
  readonly #config: RedisConfig;
  readonly #log: RedisLog;
  readonly #dataset: Dataset;
  /** Changes since the last snapshot. */
  #dirtyCount = 0;
  #lastSaveUs: number;
  #saveTimer = 0;
  #saveDueUs = Infinity;
  #isSaving = false;
  #saveCount = 0;
  #aof: AppendOnlyFile | null = null;

  constructor(process: NodeProcess, config: RedisConfig, log: RedisLog, dataset: Dataset) {
    this.#process = process;
    this.#disk = process.disk;
    this.#config = config;
    this.#log = log;
    this.#dataset = dataset;
    this.#lastSaveUs = process.wallUs();
  }

  // The start.

  /**
   * Loads what was kept: the append-only file when there shall be one, else the snapshot.
   *
   * @throws PersistenceFailure when a file is none of Redis'
   */
  load(): void {
    if (!this.#config.appendonly) return this.#loadSnapshot();
    const aof = this.#openAof();
    this.#aof = aof;
    this.#orDie(() => aof.load((path) => this.#replay(path, AOF_BROKEN)));
  }

  #loadSnapshot(): void {
    const path = this.#pathOf(this.#config.dbfilename);
    if (this.#disk.sizeOf(path) === null) return;
    const ageUs = this.#process.nowUs() - (this.#disk.entryOf(absolute(path))?.tUs ?? 0);
    this.#log.notice('Loading RDB produced by version 7.0.15');
    this.#log.notice(`RDB age ${Math.max(0, Math.floor(ageUs / 1e6))} seconds`);
    const startUs = this.#process.nowUs();
    this.#replay(path, RDB_BROKEN);
    this.#log.notice(`Done loading RDB, keys loaded: ${this.#dataset.size()}, keys expired: 0.`);
    this.#log.notice(`DB loaded from disk: ${seconds(this.#process.nowUs() - startUs)} seconds`);
  }

  #replay(path: string, broken: string): void {
    const bytes = this.#disk.read(path);
    this.#process.spendNs(serialiseNs(bytes.length));
    try {
      replay(bytes, this.#dataset.contextOf);
    } catch (error) {
      if (!(error instanceof ProtocolError) && !(error instanceof CommandError)) throw error;
      throw new PersistenceFailure(broken);
    }
  }

  // Changes.

  /** Commands that changed something; they are in the file's hands when `flush` returns. */
  note(databaseIndex: number, commands: readonly Command[]): void {
    this.#dirtyCount += commands.length;
    this.#aof?.note(databaseIndex, commands);
  }

  /** Before clients are answered: what they are told is with the operating system, or on the disk. */
  flush(): void {
    this.#armSave();
    const aof = this.#aof;
    if (!aof) return;
    this.#orDie(() => {
      aof.flush(this.#config.appendfsync);
      if (aof.isLarge) this.rewrite();
    });
  }

  /** What cannot be kept must not be promised to anybody. */
  #orDie(write: () => void): void {
    try {
      write();
    } catch (error) {
      if (!(error instanceof DiskError)) throw error;
      this.#log.warning(`Error writing to the AOF file: ${error.message}`);
      this.#process.exit(1);
    }
  }

  /** Settings may have been changed by a client. */
  configChanged(): void {
    this.#armSave();
    if (this.#config.appendonly && !this.#aof) {
      const aof = this.#openAof();
      this.#aof = aof;
      this.#orDie(() => aof.rewrite(this.#snapshot()));
    } else if (!this.#config.appendonly && this.#aof) {
      this.#aof.close();
      this.#aof = null;
    }
  }

  /** `BGREWRITEAOF`: the file anew, from what there is now. Ours is done at once. */
  rewrite(): void {
    const pid = this.#log.takeChildPid();
    this.#log.notice(`Background append only file rewriting started by pid ${pid}`);
    this.#orDie(() => this.#aof?.rewrite(this.#snapshot()));
    this.#log.notice('Background AOF rewrite finished successfully');
  }

  // Snapshots.

  get lastSaveS(): number {
    return Math.floor(this.#lastSaveUs / 1e6);
  }

  get isSaving(): boolean {
    return this.#isSaving;
  }

  /** Now, while everybody waits. */
  save(): void {
    this.#write(this.#snapshot(), undefined);
    this.#log.notice('DB saved on disk');
    this.#saved(this.#dirtyCount);
  }

  /** What there is now, written by a child while the server goes on. */
  saveInBackground(): void {
    const pid = this.#log.takeChildPid();
    const [snapshot, changes] = [this.#snapshot(), this.#dirtyCount];
    this.#isSaving = true;
    this.#log.notice(`Background saving started by pid ${pid}`);
    const finish = (): void => {
      this.#isSaving = false;
      try {
        this.#write(snapshot, 0);
      } catch (error) {
        if (!(error instanceof DiskError)) throw error;
        return this.#log.warning(`Background saving error: ${error.message}`);
      }
      this.#log.child(pid, 'DB saved on disk');
      this.#log.notice('Background saving terminated with success');
      this.#saved(changes);
    };
    this.#process.setTimer(SAVE_US, finish, { isBackground: true, label: 'BGSAVE' });
  }

  /**
   * The last things before a clean end; returns false when it cannot be one.
   *
   * @param isSaved false: `SHUTDOWN NOSAVE`
   */
  stop(isSaved = this.#config.save.length > 0): boolean {
    this.#log.warning('User requested shutdown...');
    if (this.#aof) {
      this.#log.notice('Calling fsync() on the AOF file.');
      this.#aof.close();
    }
    if (isSaved) {
      this.#log.notice('Saving the final RDB snapshot before exiting.');
      try {
        this.save();
      } catch (error) {
        if (!(error instanceof DiskError)) throw error;
        this.#log.warning("Error trying to save the DB, can't exit.");
        return false;
      }
    }
    this.#log.warning('Redis is now ready to exit, bye bye...');
    return true;
  }

  info(): string[] {
    const { size, baseSize } = this.#aof ?? { size: 0, baseSize: 0 };
    return [
      '# Persistence',
      'loading:0',
      `rdb_changes_since_last_save:${this.#dirtyCount}`,
      `rdb_bgsave_in_progress:${this.#isSaving ? 1 : 0}`,
      `rdb_last_save_time:${this.lastSaveS}`,
      'rdb_last_bgsave_status:ok',
      `rdb_saves:${this.#saveCount}`,
      `aof_enabled:${this.#aof ? 1 : 0}`,
      'aof_rewrite_in_progress:0',
      'aof_last_write_status:ok',
      ...(this.#aof ? [`aof_current_size:${size}`, `aof_base_size:${baseSize}`] : []),
    ];
  }

  #snapshot(): Uint8Array {
    const { contextOf, databaseCount } = this.#dataset;
    return bytesOf(commandsOf(contextOf, databaseCount));
  }

  /** A new file beside the old one, then its name: a power cut leaves one of both, whole. */
  #write(snapshot: Uint8Array, syncNs: number | undefined): void {
    const path = this.#pathOf(this.#config.dbfilename);
    const draft = this.#pathOf(`temp-${this.#process.spec.pid}.rdb`);
    this.#disk.write(draft, snapshot);
    this.#disk.sync(draft, syncNs);
    this.#disk.rename(draft, path);
    this.#disk.sync(path, syncNs);
  }

  #saved(changes: number): void {
    this.#saveCount++;
    this.#dirtyCount -= changes;
    this.#lastSaveUs = this.#process.wallUs();
    this.#armSave();
  }

  /** The server looks ten times a second; ours knows when there will be something to see. */
  #armSave(): void {
    const dueS = this.#config.save
      .filter(({ changes }) => this.#dirtyCount > 0 && this.#dirtyCount >= changes)
      .map((rule) => this.lastSaveS + rule.seconds + 1);
    if (dueS.length === 0) return;
    const delayUs = Math.min(...dueS) * 1e6 - this.#process.wallUs();
    const dueUs = this.#process.nowUs() + delayUs;
    if (this.#saveTimer !== 0 && this.#saveDueUs <= dueUs) return;
    this.#process.clearTimer(this.#saveTimer);
    this.#saveDueUs = dueUs;
    const options = { isBackground: true, label: 'save' };
    this.#saveTimer = this.#process.setTimer(delayUs, () => this.#saveByRule(), options);
  }

  #saveByRule(): void {
    this.#saveTimer = 0;
    // The end of the save under way looks again.
    if (this.#isSaving) return;
    const sinceS = this.#process.wallUs() / 1e6 - this.lastSaveS;
    const rule = this.#config.save.find(
      ({ seconds: limitS, changes }) => this.#dirtyCount >= changes && sinceS > limitS,
    );
    if (!rule) return this.#armSave();
    this.#log.notice(`${rule.changes} changes in ${rule.seconds} seconds. Saving...`);
    this.saveInBackground();
  }

  #openAof(): AppendOnlyFile {
    const folder = this.#pathOf(AOF_DIR);
    return new AppendOnlyFile(this.#process, this.#log, folder);
  }

  #pathOf(name: string): string {
    const { dir } = this.#config;
    return dir === '' ? name : `${dir.replace(/\/$/, '')}/${name}`;
  }
}

const RDB_BROKEN = 'Wrong signature trying to load DB from file';
const AOF_BROKEN =
  'Bad file format reading the append only file: make a backup of your AOF file, then use ' +
  './redis-check-aof --fix <filename>';

function absolute(path: string): string {
  return path.startsWith('/') ? path : `/work/${path}`;
}
