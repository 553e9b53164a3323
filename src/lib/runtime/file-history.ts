// The files of every machine at any instant of a run: the changes that its trace tells of, made
// again by the kernel's own rules, with the bytes that were kept beside the trace.

import { Disk, type DiskName } from '#lib/kernel/disk.ts';
import type { Cluster } from '#lib/protocol/cluster.ts';
import {
  type Contents,
  FILE_ACTIONS,
  FILE_SIZE_MAX,
  type FileAction,
  type FileChange,
} from '#lib/protocol/file-tree.ts';
import type { TraceStore } from '#lib/trace/store.ts';
import type { Written } from './written.ts';

/** The part of a `LabThread` that is needed. */
interface Source {
  readonly prepared: { readonly cluster: Cluster };
  written(): Promise<Written>;
}

/** A file of a machine at an instant. */
export interface MachineFile {
  path: string;
  /** Null for one that was removed, and would be back after a power cut. */
  size: number | null;
  /** When its contents last changed, in virtual time. */
  tUs: number;
  /** A program wrote it; else it is the experiment's own. */
  isWritten: boolean;
  /** A power cut would leave it as it is. */
  isSafe: boolean;
  /** Bytes that a power cut would leave of it; null when it would be gone. */
  safeSize: number | null;
  /** What it holds; null when that is not known. Nobody may write to it. */
  bytes: () => Uint8Array | null;
}

export interface MachineFiles {
  machine: string;
  nodes: readonly string[];
  /** What programs wrote comes first; then by path. */
  files: readonly MachineFile[];
}

/** Stands for bytes that were not kept. */
let zeros: Uint8Array | undefined;
const ACTIONS: ReadonlySet<string> = new Set(FILE_ACTIONS);

export class FileHistory {
  readonly #trace: TraceStore;
  readonly #source: Source;
  /** Ids of the events that changed a file or took one back, and how far they were looked for. */
  readonly #changes: number[] = [];
  #scanned = 0;
  readonly #pieces = new Map<number, Uint8Array>();
  #hasPieces = false;

  #disks = new Map<string, Disk>();
  /** Contents with bytes that were not kept. */
  #unknown = new WeakSet<Contents>();
  /** The changes made on `#disks`. */
  #made: readonly number[] = [];
  #shown: readonly MachineFiles[] | null = null;

  /**
   * @param trace may still grow
   * @param source runs it
   */
  constructor(trace: TraceStore, source: Source) {
    this.#trace = trace;
    this.#source = source;
  }

  /** What was written is known: the run is over, and its thread has told. */
  get hasContents(): boolean {
    return this.#hasPieces;
  }

  /** The run is over: takes what was written from its thread, before that is gone. */
  async settle(): Promise<void> {
    this.#scan();
    if (this.#changes.length > 0) this.#take(await this.#source.written());
  }

  /**
   * The files at `atUs`. As long as they are the same so is the list.
   *
   * @param isKnown leaves out the events of which it says false
   */
  at(atUs: number, isKnown?: (id: number) => boolean): readonly MachineFiles[] {
    this.#scan();
    const last = this.#trace.lastAtOrBefore(atUs);
    const changes = this.#changes.filter((id) => id <= last && (isKnown?.(id) ?? true));
    if (this.#shown && isSame(changes, this.#made)) return this.#shown;
    this.#make(changes);
    this.#shown = this.#list();
    return this.#shown;
  }

  #scan(): void {
    const { eventCount } = this.#trace;
    for (; this.#scanned < eventCount; this.#scanned++) {
      if (this.#trace.kindAt(this.#scanned) !== 'file') continue;
      const op = this.#trace.textAt(this.#scanned, 'op')!;
      if (op === 'lose' || ACTIONS.has(op)) this.#changes.push(this.#scanned);
    }
  }

  #take({ ids, sizes, bytes }: Written): void {
    let from = 0;
    for (const [index, id] of ids.entries()) {
      const to = from + sizes[index]!;
      this.#pieces.set(id, bytes.subarray(from, to));
      from = to;
    }
    this.#hasPieces = true;
    this.#forget();
  }

  #forget(): void {
    this.#disks = new Map();
    this.#unknown = new WeakSet();
    this.#made = [];
    this.#shown = null;
  }

  /** Goes on from what was made before, where that is the beginning of it. */
  #make(changes: readonly number[]): void {
    if (!isSame(changes.slice(0, this.#made.length), this.#made)) this.#forget();
    for (const id of changes.slice(this.#made.length)) {
      const disk = this.#diskOf(this.#machineOf(this.#trace.processAt(id).node));
      // Told of each file that a power-off took: after the first there is nothing left to take.
      if (this.#trace.textAt(id, 'op') === 'lose') disk.powerOff();
      else this.#commit(disk, id);
    }
    this.#made = changes;
  }

  #commit(disk: Disk, id: number): void {
    const change = this.#changeAt(id);
    const { action, path } = change;
    const before = disk.contentsOf(path);
    disk.commit(change, id, this.#trace.timeAt(id));
    const after = disk.contentsOf(path);
    if (!after || after === before) return;
    const buildsOn = action !== 'write' && before !== undefined && this.#unknown.has(before);
    const isAdded = action === 'write' || action === 'append';
    if (buildsOn || (isAdded && !this.#pieces.has(id))) this.#unknown.add(after);
  }

  #changeAt(id: number): FileChange {
    const action = this.#trace.textAt(id, 'op') as FileAction;
    const size = this.#trace.intAt(id, 'bytes')!;
    return {
      action,
      path: this.#trace.textAt(id, 'path')!,
      to: this.#trace.textAt(id, 'to'),
      size: action === 'truncate' ? size : 0,
      bytes:
        action === 'write' || action === 'append'
          ? (this.#pieces.get(id) ?? (zeros ??= new Uint8Array(FILE_SIZE_MAX)).subarray(0, size))
          : new Uint8Array(0),
    };
  }

  #machineOf(node: string): string {
    const { nodes } = this.#source.prepared.cluster;
    return nodes.find(({ name }) => name === node)?.machine ?? node;
  }

  #diskOf(machine: string): Disk {
    let disk = this.#disks.get(machine);
    if (!disk) this.#disks.set(machine, (disk = new Disk(this.#source.prepared.cluster.files)));
    return disk;
  }

  /** Machines on which nothing was written are left out. */
  #list(): MachineFiles[] {
    const { machines, nodes } = this.#source.prepared.cluster;
    return machines.flatMap(({ name: machine }) => {
      const files = (this.#disks.get(machine)?.names() ?? []).map((name) => this.#fileOf(name));
      if (!files.some(({ isWritten }) => isWritten)) return [];
      files.sort(
        (one, other) =>
          Number(other.isWritten) - Number(one.isWritten) || (one.path < other.path ? -1 : 1),
      );
      const own = nodes.filter((node) => node.machine === machine);
      return [{ machine, nodes: own.map(({ name }) => name), files }];
    });
  }

  #fileOf({ path, contents, survivor, change, tUs }: DiskName): MachineFile {
    return {
      path,
      size: contents?.size ?? null,
      tUs,
      isWritten: change > 0,
      isSafe: contents === survivor,
      safeSize: survivor?.size ?? null,
      bytes: () => (contents && !this.#unknown.has(contents) ? contents.bytes() : null),
    };
  }
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((id, index) => id === other[index]);
}
