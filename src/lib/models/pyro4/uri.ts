// Addresses of objects: `PYRO:id@host:port`, `PYRONAME:name@host:port`, `PYROMETA:tag,tag@host:port`.

import { repr } from '#lib/node/print.ts';
import { PyroError } from './errors.ts';
import type { Settings } from './settings.ts';

const PATTERN = /^(pyro[a-z]*):(\S+?)(?:@(.+))?$/i;

export class URI {
  readonly protocol: 'PYRO' | 'PYRONAME' | 'PYROMETA';
  readonly object: string;
  readonly host: string | null;
  readonly port: number | null;

  /** @throws PyroError `invalid uri` */
  constructor(uri: string | URI, settings?: Settings) {
    if (uri instanceof URI) {
      ({ protocol: this.protocol, object: this.object, host: this.host, port: this.port } = uri);
      return;
    }
    const [, protocol = '', object = '', location] = PATTERN.exec(String(uri)) ?? [];
    if (object === '') throw new PyroError('invalid uri');
    const kind = protocol.toUpperCase();
    if (kind !== 'PYRO' && kind !== 'PYRONAME' && kind !== 'PYROMETA') {
      throw new PyroError('invalid uri (protocol)');
    }
    if (kind === 'PYRO' && !location) throw new PyroError('invalid uri');
    const [host = '', port] = (location ?? '').split(':');
    this.protocol = kind;
    this.object = object;
    this.host = host || null;
    this.port = host ? portOf(port, kind === 'PYRO' ? null : (settings?.NS_PORT ?? 9090)) : null;
  }

  get location(): string | null {
    return this.host === null ? null : `${this.host}:${this.port}`;
  }

  toString(): string {
    return `${this.protocol}:${this.object}${this.location === null ? '' : `@${this.location}`}`;
  }

  [repr](): string {
    return this.toString();
  }
}

function portOf(text: string | undefined, otherwise: number | null): number {
  const port = text ? Number(text) : otherwise;
  if (port !== null && Number.isInteger(port)) return port;
  throw new PyroError(`invalid port in uri, port=${text ?? 'None'}`);
}
