// What a session needs of the runtime, loaded at the first Run: compiler, sandbox and scripts are
// more script than all the rest of the page.

import type { Finding } from '#lib/protocol/errors.ts';
import type { Prepared } from '#lib/runtime/prepare.ts';
import type { Lab, LabPython, LabThread } from '#lib/runtime/lab.ts';

type Files = Readonly<Record<string, string>>;

/** Compiles experiments and starts threads for them. One per page. */
export class Engine {
  readonly #loadPython: () => Promise<LabPython>;
  #lab: Promise<Lab> | undefined;
  /** The sandbox, once it has what Python needs. */
  readonly #pythonLab = Promise.withResolvers<Lab>();
  #last: { key: string; prepared: Promise<Prepared> } | undefined;

  /** @param loadPython fetches what Python nodes need */
  constructor(loadPython: () => Promise<LabPython>) {
    this.#loadPython = loadPython;
  }

  /**
   * Reads, checks and compiles; what was compiled last is kept.
   *
   * @throws InputError for what the learner has to mend
   */
  prepare(files: Files): Promise<Prepared> {
    const key = JSON.stringify(files);
    if (this.#last?.key !== key) {
      const prepared = import('#lib/runtime/prepare.ts').then((module) => module.prepare(files));
      this.#last = { key, prepared };
      prepared.catch(() => (this.#last = undefined));
    }
    return this.#last.prepared;
  }

  /** A thread for one program; all cores when somebody watches. */
  async start(prepared: Prepared, placement: 'shared' | 'inline'): Promise<LabThread> {
    const lab = await this.#openLab();
    // Python takes megabytes: until they are here the page says that it prepares.
    await this.#load(lab, prepared);
    return lab.start(prepared, placement);
  }

  /**
   * Makes the next run of an experiment with Python nodes start at once: what they need is fetched and
   * their interpreters are started. Nothing for other experiments, nor for one with mistakes.
   */
  async warm(files: Files): Promise<void> {
    if (!Object.keys(files).some((path) => path.endsWith('.py'))) return;
    const prepared = await this.prepare(files);
    if (prepared.python === null) return;
    const lab = await this.#openLab();
    await this.#load(lab, prepared);
    lab.warm(prepared.interpreterCount);
  }

  /**
   * What CPython's compiler says of a file. Answered when what Python needs is here, which `warm` and
   * `start` see to: typing alone fetches nothing.
   */
  async check(file: string, source: string): Promise<readonly Finding[]> {
    return (await this.#pythonLab.promise).check(file, source);
  }

  async #load(lab: Lab, prepared: Prepared): Promise<void> {
    await lab.load(prepared);
    if (prepared.python !== null) this.#pythonLab.resolve(lab);
  }

  #openLab(): Promise<Lab> {
    this.#lab ??= (async () => {
      const [{ Lab }, { loadScripts }] = await Promise.all([
        import('#lib/runtime/lab.ts'),
        import('./scripts.ts'),
      ]);
      return new Lab(loadScripts, this.#loadPython);
    })();
    // What did not load is tried again by the next run.
    this.#lab.catch(() => (this.#lab = undefined));
    return this.#lab;
  }

  /** Ends every thread and removes the sandbox. */
  close(): void {
    void this.#lab?.then((lab) => lab.close());
    this.#lab = undefined;
  }
}
