// What a connection lets the other side do: `protocolConfig` of a server, `config` of a client.

import { typeError } from './errors.ts';

export interface ProtocolConfig {
  allowSafeAttrs: boolean;
  allowExposedAttrs: boolean;
  allowPublicAttrs: boolean;
  allowAllAttrs: boolean;
  allowGetattr: boolean;
  allowSetattr: boolean;
  allowDelattr: boolean;
  /** The other side may copy objects (`obtain`). */
  allowPickle: boolean;
  exposedPrefix: string;
  /** Seconds; null waits for ever. */
  syncRequestTimeout: number | null;
}

export const DEFAULT_CONFIG: Readonly<ProtocolConfig> = {
  allowSafeAttrs: true,
  allowExposedAttrs: true,
  allowPublicAttrs: false,
  allowAllAttrs: false,
  allowGetattr: true,
  allowSetattr: false,
  allowDelattr: false,
  allowPickle: false,
  exposedPrefix: 'exposed_',
  syncRequestTimeout: 30,
};

/** Classic mode: the other side may do everything. */
export const CLASSIC_CONFIG: Partial<ProtocolConfig> = {
  allowAllAttrs: true,
  allowSetattr: true,
  allowDelattr: true,
  allowPickle: true,
  allowExposedAttrs: false,
};

/** @throws TypeError for a setting that does not exist */
export function configOf(given: Partial<ProtocolConfig> = {}): ProtocolConfig {
  for (const name of Object.keys(given)) {
    if (name in DEFAULT_CONFIG) continue;
    const known = Object.keys(DEFAULT_CONFIG).join(', ');
    throw typeError(`unknown setting of the protocol: ${name} (settings: ${known})`);
  }
  return { ...DEFAULT_CONFIG, ...given };
}
