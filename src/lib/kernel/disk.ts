// The disk of a machine (NODE4, NODE9): its file tree, and what of it would survive a power-off.
//
// What survives, after ext4 in its default mode (data=ordered, auto_da_alloc), with everything that
// is a matter of luck there decided for the worse, so that a missing sync always shows:
// - Contents survive as of the last sync of that file. Nothing is ever written back by itself.
// - Names (created, renamed, removed) survive as of the last sync of any file of the machine: a
//   sync commits the file system's journal, which holds every change of a name before it.
// - A rename is atomic. One that takes the place of another file carries its contents along, so
//   after a power-off that name has the old contents or the new ones, never anything between.
// - A file that was created and never synced is gone.

import {
  Contents,
  FileTree,
  isFolderName,
  pathOf,
  type FileChange,
  type FileImage,
} from '#lib/protocol/file-tree.ts';
import { bytesOf } from '#lib/protocol/package-files.ts';

interface Version {
  contents: Contents;
  /** The change it stems from. */
  change: number;
  tUs: number;
}

/** A folder has nothing but its name. */
const FOLDER: Version = { contents: Contents.EMPTY, change: 0, tUs: 0 };

/** A file that a power-off changed. */
export interface Loss {
  path: string;
  /** Bytes it holds now; 0 when it is gone. */
  size: number;
}

/** A name on the disk, for somebody who looks at it from outside. */
export interface DiskName {
  path: string;
  /** Null for one that was removed, and would be back after a power-off. */
  contents: Contents | null;
  /** What a power-off now would leave under this name; null for nothing. */
  survivor: Contents | null;
  /** Number of the last change; 0 for a file of the experiment that nobody changed. */
  change: number;
  tUs: number;
}

export class Disk {
  readonly #tree = new FileTree();
  /** Trace events of the changes, by number - 1. */
  readonly #eventIds: number[] = [];
  /** By file. */
  readonly #synced = new Map<number, Version>();
  /** By file: contents that took another file's place, to be kept with the next sync. */
  readonly #moved = new Map<number, Version>();
  #syncedNames = new Map<string, number>();

  /**
   * What is there from the beginning, and safe.
   *
   * @param files the experiment's own, text by path
   * @param folders absolute and plain
   */
  constructor(files: Readonly<Record<string, string>> = {}, folders: readonly string[] = []) {
    for (const path of folders) {
      this.#tree.put(`${path}/`, Contents.EMPTY, 0, 0);
      this.#sync(path);
    }
    for (const [written, text] of Object.entries(files)) {
      const path = pathOf(written);
      if (path === null) continue;
      this.#tree.put(path, Contents.of(bytesOf(text)), 0, 0);
      this.#sync(path);
    }
  }

  get byteCount(): number {
    return this.#tree.byteCount;
  }

  /** Makes a change real, with the event that shows it, and returns its number. */
  commit(change: FileChange, eventId: number, tUs: number): number {
    const number = this.#eventIds.push(eventId);
    const { action, path, to } = change;
    if (action === 'sync') this.#sync(path);
    if (to !== undefined) this.#noteMove(path, to, number);
    this.#tree.apply(change, number, tUs);
    return number;
  }

  /** The event of a change, undefined for a number that no change has. */
  eventOf(number: number): number | undefined {
    return this.#eventIds[number - 1];
  }

  /** The event of the last change to a name. */
  lastEventOf(path: string): number | undefined {
    return this.eventOf(this.#tree.changeOf(path));
  }

  contentsOf(path: string): Contents | undefined {
    return this.#tree.get(path)?.contents;
  }

  sizeOf(path: string): number {
    return this.#tree.get(path)?.contents.size ?? 0;
  }

  /** Every file as it is, and as a power-off would leave it. Folders are left out. */
  names(): DiskName[] {
    const names: DiskName[] = [];
    for (const [path, { contents, tUs }] of this.#tree.entries) {
      if (isFolderName(path)) continue;
      const change = this.#tree.changeOf(path);
      names.push({ path, contents, survivor: this.#survivorOf(path), change, tUs });
    }
    for (const path of this.#syncedNames.keys()) {
      const survivor = this.#survivorOf(path);
      if (survivor === null || this.#tree.get(path)) continue;
      names.push({ path, contents: null, survivor, change: this.#tree.changeOf(path), tUs: 0 });
    }
    return names;
  }

  #survivorOf(path: string): Contents | null {
    const file = this.#syncedNames.get(path);
    return file === undefined || isFolderName(path)
      ? null
      : (this.#synced.get(file)?.contents ?? null);
  }

  /** Every file, for a process that starts. */
  image(): FileImage[] {
    const images: FileImage[] = [];
    for (const [path, { contents, tUs }] of this.#tree.entries) {
      images.push({ path, bytes: contents.bytes(), change: this.#tree.changeOf(path), tUs });
    }
    return images;
  }

  /** A file is about to take the place of another. */
  #noteMove(path: string, to: string, number: number): void {
    const entry = this.#tree.get(path);
    if (!entry || path === to || !this.#tree.get(to)) return;
    this.#moved.set(entry.file, { contents: entry.contents, change: number, tUs: entry.tUs });
  }

  #sync(path: string): void {
    const synced = this.#tree.get(path);
    // A sync of a folder is one of its names, and so of all names.
    if (!synced && !this.#tree.isFolder(path)) return;
    for (const [file, version] of this.#moved) this.#synced.set(file, version);
    if (synced) {
      const { contents, tUs } = synced;
      this.#synced.set(synced.file, { contents, change: this.#tree.changeOf(path), tUs });
    }
    this.#syncedNames = new Map();
    for (const [name, { file }] of this.#tree.entries) this.#syncedNames.set(name, file);
    this.#forgetNameless();
  }

  /** Everything goes back to what was synced. */
  powerOff(): Loss[] {
    const losses: Loss[] = [];
    for (const [path, file] of this.#syncedNames) {
      if (!this.#synced.has(file) && !isFolderName(path)) this.#syncedNames.delete(path);
    }
    for (const path of [...this.#tree.entries.keys()]) {
      if (this.#syncedNames.has(path)) continue;
      this.#tree.remove(path, 0);
      losses.push({ path: isFolderName(path) ? path.slice(0, -1) : path, size: 0 });
    }
    for (const [path, file] of this.#syncedNames) {
      const { contents, change, tUs } = isFolderName(path) ? FOLDER : this.#synced.get(file)!;
      const isSame = this.#tree.get(path)?.contents === contents;
      if (!isSame && !isFolderName(path)) losses.push({ path, size: contents.size });
      this.#tree.put(path, contents, change, tUs, file);
    }
    this.#forgetNameless();
    return losses;
  }

  /** A file without a name that survives cannot come back. */
  #forgetNameless(): void {
    const files = new Set(this.#syncedNames.values());
    for (const file of this.#synced.keys()) if (!files.has(file)) this.#synced.delete(file);
    this.#moved.clear();
  }
}
