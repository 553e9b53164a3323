// From names to addresses: finds a name server and asks it.

import type { NodeProcess } from '#lib/node/process.ts';
import { SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { PYRO_BROADCAST, PYRO_NAME_SERVER } from '#lib/protocol/pyro4.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { Client } from './client.ts';
import { NamingError, PyroError } from './errors.ts';
import type { Pyro } from './pyro.ts';
import { URI } from './uri.ts';

/** Of each call into the dark, in seconds, and how many. */
const BROADCAST_TIMEOUT = 0.7;
const BROADCASTS = 3;

/** The address behind any URI. An address is its own. */
export function* resolve(pyro: Pyro, uri: URI): Body<URI> {
  if (uri.protocol === 'PYRO') return uri;
  const names = yield* locate(pyro, uri.host, uri.port);
  try {
    if (uri.protocol === 'PYRONAME') {
      const found = yield* wait(names.call('lookup', [uri.object], {}));
      if (found instanceof URI) return found;
      throw new NamingError(`no address: ${uri.object}`);
    }
    const tags = new Set(uri.object.split(',').map((tag) => tag.trim()));
    const found = yield* wait(names.call('list', [], { metadata_all: tags }));
    const candidates = Object.values((found ?? {}) as Record<string, string>);
    if (candidates.length > 0) {
      return new URI(candidates[Math.floor(pyro.process.random() * candidates.length)]!);
    }
    const shown = [...tags].map((tag) => `'${tag}'`).join(', ');
    const words = 'no registrations available with desired metadata properties';
    throw new NamingError(`${words} {${shown}}`);
  } finally {
    names.release();
  }
}

/** A client of a name server: at this host, or on this machine, or of whoever answers a broadcast. */
export function* locate(
  pyro: Pyro,
  host: string | null,
  port: number | null,
  broadcasts = true,
): Body<Client> {
  const { NS_HOST, NS_PORT, NS_BCPORT } = pyro.settings;
  let [at, atPort] = [host, port];
  if (host === null) {
    if (NS_HOST === 'localhost' || NS_HOST.startsWith('127.')) {
      try {
        return yield* bound(pyro, NS_HOST, port ?? NS_PORT);
      } catch (error) {
        if (!(error instanceof PyroError)) throw error;
      }
    }
    const found = broadcasts ? yield* broadcast(pyro, port ?? NS_BCPORT) : null;
    if (found) return found;
    [at, atPort] = [NS_HOST, NS_PORT];
  }
  try {
    return yield* bound(pyro, at!, atPort ?? NS_PORT);
  } catch (error) {
    if (!(error instanceof PyroError)) throw error;
    throw new NamingError('Failed to locate the nameserver', { cause: error });
  }
}

function* bound(pyro: Pyro, host: string, port: number): Body<Client> {
  const client = new Client(pyro, new URI(`PYRO:${PYRO_NAME_SERVER}@${host}:${port}`));
  yield* wait(client.bind());
  return client;
}

/** Whoever answers first. */
function* broadcast(pyro: Pyro, port: number): Body<Client | null> {
  const { process } = pyro;
  const socket = yield* wait(process.claimDatagramSocket(0));
  if (!socket) return null;
  const label = { proto: 'pyro4', msg: 'broadcast', preview: PYRO_BROADCAST };
  try {
    for (let left = BROADCASTS; left > 0; left--) {
      for (const machine of new Set(Object.values(process.spec.hosts))) {
        socket.send(machine, port, new TextEncoder().encode(PYRO_BROADCAST), label);
      }
      const options = { what: 'a name server' };
      const answer = yield* wait(process.waitFor(soon(process, socket.receive()), options));
      if (answer) return new Client(pyro, new URI(new TextDecoder().decode(answer.bytes)));
    }
  } finally {
    socket.close();
  }
  return null;
}

/** What comes within the time that a broadcast is waited for, or null. */
function soon<T>(process: NodeProcess, promise: SimPromise<T>): SimPromise<T | null> {
  return new SimPromise<T | null>((resolve) => {
    const timer = process.setTimer(usFromSeconds(BROADCAST_TIMEOUT), () => resolve(null));
    promise.then((value) => {
      process.clearTimer(timer);
      resolve(value);
    });
  });
}
