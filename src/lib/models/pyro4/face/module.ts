// Pyro4 as TypeScript learners import it, made once per process. Types: pyro4.d.ts.

import type { NodeProcess } from '#lib/node/process.ts';
import { run, type Body, type SimPromise } from '#lib/node/promise.ts';
import { Client } from '../client.ts';
import { ERRORS } from '../errors.ts';
import { behavior, callback, expose, oneway } from '../exposing.ts';
import { locate, resolve } from '../locate.ts';
import { Pyro } from '../pyro.ts';
import type { Objects } from '../remote-values.ts';
import { membersOfObject } from '../server.ts';
import { Float, Keywords, Tuple } from '../values.ts';
import { URI } from '../uri.ts';
import { ContextFace } from './context.ts';
import { DaemonFace, registrationOf, type DaemonOptions, type SimpleOptions } from './daemon.ts';
import { NameServerFace } from './name-server.ts';
import { asyncproxy, batch, clientOf, proxyOf, uriOf } from './proxy.ts';

/** What `import … from 'pyro4'` gives a program of this process. */
export function createModule(process: NodeProcess): Record<string, unknown> {
  const pyro = new Pyro(process);
  pyro.objects = objectsOf(pyro);
  pyro.resolve = (uri) => resolve(pyro, uri);

  class Daemon extends DaemonFace {
    constructor(options: DaemonOptions = {}) {
      super(pyro, options);
    }

    /** Registers objects, in the name server too, and serves them. */
    static serveSimple(
      objects: Iterable<readonly [object, string | null]>,
      options: SimpleOptions = {},
    ): SimPromise<void> {
      const { daemon = new Daemon(options) } = options;
      return run(daemon.serveAll(objects, options));
    }
  }

  /** Gives an object of another kind than its class: a remote one. */
  const RemoteProxy = function (uri: string | URI): object {
    // As in Python: what was said beside the arguments of an earlier proxy's calls is forgotten.
    Object.assign(pyro.context, { annotations: {}, responseAnnotations: {} });
    return proxyOf(new Client(pyro, uriOf(pyro, uri)));
  };
  Object.defineProperty(RemoteProxy, 'name', { value: 'Proxy' });

  class Address extends URI {
    constructor(uri: string | URI) {
      super(uri, pyro.settings);
    }
  }
  Object.defineProperty(Address, 'name', { value: 'URI' });

  return {
    Proxy: RemoteProxy,
    Daemon,
    URI: Address,
    config: pyro.settings,
    expose,
    oneway,
    behavior,
    callback,
    currentContext: new ContextFace(pyro),
    batch,
    asyncproxy,
    locateNS: (host: string | null = null, port: number | null = null, options = {}) =>
      run(located(pyro, host, port, options)),
    resolve: (uri: string | URI) => run(resolve(pyro, uriOf(pyro, uri))),
    kw: (values: Record<string, unknown>) => new Keywords(values),
    tuple: (...items: unknown[]) => Tuple.holding(items),
    float: (value: number) => new Float(value),
    getPyroTraceback: (error: unknown) => remoteTraceback(error),
    ...ERRORS,
    errors: Object.freeze({ ...ERRORS }),
  };
}

function* located(
  pyro: Pyro,
  host: string | null,
  port: number | null,
  options: { broadcast?: boolean },
): Body<NameServerFace> {
  return new NameServerFace(yield* locate(pyro, host, port, options.broadcast ?? true));
}

/** Proxies, and objects that are served, travel as references. */
function objectsOf(pyro: Pyro): Objects {
  return {
    referenceOf(value) {
      const client = clientOf(value);
      if (client) return client.reference;
      const served = pyro.settings.AUTOPROXY ? registrationOf(value) : null;
      if (!served) return null;
      const members = membersOfObject(value, pyro.settings.REQUIRE_EXPOSE);
      return { uri: served.server.uriFor(served.id), ...members };
    },
    proxyOf({ uri, methods, attrs, oneway: alone }) {
      const client = new Client(pyro, uri);
      client.methods = new Set(methods);
      client.attrs = new Set(attrs);
      client.oneway = new Set(alone);
      return proxyOf(client);
    },
  };
}

/** The lines of an exception's traceback on the other side, in the frame that Pyro draws around them. */
function remoteTraceback(error: unknown): string[] {
  const lines = (error as { _pyroTraceback?: readonly string[] } | null)?._pyroTraceback;
  if (!lines) return [];
  const inner = lines.join('').trimEnd().split('\n');
  return [
    ' +--- This exception occured remotely (Pyro) - Remote traceback:\n',
    ...inner.map((line) => ` | ${line}\n`),
    ' +--- End of remote traceback\n',
  ];
}
