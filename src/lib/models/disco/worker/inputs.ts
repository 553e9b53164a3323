// Reads what a task is to work on: from its own node's disk, or from another node.

import { DiskError } from '#lib/node/disk.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import type { Body } from '#lib/node/promise.ts';
import { locationOf } from '../addresses.ts';
import { CommError, DataError } from '../errors.ts';
import { ask } from '../http.ts';

/** A node that says nothing for so long will not be waited for. */
export const FETCH_US = 20_000_000;
const encoder = new TextEncoder();

/**
 * The bytes at an address.
 *
 * @throws CommError, DataError
 */
export function* readUrl(
  process: NodeProcess,
  url: string,
): Body<{ bytes: Uint8Array; isRemote: boolean }> {
  const location = locationOf(url);
  switch (location.scheme) {
    case 'raw':
      return { bytes: encoder.encode(location.text), isRemote: false };
    case 'tag':
      throw new DataError(`Unable to access resource (${url}): a tag is many blobs`);
    case 'file':
      return { bytes: readFile(process, location.path, url), isRemote: false };
    case 'http': {
      const { address, path } = location;
      if (isHere(process, address.host) && url.startsWith('disco:')) {
        return { bytes: readFile(process, path, url), isRemote: false };
      }
      const request = { method: 'GET', target: path, msg: 'get' } as const;
      const { status, body } = yield* ask(process, address, request, FETCH_US);
      if (status !== 200) throw new DataError(`Unable to access resource (${url}): ${status}`);
      return { bytes: body, isRemote: true };
    }
    default:
      return location satisfies never;
  }
}

/** A worker is called after its node: `n1/3`. */
function isHere({ spec }: NodeProcess, host: string): boolean {
  return spec.parent === host || spec.name === host;
}

function readFile({ disk }: NodeProcess, path: string, url: string): Uint8Array {
  try {
    return disk.read(path);
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    throw new DataError(`Unable to access resource (${url}): ${error.message}`);
  }
}

/**
 * The first replica that can be read.
 *
 * @returns null when none can
 */
export function* readReplica(
  process: NodeProcess,
  urls: readonly string[],
): Body<{ url: string; bytes: Uint8Array; isRemote: boolean } | null> {
  const near = urls.filter((url) => url.startsWith(`disco://${process.spec.parent}/`));
  for (const url of [...near, ...urls.filter((it) => !near.includes(it))]) {
    try {
      return { url, ...(yield* readUrl(process, url)) };
    } catch (error) {
      if (!(error instanceof CommError || error instanceof DataError)) throw error;
    }
  }
  return null;
}
