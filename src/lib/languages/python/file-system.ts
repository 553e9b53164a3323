// The files of the node's machine as a file system of the interpreter's C library: `open`, `os`,
// `pathlib`, `shutil`, `tempfile` and whatever else stands on them run unchanged, on the disk that the
// TypeScript programs of the machine see too (NODE9).
//
// An adapter between two worlds. Above: Emscripten's file system, which asks nodes (a file or folder
// that a path led to) and streams (an open file). Below: `Disk`, which knows paths. A path is looked up
// anew in each call, because another process may have changed what is there.
// Left out: links, permissions, times set by hand (`os.utime`), memory maps. A file that another
// process renames or removes is followed by its path, not by its identity.

import { DiskError, type Disk } from '#lib/node/disk.ts';
import { Contents } from '#lib/protocol/file-tree.ts';

/** Where programs start, where they may write. The root itself and all else is the system's. */
export const FOLDERS = ['/work', '/tmp', '/home'] as const;
/** Folders that are always there. */
const FIXED = new Set<string>(['/', ...FOLDERS, '/home/node']);

/** WASI's numbers, as Emscripten has them. */
const ERRNO = {
  EACCES: 2,
  EFBIG: 22,
  EINVAL: 28,
  EIO: 29,
  EISDIR: 31,
  EMFILE: 33,
  ENOENT: 44,
  ENOSPC: 51,
  ENOTDIR: 54,
  ENOTEMPTY: 55,
  EPERM: 63,
} as const;

const FOLDER_MODE = 0o040755;
const FILE_MODE = 0o100644;
const BLOCK_BYTES = 4096;
/** Emscripten's own nodes have small numbers. */
const FIRST_INODE = 1e9;
/** The C library can hold no more. */
const OPEN_FILES_MAX = 4096;
/** How the C library asks for the end of a file. */
const SEEK = { current: 1, end: 2 } as const;
interface FsNode {
  id: number;
  name: string;
  parent: FsNode;
  mode: number;
  node_ops: Partial<NodeOps>;
  stream_ops: Partial<StreamOps>;
}

interface Stream {
  node: FsNode;
  position: number;
  flags: number;
  file?: OpenFile;
}

interface Attributes {
  size?: number;
}

interface NodeOps {
  getattr(node: FsNode): object;
  setattr(node: FsNode, attributes: Attributes): void;
  lookup(parent: FsNode, name: string): FsNode;
  mknod(parent: FsNode, name: string, mode: number): FsNode;
  rename(node: FsNode, folder: FsNode, name: string): void;
  unlink(parent: FsNode, name: string): void;
  rmdir(parent: FsNode, name: string): void;
  readdir(node: FsNode): string[];
  symlink(): never;
}

interface StreamOps {
  open(stream: Stream): void;
  dup(stream: Stream): void;
  close(stream: Stream): void;
  getattr(stream: Stream): object;
  setattr(stream: Stream, attributes: Attributes): void;
  llseek(stream: Stream, offset: number, whence: number): number;
  read(stream: Stream, into: Int8Array, at: number, length: number, position: number): number;
  write(stream: Stream, from: Int8Array, at: number, length: number, position: number): number;
  fsync(stream: Stream): number;
}

/** The part of Emscripten's `FS` that is used here. */
export interface EmscriptenFs {
  root: FsNode;
  ErrnoError: new (errno: number) => Error;
  FSNode: new (parent: FsNode | null, name: string, mode: number, device: number) => FsNode;
  getPath(node: FsNode): string;
  hashRemoveNode(node: FsNode): void;
  isDir(mode: number): boolean;
  rename(from: string, to: string): void;
  mount(type: { mount(): FsNode }, options: object, place: string): void;
  chdir(path: string): void;
  /** Open files by number. */
  streams: (object | null | undefined)[];
  /** The number for the next one. */
  nextfd(): number;
  analyzePath(path: string): { exists: boolean };
  mkdir(path: string): void;
}

/** An open file, under the name it has now, or its contents after it lost its name. */
interface OpenFile {
  path: string;
  nameless: Contents | null;
  /** The change of which the program has been told by reading. */
  told: number;
  /** Descriptors that mean it. */
  count: number;
}

export interface FileSystemOptions {
  disk: Disk;
  /** Of the machine's wall clock at a virtual time, in milliseconds since 1970. */
  wallMs(tUs: number): number;
  /** Where programs start: an absolute path. */
  cwd: string;
  /** The number for the next open file. */
  nextNumber(): number;
  /** Runs before each call: what the program did before is over. */
  onuse(): void;
  /** Something that is no error of a file's was thrown below a call. */
  onfault(error: unknown): void;
}

/** Shows the machine's disk to the interpreter, and lets programs start in the node's folder. */
export function mountDisk(fs: EmscriptenFs, options: FileSystemOptions): void {
  new FileSystem(fs, options).mount();
}

class FileSystem {
  readonly #fs: EmscriptenFs;
  readonly #disk: Disk;
  readonly #options: FileSystemOptions;
  readonly #open = new Set<OpenFile>();
  readonly #nodeOps: NodeOps;
  readonly #streamOps: StreamOps;
  /** The node that is being renamed. */
  #renamed: FsNode | null = null;

  constructor(fs: EmscriptenFs, options: FileSystemOptions) {
    this.#fs = fs;
    this.#disk = options.disk;
    this.#options = options;
    this.#nodeOps = this.#guarded({
      getattr: (node) => this.#statPath(fs.getPath(node)),
      setattr: (node, { size }) => this.#resize(fs.getPath(node), size),
      lookup: (parent, name) => this.#lookup(parent, name),
      mknod: (parent, name, mode) => this.#make(parent, name, mode),
      rename: (node, folder, name) => this.#rename(node, this.#below(folder, name)),
      unlink: (parent, name) => this.#unlink(this.#below(parent, name)),
      rmdir: (parent, name) => this.#removeFolder(this.#below(parent, name)),
      readdir: (node) => this.#list(fs.getPath(node)),
      symlink: () => this.#fail('EPERM'),
    });
    this.#streamOps = this.#guarded({
      open: (stream) => this.#openFile(stream),
      dup: ({ file }) => void (file && file.count++),
      close: ({ file }) => void (file && --file.count === 0 && this.#open.delete(file)),
      getattr: ({ node, file }) =>
        file ? this.#statFile(node, file) : this.#statPath(fs.getPath(node)),
      setattr: ({ file }, { size }) => this.#resizeOpen(file!, size),
      llseek: (stream, offset, whence) => this.#seek(stream, offset, whence),
      read: ({ file }, into, at, length, position) => this.#read(file!, into, at, length, position),
      write: ({ file }, from, at, length, position) =>
        this.#write(file!, bytesIn(from, at, length), position),
      fsync: (stream) => this.#sync(stream),
    });
  }

  mount(): void {
    const fs = this.#fs;
    for (const folder of FOLDERS) {
      if (!fs.analyzePath(folder).exists) fs.mkdir(folder);
      fs.mount({ mount: () => this.#node(null, '/', folder) }, {}, folder);
    }
    // Folders that TypeScript programs may have made at the root are there too.
    const { root } = fs;
    const { readdir } = root.node_ops;
    root.node_ops = {
      ...root.node_ops,
      lookup: this.#nodeOps.lookup,
      readdir: (node) => [...new Set([...readdir!(node), ...this.#disk.names('/')])],
      mknod: () => this.#fail('EACCES'),
    };
    this.#followRenames();
    fs.nextfd = () => {
      const number = this.#options.nextNumber();
      return number < OPEN_FILES_MAX ? number : this.#fail('EMFILE');
    };
    fs.chdir(this.#options.cwd);
  }

  /** Emscripten keeps a renamed node for later look-ups; ours are made anew each time. */
  #followRenames(): void {
    const fs = this.#fs;
    const rename = fs.rename.bind(fs);
    fs.rename = (from, to) => {
      try {
        rename(from, to);
      } finally {
        if (this.#renamed) fs.hashRemoveNode(this.#renamed);
        this.#renamed = null;
      }
    };
  }

  // Paths.

  #below(parent: FsNode, name: string): string {
    const path = this.#fs.getPath(parent);
    return path === '/' ? `/${name}` : `${path}/${name}`;
  }

  #isFolder(path: string): boolean {
    return FIXED.has(path) || this.#disk.isFolder(path);
  }

  #lookup(parent: FsNode, name: string): FsNode {
    const path = this.#below(parent, name);
    if (this.#disk.entryOf(path) || this.#isFolder(path)) return this.#node(parent, name, path);
    this.#disk.spend();
    // That it is gone is news too.
    if (this.#disk.changeOf(path) > 0) this.#disk.look(path, 0);
    return this.#fail('ENOENT');
  }

  #node(parent: FsNode | null, name: string, path: string): FsNode {
    const mode = this.#isFolder(path) ? FOLDER_MODE : FILE_MODE;
    const node = new this.#fs.FSNode(parent, name, mode, 0);
    node.id = this.#inode(path);
    node.node_ops = this.#nodeOps;
    node.stream_ops = this.#streamOps;
    return node;
  }

  /** Stays the same while the file does; a folder's is made from its name. */
  #inode(path: string): number {
    const entry = this.#disk.entryOf(path);
    if (entry) return FIRST_INODE + entry.file;
    let hash = 0;
    for (const char of path) hash = (Math.imul(hash, 31) + char.codePointAt(0)!) & 0xffffff;
    return 2 * FIRST_INODE + hash;
  }

  #statPath(path: string): object {
    const entry = this.#disk.entryOf(path);
    const isFolder = this.#isFolder(path);
    if (!entry && !isFolder) this.#fail('ENOENT');
    this.#disk.spend();
    if (!FIXED.has(path)) this.#disk.look(path, 0);
    const tUs = entry?.tUs ?? this.#disk.folderTimeUs(path) ?? 0;
    const [mode, size] = isFolder ? [FOLDER_MODE, BLOCK_BYTES] : [FILE_MODE, entry!.contents.size];
    return this.#attributes(this.#inode(path), mode, size, tUs);
  }

  /** At no cost: the C library asks each time it opens a file. */
  #statFile(node: FsNode, file: OpenFile): object {
    const tUs = this.#disk.entryOf(file.path)?.tUs ?? 0;
    return this.#attributes(node.id, FILE_MODE, this.#contents(file).size, tUs);
  }

  #attributes(inode: number, mode: number, size: number, tUs: number): object {
    const ms = this.#options.wallMs(tUs);
    const time = { getTime: () => ms };
    const owner = { uid: 1000, gid: 1000, rdev: 0, nlink: 1, dev: 1 };
    const blocks = { blksize: BLOCK_BYTES, blocks: Math.ceil(size / 512) };
    return { ino: inode, mode, size, atime: time, mtime: time, ctime: time, ...owner, ...blocks };
  }

  // Names.

  #make(parent: FsNode, name: string, mode: number): FsNode {
    const path = this.#below(parent, name);
    if (this.#fs.isDir(mode)) this.#disk.makeFolder(path);
    else this.#disk.write(path, new Uint8Array(0));
    return this.#node(parent, name, path);
  }

  #list(path: string): string[] {
    this.#disk.spend();
    const names = this.#disk.names(path);
    this.#disk.look(path, names.length);
    for (const fixed of FIXED) {
      const [folder, name] = [
        fixed.slice(0, fixed.lastIndexOf('/')),
        fixed.slice(fixed.lastIndexOf('/') + 1),
      ];
      if (folder === path && !names.includes(name)) names.push(name);
    }
    return ['.', '..', ...names];
  }

  #unlink(path: string): void {
    const entry = this.#disk.entryOf(path);
    if (!entry) this.#fail('ENOENT');
    this.#forget(path, entry!.contents);
    this.#keepFolderOf(path);
    this.#disk.remove(path);
  }

  #removeFolder(path: string): void {
    if (this.#disk.names(path).length > 0) this.#fail('ENOTEMPTY');
    if (FIXED.has(path)) this.#fail('EACCES');
    this.#keepFolderOf(path);
    this.#disk.removeFolder(path);
  }

  /** A folder that nobody made exists while something lies in it: for Python it stays. */
  #keepFolderOf(path: string): void {
    const folder = path.slice(0, path.lastIndexOf('/'));
    if (FIXED.has(folder) || this.#disk.folderTimeUs(folder) !== undefined) return;
    if (this.#disk.names(folder).length === 1) this.#disk.makeFolder(folder);
  }

  #rename(node: FsNode, to: string): void {
    this.#renamed = node;
    const path = this.#fs.getPath(node);
    const replaced = this.#disk.entryOf(to);
    if (this.#disk.entryOf(path)) {
      if (replaced) this.#forget(to, replaced.contents);
      this.#keepFolderOf(path);
      this.#disk.rename(path, to);
    } else {
      if (this.#disk.names(to).length > 0) this.#fail('ENOTEMPTY');
      if (FIXED.has(path)) this.#fail('EACCES');
      this.#keepFolderOf(path);
      this.#disk.renameFolder(path, to);
    }
    for (const file of this.#open) {
      if (file.path === path) file.path = to;
      else if (file.path.startsWith(`${path}/`)) file.path = to + file.path.slice(path.length);
    }
  }

  /** Whoever has the file open goes on with what it holds. */
  #forget(path: string, contents: Contents): void {
    for (const file of this.#open) if (file.path === path) file.nameless = contents;
  }

  #resize(path: string, size: number | undefined): void {
    const entry = this.#disk.entryOf(path);
    if (size !== undefined && entry && entry.contents.size !== size)
      this.#disk.truncate(path, size);
  }

  // Open files.

  #openFile(stream: Stream): void {
    const path = this.#fs.getPath(stream.node);
    if (this.#isFolder(path)) return;
    const file = { path, nameless: null, told: -1, count: 1 };
    this.#open.add(file);
    stream.file = file;
    this.#disk.spend();
  }

  /** Another process may have removed it: then it holds nothing. */
  #contents(file: OpenFile): Contents {
    return file.nameless ?? this.#disk.entryOf(file.path)?.contents ?? Contents.EMPTY;
  }

  #seek(stream: Stream, offset: number, whence: number): number {
    const base =
      whence === SEEK.end && stream.file
        ? this.#contents(stream.file).size
        : whence === SEEK.current
          ? stream.position
          : 0;
    if (base + offset < 0) this.#fail('EINVAL');
    return base + offset;
  }

  #read(file: OpenFile, into: Int8Array, at: number, length: number, position: number): number {
    const bytes = this.#contents(file).bytes();
    const part = bytes.subarray(position, position + length);
    this.#disk.spend(part.length);
    const change = file.nameless ? file.told : this.#disk.changeOf(file.path);
    if (change !== file.told) {
      file.told = change;
      this.#disk.look(file.path, bytes.length);
    }
    into.set(part, at);
    return part.length;
  }

  #write(file: OpenFile, bytes: Uint8Array, position: number): number {
    const before = this.#contents(file);
    if (bytes.length === 0) return 0;
    if (file.nameless) file.nameless = patched(before, bytes, position);
    else if (position === before.size) this.#disk.append(file.path, bytes);
    else this.#disk.write(file.path, patched(before, bytes, position).bytes());
    return bytes.length;
  }

  #resizeOpen(file: OpenFile, size: number | undefined): void {
    if (size === undefined) return;
    if (file.nameless) file.nameless = file.nameless.resized(size);
    else this.#resize(file.path, size);
  }

  #sync({ node, file }: Stream): number {
    if (!file) this.#disk.syncFolder(this.#fs.getPath(node));
    else if (!file.nameless && this.#disk.entryOf(file.path)) this.#disk.sync(file.path);
    return 0;
  }

  // Errors.

  #fail(code: keyof typeof ERRNO): never {
    throw new this.#fs.ErrnoError(ERRNO[code]);
  }

  /** Only errors of files may reach the C library; anything else would break the interpreter. */
  #guarded<Ops extends object>(ops: Ops): Ops {
    const entries = Object.entries(ops).map(([name, work]) => [
      name,
      this.#guard(work as (...given: unknown[]) => unknown),
    ]);
    return Object.fromEntries(entries) as Ops;
  }

  #guard(work: (...given: unknown[]) => unknown): (...given: unknown[]) => unknown {
    return (...given) => {
      this.#options.onuse();
      try {
        return work(...given);
      } catch (error) {
        if (error instanceof this.#fs.ErrnoError) throw error;
        if (error instanceof DiskError) return this.#fail(error.code);
        this.#options.onfault(error);
        return this.#fail('EIO');
      }
    };
  }
}

/** A copy: the interpreter's memory changes. */
function bytesIn(memory: Int8Array, at: number, length: number): Uint8Array {
  return new Uint8Array(memory.buffer, memory.byteOffset + at, length).slice();
}

/** Contents with some bytes in another place than the end. */
function patched(contents: Contents, bytes: Uint8Array, position: number): Contents {
  const whole = new Uint8Array(Math.max(contents.size, position + bytes.length));
  whole.set(contents.bytes());
  whole.set(bytes, position);
  return Contents.of(whole);
}
