// `Daemon` as TypeScript learners have it. It listens when it is first needed, because asking the machine
// for a port takes time: `register` and `requestLoop` are awaited.

import { simErrors } from '#lib/node/engine-errors.ts';
import { repr, show } from '#lib/node/print.ts';
import { run, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { PYRO_DAEMON } from '#lib/protocol/pyro4.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { DaemonError } from '../errors.ts';
import type { Members } from '../exposing.ts';
import type { Annotations, ClientConnection, DaemonHooks } from '../hooks.ts';
import { locate } from '../locate.ts';
import { membersOfObject, DaemonServer, typeName } from '../server.ts';
import type { Pyro } from '../pyro.ts';
import type { URI } from '../uri.ts';

export interface DaemonOptions {
  /** Host name under which the daemon is found; `localhost` is this machine only. */
  host?: string;
  /** 0 takes any. */
  port?: number;
}

export interface SimpleOptions extends DaemonOptions {
  daemon?: DaemonFace;
  /** Whether names go to a name server; otherwise they are ids. */
  ns?: boolean;
  /** Whether it prints what it serves. */
  verbose?: boolean;
}

/** In seconds, between two calls of `housekeeping`. */
const HOUSEKEEPING = 2;

interface Registration {
  server: DaemonServer;
  id: string;
}

/** Which objects are served, and where. */
const registrations = new WeakMap<object, Registration>();

export function registrationOf(target: object): Registration | null {
  return registrations.get(target) ?? null;
}

export class DaemonFace implements DaemonHooks {
  readonly #pyro: Pyro;
  readonly #server: DaemonServer;

  constructor(pyro: Pyro, { host = pyro.settings.HOST, port = 0 }: DaemonOptions) {
    this.#pyro = pyro;
    this.#server = new DaemonServer(pyro, host, port, this);
  }

  // Hooks of subclasses.

  validateHandshake(_client: ClientConnection, _data: unknown): unknown {
    return 'hello';
  }

  clientDisconnect(_client: ClientConnection): unknown {
    return undefined;
  }

  annotations(): Annotations {
    return {};
  }

  /** Called every 2 s while the daemon serves. */
  housekeeping(): unknown {
    return undefined;
  }

  /** Serves an object, or instances of a class, under an id. */
  register(target: object, id?: string, options: { force?: boolean } = {}): SimPromise<URI> {
    return run(this.#register(target, id, options.force === true));
  }

  *#register(target: object, given: string | undefined, isForced: boolean): Body<URI> {
    const isObject = typeof target === 'object' ? target !== null : typeof target === 'function';
    if (!isObject) throw new simErrors.TypeError('register needs an object or a class');
    const id = given ?? `obj_${this.#pyro.newId()}`;
    const { objects } = this.#server;
    if (!isForced) {
      if (registrations.has(target)) throw new DaemonError('object or class already has a Pyro id');
      if (objects.has(id)) {
        throw new DaemonError('an object or class is already registered with that id');
      }
    }
    yield* this.#server.open();
    const { settings } = this.#pyro;
    const members = (): Members => membersOfObject(target, settings.REQUIRE_EXPOSE);
    objects.set(id, { target, type: typeName(target), members });
    registrations.set(target, { server: this.#server, id });
    this.#server.tell();
    return this.#server.uriFor(id);
  }

  /** Serves an object no longer. Its registration in a name server stays. */
  unregister(target: object | string): void {
    const id = typeof target === 'string' ? target : registrations.get(target)?.id;
    if (id === undefined) throw new DaemonError("object isn't registered");
    const served = this.#server.objects.get(id);
    if (!served || id === PYRO_DAEMON) return;
    this.#server.objects.delete(id);
    registrations.delete(served.target);
    this.#server.tell();
  }

  uriFor(target: object | string): URI {
    const id = typeof target === 'string' ? target : registrations.get(target)?.id;
    if (id === undefined) throw new DaemonError("object isn't registered in this daemon");
    return this.#server.uriFor(id);
  }

  get locationStr(): string {
    return this.#server.location;
  }

  /** Serves until `shutdown`. */
  requestLoop(): SimPromise<void> {
    return run(this.#loop());
  }

  *#loop(): Body<void> {
    yield* this.#server.open();
    if (this.housekeeping !== DaemonFace.prototype.housekeeping) run(this.#keepHouse());
    yield* wait(this.#server.stopped);
  }

  /** Runs only where there is something to keep. */
  *#keepHouse(): Body<void> {
    const { process } = this.#pyro;
    for (;;) {
      yield* wait(process.sleepUs(usFromSeconds(HOUSEKEEPING), { label: 'keeps house' }));
      if (this.#server.isClosed) return;
      yield* wait(SimPromise.resolve(this.housekeeping()));
    }
  }

  /** Registers objects, in the name server too, and serves them. */
  *serveAll(
    objects: Iterable<readonly [object, string | null]>,
    options: SimpleOptions,
  ): Body<void> {
    const { process } = this.#pyro;
    const print = (text: string): void => {
      if (options.verbose !== false) process.write('stdout', `${text}\n`);
    };
    const names = options.ns === false ? null : yield* locate(this.#pyro, null, null);
    for (const [target, name] of objects) {
      const uri = yield* this.#register(target, names ? undefined : (name ?? undefined), false);
      print(`Object ${show(target)}:\n    uri = ${uri.toString()}`);
      if (!name || !names) continue;
      yield* wait(names.call('register', [name, uri], {}));
      print(`    name = ${name}`);
    }
    print('Pyro daemon running.');
    yield* this.#loop();
  }

  shutdown(): void {
    this.#server.close();
  }

  toString(): string {
    const { location, objects } = this.#server;
    return `<Pyro4.core.Daemon; ${location} - IPv4; ${objects.size} objects>`;
  }

  [repr](): string {
    return this.toString();
  }
}
