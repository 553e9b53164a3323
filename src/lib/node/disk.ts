// The files of a process's machine (NODE9), as its system calls show them. The process holds a copy
// of the machine's tree: at the start of a turn it is what everybody on the machine had done up to
// 50 µs before (the loopback's latency, so that processes may run ahead by as much), and on top of
// it what this process did itself since. During a turn only its own changes show.

import {
  DISK_SIZE_MAX,
  FILE_COUNT_MAX,
  FILE_SIZE_MAX,
  FileTree,
  Contents,
  pathOf,
  type FileAction,
  type FileChange,
  type FileEntry,
  type FileImage,
} from '#lib/protocol/file-tree.ts';
import { LOOPBACK_US } from '#lib/protocol/cluster.ts';
import type { Input } from '#lib/protocol/packets.ts';
import type { NodeProcess } from './process.ts';

/**
 * What a call costs, in nanoseconds, while the process waits for it: a system call through the page
 * cache, the copying at 4 GB/s, and a sync of an SSD with power-loss protection off. Declared, not
 * measured on a particular machine; a model may say its own for a sync.
 */
export const DISK_COSTS = { callNs: 5_000, kilobyteNs: 250, syncNs: 1_000_000 } as const;

const ERRNO = {
  ENOENT: 'no such file',
  EISDIR: 'is a folder',
  ENOTDIR: 'a part of the path is a file',
  EINVAL: 'no path: it is empty, too long or has a NUL in it',
  EFBIG: `file too large (limit ${FILE_SIZE_MAX / 1024 / 1024} MiB)`,
  ENOSPC: 'no space left on the disk',
} as const;

/** A call on a file failed. `code` is errno's name. */
export class DiskError extends Error {
  override name = 'DiskError';
  readonly code: keyof typeof ERRNO;
  constructor(code: keyof typeof ERRNO, path: string) {
    super(`${code}: ${ERRNO[code]}: ${path}`);
    this.code = code;
  }
}

type FileNews = Extract<Input, { kind: 'file' | 'ownFile' }>;

/** A change of the process's own, and when it made it. */
type OwnChange = FileChange & { tUs: number };

const NO_BYTES = new Uint8Array(0);

export class Disk {
  readonly #process: NodeProcess;
  readonly #cwd: string;
  /** What everybody did, up to where this process may know of it. */
  readonly #base = new FileTree();
  /** The same with the process's own later changes; `#base` itself while there are none. */
  #view = this.#base;
  readonly #own: OwnChange[] = [];
  #news: FileNews[] = [];

  constructor(process: NodeProcess, files: readonly FileImage[], cwd: string) {
    this.#process = process;
    this.#cwd = cwd;
    for (const { path, bytes, change, tUs } of files) {
      this.#base.put(path, Contents.of(bytes), change, tUs);
    }
  }

  // For the process.

  hear(news: FileNews): void {
    this.#news.push(news);
  }

  /** A turn begins: what was done long enough ago is there. */
  reach(tUs: number): void {
    if (this.#news.length === 0 || this.#news[0]!.tUs > tUs) return;
    let count = 0;
    let isFromOthers = false;
    for (; count < this.#news.length && this.#news[count]!.tUs <= tUs; count++) {
      const news = this.#news[count]!;
      isFromOthers ||= news.kind === 'file';
      // Its own changes have no number, before and after they are real: the order within a process
      // tells of them, and when they become real is not the program's to see.
      if (news.kind === 'file') this.#base.apply(news, news.number, news.tUs - LOOPBACK_US);
      else this.#applyOwn(this.#base, this.#own.shift()!);
    }
    this.#news = this.#news.slice(count);
    if (this.#own.length === 0) this.#view = this.#base;
    else if (isFromOthers) this.#replay();
  }

  /** The process's own later changes, made again on top of what the others did before them. */
  #replay(): void {
    this.#view = new FileTree(this.#base);
    for (const change of this.#own) this.#applyOwn(this.#view, change);
  }

  #applyOwn(tree: FileTree, change: OwnChange): void {
    tree.apply(change, 0, change.tUs);
  }

  // For programs and models. Paths may be relative to the node's `cwd`; folders need not be made.

  /**
   * All of a file. The bytes are nobody's to change.
   *
   * @throws DiskError ENOENT
   */
  read(path: string): Uint8Array {
    const { plain, entry } = this.#find(path);
    const bytes = entry.contents.bytes();
    this.#spend(bytes.length);
    this.#look(false, plain, bytes.length, this.#view.changeOf(plain));
    return bytes;
  }

  /** Size in bytes, or null when there is no such file. */
  sizeOf(path: string): number | null {
    const plain = this.#plainPath(path);
    const entry = this.#view.get(plain);
    this.#spend(0);
    this.#look(false, plain, 0, this.#view.changeOf(plain));
    return entry ? entry.contents.size : null;
  }

  /** Paths of the files in a folder, at any depth, sorted. */
  list(folder: string): string[] {
    const plain = this.#plainPath(folder);
    const paths = this.#view.list(plain);
    this.#spend(0);
    this.#look(true, plain, paths.length, this.#view.changeIn(plain));
    return paths;
  }

  /**
   * Replaces a file's contents, or makes it.
   *
   * @param bytes copied
   * @throws DiskError EISDIR, ENOTDIR, EFBIG, ENOSPC
   */
  write(path: string, bytes: Uint8Array): void {
    const plain = this.#room(path, bytes.length, false);
    this.#spend(bytes.length);
    this.#change('write', plain, { bytes: bytes.slice() });
  }

  /**
   * Adds to the end of a file, or makes it.
   *
   * @param bytes copied
   * @throws DiskError EISDIR, ENOTDIR, EFBIG, ENOSPC
   */
  append(path: string, bytes: Uint8Array): void {
    const plain = this.#room(path, bytes.length, true);
    this.#spend(bytes.length);
    this.#change('append', plain, { bytes: bytes.slice() });
  }

  /**
   * Cuts a file to `size` bytes, or fills it up with zeros.
   *
   * @throws DiskError ENOENT, EFBIG, ENOSPC
   */
  truncate(path: string, size: number): void {
    this.#find(path);
    const plain = this.#room(path, size, false);
    this.#spend(0);
    this.#change('truncate', plain, { size });
  }

  /** @throws DiskError ENOENT */
  remove(path: string): void {
    const { plain } = this.#find(path);
    this.#spend(0);
    this.#change('remove', plain);
  }

  /**
   * Gives a file another name. A file that had it is replaced, at once.
   *
   * @throws DiskError ENOENT, EISDIR, ENOTDIR
   */
  rename(path: string, to: string): void {
    const { plain } = this.#find(path);
    const target = this.#checkName(to);
    this.#spend(0);
    this.#change('rename', plain, { to: target });
  }

  /**
   * Waits until a file's contents are safe from a power-off (fsync), and every earlier change of a
   * name on this machine with them.
   *
   * @param costNs how long that takes
   * @throws DiskError ENOENT
   */
  sync(path: string, costNs: number = DISK_COSTS.syncNs): void {
    const { plain } = this.#find(path);
    this.#process.spendNs(costNs);
    this.#change('sync', plain);
  }

  // For a file system on top of this one (languages/python): what is there, at no cost and without a
  // trace, and what the calls of a real one cost and show. Paths are absolute and plain.

  entryOf(path: string): FileEntry | undefined {
    return this.#view.get(path);
  }

  isFolder(path: string): boolean {
    return this.#view.isFolder(path);
  }

  /** When a folder was made; undefined for one that is there only because something lies in it. */
  folderTimeUs(path: string): number | undefined {
    return this.#view.get(`${path}/`)?.tUs;
  }

  /** Names of the files and folders in a folder, sorted. */
  names(folder: string): string[] {
    return this.#view.names(folder);
  }

  /** Number of the last change to a name, or to anything in a folder. */
  changeOf(path: string): number {
    return this.#view.isFolder(path) ? this.#view.changeIn(path) : this.#view.changeOf(path);
  }

  /** A system call took place, and copied so many bytes. */
  spend(byteCount = 0): void {
    this.#spend(byteCount);
  }

  /** The program learned what lies at a path. */
  look(path: string, size: number): void {
    this.#look(this.#view.isFolder(path), path, size, this.changeOf(path));
  }

  /** Makes a folder of a name that no file has. One that is there already then stays when empty. */
  makeFolder(path: string): void {
    if (this.#view.entries.size >= FILE_COUNT_MAX) throw new DiskError('ENOSPC', path);
    this.#spend(0);
    this.#change('mkdir', path);
  }

  /** Removes a folder that was made, and in which nothing lies. */
  removeFolder(path: string): void {
    this.#spend(0);
    this.#change('remove', path);
  }

  /** Gives a folder another name, which is nobody's. */
  renameFolder(path: string, to: string): void {
    this.#spend(0);
    this.#change('rename', path, { to });
  }

  /** `sync` of a folder: its names, and so all names of the machine. */
  syncFolder(path: string): void {
    this.#process.spendNs(DISK_COSTS.syncNs);
    this.#change('sync', path);
  }

  #find(path: string) {
    const plain = this.#plainPath(path);
    const entry = this.#view.get(plain);
    if (entry) return { plain, entry };
    const saw = this.#view.changeOf(plain);
    // That it is gone is news too.
    if (saw > 0) this.#look(false, plain, 0, saw);
    throw new DiskError(this.#view.isFolder(plain) ? 'EISDIR' : 'ENOENT', path);
  }

  /** A name that can be a file's. */
  #checkName(path: string): string {
    const plain = this.#plainPath(path);
    if (this.#view.get(plain)) return plain;
    if (plain === '/' || this.#view.isFolder(plain)) throw new DiskError('EISDIR', path);
    for (let end = plain.lastIndexOf('/'); end > 0; end = plain.lastIndexOf('/', end - 1)) {
      if (this.#view.get(plain.slice(0, end))) throw new DiskError('ENOTDIR', path);
    }
    return plain;
  }

  #room(path: string, size: number, isAdded: boolean): string {
    const plain = this.#checkName(path);
    const entry = this.#view.get(plain);
    const before = entry?.contents.size ?? 0;
    const after = isAdded ? before + size : size;
    if (after > FILE_SIZE_MAX) throw new DiskError('EFBIG', path);
    const isFull = !entry && this.#view.entries.size >= FILE_COUNT_MAX;
    if (isFull || this.#view.byteCount - before + after > DISK_SIZE_MAX) {
      throw new DiskError('ENOSPC', path);
    }
    return plain;
  }

  #spend(byteCount: number): void {
    const bytesNs = Math.ceil((byteCount * DISK_COSTS.kilobyteNs) / 1024);
    this.#process.spendNs(DISK_COSTS.callNs + bytesNs);
  }

  #look(isList: boolean, path: string, size: number, saw: number): void {
    const process = this.#process;
    const tUs = process.nowUs();
    process.push({ op: 'look', tUs, isList, path, size, saw, line: process.line() });
  }

  #change(action: FileAction, path: string, more: Partial<FileChange> = {}): void {
    const process = this.#process;
    // A forked child imports again what its parent did once.
    if (process.isMuted) return;
    const tUs = process.nowUs();
    const change = { action, path, to: undefined, size: 0, bytes: NO_BYTES, tUs, ...more };
    if (this.#view === this.#base) this.#view = new FileTree(this.#base);
    this.#applyOwn(this.#view, change);
    this.#own.push(change);
    process.push({ op: 'file', ...change, line: process.line() });
  }

  #plainPath(path: string): string {
    const plain = pathOf(path, this.#cwd);
    if (plain === null) throw new DiskError('EINVAL', path);
    return plain;
  }
}
