// Settings of one process: Pyro's own names, preset by environment variables `PYRO_<name>`.

import { PyroError } from './errors.ts';

export interface Settings {
  HOST: string;
  NS_HOST: string;
  NS_PORT: number;
  NS_BCPORT: number;
  SERVERTYPE: string;
  /** Seconds; 0 waits for ever. */
  COMMTIMEOUT: number;
  MAX_RETRIES: number;
  REQUIRE_EXPOSE: boolean;
  THREADPOOL_SIZE: number;
  THREADPOOL_SIZE_MIN: number;
  AUTOPROXY: boolean;
  ITER_STREAMING: boolean;
  /** Seconds after which a stream of items ends; 0 for never. */
  ITER_STREAM_LIFETIME: number;
  /** Seconds that a stream is kept whose client has gone. */
  ITER_STREAM_LINGER: number;
  /** Seconds between two times that a name server looks whom it can reach; 0 for never. */
  NS_AUTOCLEAN: number;
  /** `serpent` or `json`. */
  SERIALIZER: string;
}

const DEFAULTS: Readonly<Settings> = {
  HOST: 'localhost',
  NS_HOST: 'localhost',
  NS_PORT: 9090,
  NS_BCPORT: 9091,
  SERVERTYPE: 'thread',
  COMMTIMEOUT: 0,
  MAX_RETRIES: 0,
  REQUIRE_EXPOSE: true,
  THREADPOOL_SIZE: 40,
  THREADPOOL_SIZE_MIN: 4,
  AUTOPROXY: true,
  ITER_STREAMING: true,
  ITER_STREAM_LIFETIME: 0,
  ITER_STREAM_LINGER: 30,
  NS_AUTOCLEAN: 0,
  SERIALIZER: 'serpent',
};

/** @throws PyroError for a value that makes no sense */
export function settingsOf(env: Readonly<Record<string, string>>): Settings {
  const entries = Object.entries(DEFAULTS).map(([name, value]) => {
    const given = env[`PYRO_${name}`];
    return [name, given === undefined ? value : converted(name, value, given)];
  });
  // A misspelt setting must not go unnoticed.
  return Object.preventExtensions(Object.fromEntries(entries) as Settings);
}

function converted(name: string, value: unknown, text: string): unknown {
  if (typeof value === 'string') return text;
  if (typeof value === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) {
    return Number(text);
  }
  if (typeof value === 'boolean' && /^(0|off|no|false)$/i.test(text)) return false;
  if (typeof value === 'boolean' && /^(1|on|yes|true)$/i.test(text)) return true;
  throw new PyroError(`invalid value: PYRO_${name}=${text}`);
}
