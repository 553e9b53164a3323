// DDFS as the master keeps it (SEMANTICS 5.10): which blobs a tag names and where their replicas lie.
// Blobs and copies of tags are files of the nodes; a master that starts learns them as nodes report.

import type { NodeProcess } from '#lib/node/process.ts';
import { BLOB_FOLDER, type TagRecord } from '../protocol.ts';
import type { NodeLink } from './node-link.ts';

export class Blobs {
  readonly tags = new Map<string, TagRecord>();
  readonly #process: NodeProcess;
  readonly #nodes: () => readonly NodeLink[];
  #turn = 0;

  constructor(process: NodeProcess, nodes: () => readonly NodeLink[]) {
    this.#process = process;
    this.#nodes = nodes;
  }

  /** What a node that reports has on its disk. */
  learn(tags: Readonly<Record<string, TagRecord>>): void {
    for (const [name, record] of Object.entries(tags)) {
      if ((this.tags.get(name)?.version ?? -1) < record.version) this.tags.set(name, record);
    }
  }

  /**
   * Where to put a new blob: an address for each replica, or null when there are too few nodes.
   *
   * @param exclude nodes that did not take it
   */
  place(name: string, replicas: number, exclude: readonly string[]): string[] | null {
    const nodes = this.#nodes().filter((node) => !exclude.includes(node.name));
    if (replicas < 1 || nodes.length < replicas) return null;
    const first = this.#turn++;
    const blob = `${name}$${this.#process.wallUs().toString(16)}-${first.toString(16)}`;
    return Array.from({ length: replicas }, (_, index) => {
      const node = nodes[(first + index) % nodes.length]!;
      return `disco://${node.name}${BLOB_FOLDER}/${blob}`;
    });
  }

  /** Gives a tag blobs, more of them, or new attributes. */
  put(name: string, { urls, attrs }: Pick<TagRecord, 'urls' | 'attrs'>, isMore: boolean): void {
    const before = this.tags.get(name);
    const record = {
      urls: isMore ? [...(before?.urls ?? []), ...urls] : urls,
      attrs: { ...before?.attrs, ...attrs },
      version: (before?.version ?? 0) + 1,
    };
    this.tags.set(name, record);
    this.#keep(name, record);
  }

  /** @returns false when there is no such tag */
  delete(name: string): boolean {
    const record = this.tags.get(name);
    if (!this.tags.delete(name)) return false;
    this.#keep(name, null);
    const named = new Set([...this.tags.values()].flatMap(({ urls }) => urls.flat()));
    const paths = new Map<string, string[]>();
    for (const url of record!.urls.flat()) {
      const [, host = '', path = ''] = /^disco:\/\/([^/:]+)(\/ddfs\/.*)$/.exec(url) ?? [];
      if (path !== '' && !named.has(url)) paths.set(host, [...(paths.get(host) ?? []), path]);
    }
    for (const node of this.#nodes()) {
      const own = paths.get(node.name);
      if (own) node.send({ type: 'delete', paths: own }, `${own.length} blobs`);
    }
    return true;
  }

  /** Every node keeps a copy: the tags of a cluster of a lesson are few. */
  #keep(name: string, record: TagRecord | null): void {
    for (const node of this.#nodes()) node.send({ type: 'tag', name, record }, name);
  }
}
