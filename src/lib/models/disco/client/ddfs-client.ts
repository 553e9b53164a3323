// Puts data into DDFS and gets it again (SEMANTICS 5.10).

import type { Body } from '#lib/node/promise.ts';
import { locationOf } from '../addresses.ts';
import { isTexts } from '../checks.ts';
import { CommError, DataError, DiscoError } from '../errors.ts';
import { ask } from '../http.ts';
import type { TagRecord } from '../protocol.ts';
import { FETCH_US, readReplica } from '../worker/inputs.ts';
import type { MasterClient } from './master-client.ts';
import { tagRecord } from './pack.ts';

/** Attempts to store a blob, on other nodes each time. */
const TRIES_MAX = 10;
const NEWLINE = 10;
/** DDFS's own; a chunk ends at the end of a record. */
export const CHUNK_SIZE = 64 * 1024 * 1024;

export interface Upload {
  name: string;
  bytes: Uint8Array;
}

export interface PutOptions {
  /** Copies of each blob; null for the setting. */
  replicas: number | null;
}

export class DdfsClient {
  readonly #client: MasterClient;

  constructor(client: MasterClient) {
    this.#client = client;
  }

  /** Stores blobs, then names them by the tag. @returns where each is, one list of replicas for each */
  *push(tag: string, uploads: readonly Upload[], options: PutOptions): Body<string[][]> {
    const { env } = this.#client.process.spec;
    const replicas = options.replicas ?? Number(env['DDFS_BLOB_REPLICAS'] ?? 1);
    const urls: string[][] = [];
    for (const upload of uploads) urls.push(yield* this.#store(upload, replicas));
    yield* this.setTag(tag, urls, {}, true);
    return urls;
  }

  /** Splits by lines, no chunk longer than `size` unless a line is, and pushes the chunks. */
  *chunk(
    tag: string,
    uploads: readonly Upload[],
    size: number,
    options: PutOptions,
  ): Body<string[][]> {
    const chunks = uploads.flatMap(({ name, bytes }) =>
      chunksOf(bytes, size).map((part, index) => ({ name: `${name}-${index}`, bytes: part })),
    );
    return yield* this.push(tag, chunks, options);
  }

  *setTag(
    tag: string,
    urls: string[][],
    attrs: Record<string, string>,
    isMore: boolean,
  ): Body<void> {
    const target = `/ddfs/tag/${encodeURIComponent(tag)}${isMore ? '?update=1' : ''}`;
    yield* this.#client.json('PUT', target, 'tag', { urls, attrs });
  }

  record(tag: string): Body<TagRecord> {
    return tagRecord(this.#client, tag);
  }

  *exists(tag: string): Body<boolean> {
    const target = `/ddfs/tag/${encodeURIComponent(tag)}`;
    return (yield* this.#client.json('GET', target, 'tag')) !== undefined;
  }

  *list(prefix: string): Body<string[]> {
    const target = `/ddfs/tags?prefix=${encodeURIComponent(prefix)}`;
    return this.#client.expected(yield* this.#client.json('GET', target, 'tag'), isTexts);
  }

  *delete(tag: string): Body<void> {
    yield* this.#client.json('DELETE', `/ddfs/tag/${encodeURIComponent(tag)}`, 'tag');
  }

  /** What lies at an address. @throws DataError when no replica can be read */
  *read(urls: readonly string[]): Body<Uint8Array> {
    const found = yield* readReplica(this.#client.process, urls);
    if (found) return found.bytes;
    throw new DataError(`Unable to access resource (${urls.join(', ')})`);
  }

  *#store({ name, bytes }: Upload, replicas: number): Body<string[]> {
    const exclude: string[] = [];
    const plain = name.replace(/[^A-Za-z0-9_@:-]/g, '_').slice(-80);
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const query = `replicas=${replicas}&exclude=${exclude.join(',')}`;
      const target = `/ddfs/new_blob/${encodeURIComponent(plain)}?${query}`;
      const urls = this.#client.expected(yield* this.#client.json('GET', target, 'tag'), isTexts);
      if (urls.length === 0) break;
      const failed = yield* this.#put(urls, bytes);
      if (failed === null) return urls;
      exclude.push(failed);
    }
    throw new DiscoError(`cannot store ${name}: too few nodes take it (replicas: ${replicas})`);
  }

  /** @returns the node that did not take it, or null */
  *#put(urls: readonly string[], bytes: Uint8Array): Body<string | null> {
    for (const url of urls) {
      const location = locationOf(url);
      if (location.scheme !== 'http') continue;
      const { address, path } = location;
      try {
        const request = { method: 'PUT', target: path, body: bytes, msg: 'put' } as const;
        const { status } = yield* ask(this.#client.process, address, request, FETCH_US);
        if (status !== 201) return address.host;
      } catch (error) {
        if (!(error instanceof CommError)) throw error;
        return address.host;
      }
    }
    return null;
  }
}

function chunksOf(bytes: Uint8Array, size: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  while (start < bytes.length) {
    let end = Math.min(start + size, bytes.length);
    if (end < bytes.length) {
      const last = bytes.lastIndexOf(NEWLINE, end - 1);
      const next = bytes.indexOf(NEWLINE, end);
      end = last >= start ? last + 1 : next < 0 ? bytes.length : next + 1;
    }
    chunks.push(bytes.slice(start, end));
    start = end;
  }
  return chunks;
}
