// The file tree of a machine (NODE9): names, contents, and the number of the change that each name
// last saw. The kernel holds the one that counts; each process holds a copy of it and makes the
// same changes in the same order, which is why the structure is shared. A folder exists while
// something lies in it, or because somebody made it: then its name, with a slash at its end, is an
// entry too, so that whatever holds for names holds for folders.

/** Longest path, in characters. */
export const PATH_LENGTH_MAX = 200;
/** Bytes of one file. */
export const FILE_SIZE_MAX = 16 * 1024 * 1024;
/** Bytes of all files of a machine. */
export const DISK_SIZE_MAX = 64 * 1024 * 1024;
/** Files of a machine. */
export const FILE_COUNT_MAX = 10_000;
/** Where relative paths begin, and where an experiment's files lie. */
export const HOME = '/work';

export const FILE_ACTIONS = [
  'write',
  'append',
  'truncate',
  'remove',
  'rename',
  'sync',
  'mkdir',
] as const;
export type FileAction = (typeof FILE_ACTIONS)[number];

/** A change of the tree. Paths are absolute and plain, see `pathOf`. */
export interface FileChange {
  /**
   * `truncate` cuts to `size` or fills up with zeros · `rename` takes the place of what was called
   * `to`, at once · `sync`: what is there survives a power-off · `mkdir` makes a folder, which
   * `remove` and `rename` take too, when no file has that name.
   */
  action: FileAction;
  path: string;
  /** Of `rename`. */
  to: string | undefined;
  /** Of `truncate`; 0 otherwise. */
  size: number;
  /** Of `write` and `append`; empty otherwise. Nobody may write to them any more. */
  bytes: Uint8Array;
}

/** A file as a new process of the machine finds it, or a folder that was made (`/` at its end). */
export interface FileImage {
  path: string;
  bytes: Uint8Array;
  change: number;
  /** When its contents last changed, in virtual time. */
  tUs: number;
}

/** What a file holds. Never changes: an append makes a new one that shares what was there. */
export class Contents {
  static readonly EMPTY = new Contents(null, new Uint8Array(0));

  readonly size: number;
  #before: Contents | null;
  #last: Uint8Array;

  private constructor(before: Contents | null, last: Uint8Array) {
    this.size = (before?.size ?? 0) + last.length;
    this.#before = before;
    this.#last = last;
  }

  /** @param bytes nobody may write to them any more */
  static of(bytes: Uint8Array): Contents {
    return new Contents(null, bytes);
  }

  append(bytes: Uint8Array): Contents {
    return new Contents(this, bytes);
  }

  resized(size: number): Contents {
    if (size <= this.size) return Contents.of(this.bytes().slice(0, size));
    return this.append(new Uint8Array(size - this.size));
  }

  /** All of it. Nobody may write to it. */
  bytes(): Uint8Array {
    if (!this.#before) return this.#last;
    const whole = new Uint8Array(this.size);
    whole.set(this.#last, this.size - this.#last.length);
    for (let part: Contents | null = this.#before; part; part = part.#before) {
      whole.set(part.#last, part.size - part.#last.length);
    }
    this.#before = null;
    this.#last = whole;
    return whole;
  }
}

export interface FileEntry {
  /** Stays the same through appends and renames. */
  readonly file: number;
  readonly contents: Contents;
  /** When its contents last changed, in virtual time. */
  readonly tUs: number;
}

/** Whether an entry's name is that of a folder. */
export function isFolderName(path: string): boolean {
  return path.endsWith('/');
}

export class FileTree {
  readonly #entries: Map<string, FileEntry>;
  /** The last change to each name, also to names that are gone. */
  readonly #changes: Map<string, number>;
  #byteCount: number;
  #nextFile: number;

  constructor(from?: FileTree) {
    this.#entries = new Map(from?.entries);
    this.#changes = new Map(from ? from.#changes : []);
    this.#byteCount = from ? from.#byteCount : 0;
    this.#nextFile = from ? from.#nextFile : 1;
  }

  /** By path, in the order in which the names came up. */
  get entries(): ReadonlyMap<string, FileEntry> {
    return this.#entries;
  }

  get byteCount(): number {
    return this.#byteCount;
  }

  get(path: string): FileEntry | undefined {
    return this.#entries.get(path);
  }

  /** Number of the last change to this name, 0 when there was none. */
  changeOf(path: string): number {
    return this.#changes.get(path) ?? 0;
  }

  /** Number of the last change to anything in this folder, 0 when there was none. */
  changeIn(folder: string): number {
    let last = 0;
    for (const [path, change] of this.#changes) {
      if (change > last && isIn(folder, path)) last = change;
    }
    return last;
  }

  /** Paths in a folder, at any depth, in order of their code units. */
  list(folder: string): string[] {
    const paths: string[] = [];
    for (const path of this.#entries.keys()) {
      if (isIn(folder, path) && !isFolderName(path)) paths.push(path);
    }
    return paths.sort();
  }

  /** Names of the files and folders in a folder, sorted. */
  names(folder: string): string[] {
    const names = new Set<string>();
    const from = folder === '/' ? 1 : folder.length + 1;
    for (const path of this.#entries.keys()) {
      if (isIn(folder, path) && path.length > from) names.add(path.slice(from).split('/')[0]!);
    }
    return [...names].sort();
  }

  /** It was made, or a name lies below it. */
  isFolder(path: string): boolean {
    for (const other of this.#entries.keys()) if (isIn(path, other)) return true;
    return false;
  }

  /** Makes a change, which has this number. One that names no file changes nothing. */
  apply(change: FileChange, number: number, tUs: number): void {
    const { path } = change;
    const entry = this.#entries.get(path);
    switch (change.action) {
      case 'write':
        return this.put(path, Contents.of(change.bytes), number, tUs);
      case 'append': {
        const before = entry?.contents ?? Contents.EMPTY;
        return this.put(path, before.append(change.bytes), number, tUs);
      }
      case 'truncate':
        if (entry) this.put(path, entry.contents.resized(change.size), number, tUs);
        return;
      case 'remove':
        return this.remove(entry ? path : `${path}/`, number);
      case 'rename':
        if (change.to !== undefined && path !== change.to) this.#rename(path, change.to, number);
        return;
      case 'mkdir':
        if (!entry) this.put(`${path}/`, Contents.EMPTY, number, tUs);
        return;
      case 'sync':
        return;
      default:
        return change.action satisfies never;
    }
  }

  /** A folder takes along what lies in it. */
  #rename(path: string, to: string, number: number): void {
    const moved = this.#entries.has(path)
      ? [path]
      : [...this.#entries.keys()].filter((name) => isIn(path, name));
    for (const name of moved) {
      const { contents, tUs, file } = this.#entries.get(name)!;
      const target = to + name.slice(path.length);
      this.remove(name, number);
      this.remove(target, number);
      this.put(target, contents, number, tUs, file);
    }
  }

  put(path: string, contents: Contents, number: number, tUs: number, file?: number): void {
    const before = this.#entries.get(path);
    this.#byteCount += contents.size - (before?.contents.size ?? 0);
    this.#entries.set(path, { file: file ?? before?.file ?? this.#nextFile++, contents, tUs });
    this.#changes.set(path, number);
  }

  remove(path: string, number: number): void {
    const entry = this.#entries.get(path);
    if (!entry) return;
    this.#byteCount -= entry.contents.size;
    this.#entries.delete(path);
    this.#changes.set(path, number);
  }
}

function isIn(folder: string, path: string): boolean {
  return path.startsWith(folder === '/' ? folder : `${folder}/`);
}

/**
 * A path as written, made absolute and plain.
 *
 * @param cwd where relative paths begin; absolute and plain
 * @returns null when it is none: empty, too long, or with a NUL in it
 */
export function pathOf(written: string, cwd = HOME): string | null {
  if (written === '' || written.includes('\0')) return null;
  const parts: string[] = [];
  for (const part of (written.startsWith('/') ? written : `${cwd}/${written}`).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const path = `/${parts.join('/')}`;
  return path.length <= PATH_LENGTH_MAX ? path : null;
}
