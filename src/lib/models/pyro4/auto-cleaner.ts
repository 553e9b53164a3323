// With NS_AUTOCLEAN a name server looks whether the daemons behind its names can be reached, and forgets
// names whose daemon could not be for 20 s.

import { ConnectionError } from '#lib/node/connection.ts';
import { SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { PYRO_NAME_SERVER } from '#lib/protocol/pyro4.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { PyroError } from './errors.ts';
import type { NameServer } from './names.ts';
import type { Pyro } from './pyro.ts';
import { URI } from './uri.ts';

/** In seconds. */
const INTERVAL_MIN = 3;
const UNREACHABLE_MAX = 20;
const LOOK_EVERY = 2;
/** A daemon that has not answered by then cannot be reached, unless COMMTIMEOUT says otherwise. */
const CONNECT_WITHIN = 5;

export class AutoCleaner {
  readonly #pyro: Pyro;
  readonly #names: NameServer;
  readonly #missingSinceUs = new Map<string, number>();

  /** @throws PyroError with the words of Python's ValueError for an interval below 3 s */
  constructor(pyro: Pyro, names: NameServer) {
    if (pyro.settings.NS_AUTOCLEAN < INTERVAL_MIN) {
      throw new PyroError(`NS_AUTOCLEAN cannot be smaller than ${INTERVAL_MIN}`);
    }
    this.#pyro = pyro;
    this.#names = names;
  }

  *run(): Body<never> {
    const { process, settings } = this.#pyro;
    const intervalUs = usFromSeconds(settings.NS_AUTOCLEAN);
    let lastUs = process.nowUs();
    for (;;) {
      yield* wait(process.sleepUs(usFromSeconds(LOOK_EVERY), { label: 'looks after names' }));
      if (process.nowUs() - lastUs < intervalUs) continue;
      yield* this.#clean();
      lastUs = process.nowUs();
    }
  }

  *#clean(): Body<void> {
    const { process } = this.#pyro;
    for (const [name, uri] of this.#names.addresses()) {
      if (name === PYRO_NAME_SERVER) continue;
      if (yield* this.#answers(new URI(uri))) {
        this.#missingSinceUs.delete(name);
        continue;
      }
      const sinceUs = this.#missingSinceUs.get(name) ?? process.nowUs();
      this.#missingSinceUs.set(name, sinceUs);
      if (process.nowUs() - sinceUs < usFromSeconds(UNREACHABLE_MAX)) continue;
      this.#names.remove(name);
      this.#missingSinceUs.delete(name);
    }
  }

  *#answers({ host, port }: URI): Body<boolean> {
    const { process, settings } = this.#pyro;
    const limit = settings.COMMTIMEOUT || CONNECT_WITHIN;
    const opening = process.connect(host ?? '', port ?? 0);
    const opened = opening.then(
      (connection) => {
        connection.close();
        return true;
      },
      (error: unknown) => {
        if (!(error instanceof ConnectionError)) throw error;
        return false;
      },
    );
    const answer = new SimPromise<boolean>((resolve, reject) => {
      const timer = process.setTimer(usFromSeconds(limit), () => {
        process.cancelConnect(opening);
        resolve(false);
      });
      opened.then((isThere) => {
        process.clearTimer(timer);
        resolve(isThere);
      }, reject);
    });
    return yield* wait(process.waitFor(answer, { what: `a daemon on ${host}`, by: [host ?? ''] }));
  }
}
