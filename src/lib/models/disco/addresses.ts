// Where the master is, and what addresses of data mean.

import type { NodeProcess } from '#lib/node/process.ts';
import type { Address } from './http.ts';
import { DATA_PORT, MASTER_PORT } from './protocol.ts';

/**
 * The master's host: as given (`disco://master`, `master:8989`), by DISCO_MASTER_HOST, or the one
 * called `master` if there is one, else this machine.
 */
export function masterAddress(process: NodeProcess, given?: string | null): Address {
  const { env } = process.spec;
  const text = given ?? env['DISCO_MASTER_HOST'] ?? '';
  const [host = '', port] = text
    .replace(/^(disco|https?):\/\//, '')
    .replace(/\/.*$/, '')
    .split(':');
  const known = process.machineOf('master') === undefined ? 'localhost' : 'master';
  return { host: host || known, port: Number(port ?? env['DISCO_PORT'] ?? MASTER_PORT) };
}

export type Location =
  | { scheme: 'raw'; text: string }
  | { scheme: 'file'; path: string }
  | { scheme: 'http'; address: Address; path: string }
  | { scheme: 'tag'; name: string };

/** What an address of data means. Anything without a scheme is a path. */
export function locationOf(url: string): Location {
  const [, scheme = '', rest = ''] = /^([a-z]+):\/\/(.*)$/s.exec(url) ?? [];
  if (scheme === 'raw') return { scheme: 'raw', text: rest };
  if (scheme === 'tag') return { scheme: 'tag', name: rest };
  if (scheme === 'disco' || scheme === 'http' || scheme === 'dir') {
    const slash = rest.indexOf('/');
    const [host = '', port] = (slash < 0 ? rest : rest.slice(0, slash)).split(':');
    const usual = scheme === 'http' ? 80 : DATA_PORT;
    const address = { host, port: Number(port ?? usual) };
    return { scheme: 'http', address, path: slash < 0 ? '/' : rest.slice(slash) };
  }
  return { scheme: 'file', path: scheme === 'file' ? rest : url };
}

/** The node that holds the data of an address, or null when it has no place. */
export function hostOf(url: string): string | null {
  return /^(?:disco|dir):\/\/([^/:]+)/.exec(url)?.[1] ?? null;
}
