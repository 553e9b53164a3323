// The engines behind Python packages, in one: a question names the model it is for (`scoop.submit`).
// Celery's name none; its engine also runs commands that are no scripts.

import * as celery from '#lib/models/celery/index.ts';
import * as disco from '#lib/models/disco/index.ts';
import * as scoop from '#lib/models/scoop/index.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import type { SimPromise } from '#lib/node/promise.ts';
import type { Given, PythonEngine, PythonPort } from '#lib/node/python-port.ts';

export function createPythonEngine(process: NodeProcess, python: PythonPort): PythonEngine {
  return new Engines(process, python);
}

class Engines implements PythonEngine {
  readonly #celery: PythonEngine;
  readonly #disco: PythonEngine;
  readonly #scoop: PythonEngine;

  constructor(process: NodeProcess, python: PythonPort) {
    this.#celery = celery.createPythonEngine(process, python);
    this.#disco = disco.createPythonEngine(process);
    this.#scoop = scoop.createPythonEngine(process, python);
  }

  tell(what: string, given: Given): unknown {
    return this.#of(what).tell(what, given);
  }

  ask(what: string, given: Given): SimPromise<unknown> {
    return this.#of(what).ask(what, given);
  }

  main(): SimPromise<unknown> {
    return this.#celery.main();
  }

  #of(what: string): PythonEngine {
    if (what.startsWith('disco.')) return this.#disco;
    return what.startsWith('scoop.') ? this.#scoop : this.#celery;
  }
}
