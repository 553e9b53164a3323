// What a session needs of the runtime, loaded at the first Run: compiler, sandbox and scripts are
// more script than all the rest of the page.

import type { Prepared } from '#lib/runtime/prepare.ts';
import type { Lab, LabThread } from '#lib/runtime/lab.ts';

type Files = Readonly<Record<string, string>>;

/** Compiles experiments and starts threads for them. One per page. */
export class Engine {
  #lab: Promise<Lab> | undefined;
  #last: { key: string; prepared: Promise<Prepared> } | undefined;

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
    this.#lab ??= (async () => {
      const [{ Lab }, { loadScripts, loadPython }] = await Promise.all([
        import('#lib/runtime/lab.ts'),
        import('./scripts.ts'),
      ]);
      return new Lab(loadScripts, loadPython);
    })();
    // What did not load is tried again by the next run.
    this.#lab.catch(() => (this.#lab = undefined));
    const lab = await this.#lab;
    // Python takes megabytes: until they are here the page says that it prepares. What fails to load
    // is the thread's to report.
    await lab.load(prepared).catch(() => undefined);
    return lab.start(prepared, placement);
  }

  /** Ends every thread and removes the sandbox. */
  close(): void {
    void this.#lab?.then((lab) => lab.close());
    this.#lab = undefined;
  }
}
