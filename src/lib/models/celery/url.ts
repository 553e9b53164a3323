// Broker and backend URLs: `amqp://guest@broker//`, `redis://redis:6379/1`, `rpc://`.

import { ImproperlyConfigured } from './errors.ts';

export interface ServiceUrl {
  scheme: 'amqp' | 'redis' | 'rpc';
  user: string;
  password: string;
  host: string;
  port: number;
  /** RabbitMQ: the virtual host. */
  virtualHost: string;
  /** Redis: the database, 0 to 15. */
  database: number;
}

const URL = /^(\w+):\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^:/@]*)(?::(\d+))?(?:\/(.*))?$/;
const SCHEMES: Readonly<Record<string, ServiceUrl['scheme']>> = {
  amqp: 'amqp',
  pyamqp: 'amqp',
  redis: 'redis',
  rpc: 'rpc',
};
const PORTS = { amqp: 5672, redis: 6379, rpc: 0 } as const;
const DATABASE_COUNT = 16;

/**
 * Reads a URL.
 *
 * @throws ImproperlyConfigured for an unknown transport or a malformed URL
 */
export function parseUrl(text: string): ServiceUrl {
  const match = URL.exec(text);
  if (!match) throw new ImproperlyConfigured(`invalid URL: ${text}`);
  const [, schemeText = '', user = '', password = '', host = '', port, path = ''] = match;
  const scheme = SCHEMES[schemeText];
  if (!scheme) {
    throw new ImproperlyConfigured(
      `No such transport: ${schemeText} (there are amqp, redis and, for results, rpc)`,
    );
  }
  const isAmqp = scheme === 'amqp';
  return {
    scheme,
    user: isAmqp ? user || 'guest' : user,
    password: isAmqp && !user ? 'guest' : password,
    host: host || 'localhost',
    port: port === undefined ? PORTS[scheme] : Number(port),
    virtualHost: path === '' ? '/' : path,
    database: scheme === 'redis' ? databaseOf(path, text) : 0,
  };
}

function databaseOf(path: string, text: string): number {
  const database = path === '' ? 0 : Number(path);
  if (Number.isInteger(database) && database >= 0 && database < DATABASE_COUNT) return database;
  throw new ImproperlyConfigured(`Database is int between 0 and limit - 1, not ${path}: ${text}`);
}

/** As the worker's banner shows it, the password masked: `amqp://guest:**@broker:5672//`. */
export function displayUrl(url: ServiceUrl): string {
  if (url.scheme === 'rpc') return 'rpc://';
  if (url.scheme === 'redis') {
    const mask = url.password === '' ? '' : `${url.user}:**@`;
    return `redis://${mask}${url.host}:${url.port}/${url.database}`;
  }
  return `amqp://${url.user}:**@${url.host}:${url.port}/${url.virtualHost}`;
}
