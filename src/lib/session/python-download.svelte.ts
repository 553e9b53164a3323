// The megabytes that Python nodes need, as a person sees them come. What failed is fetched again by
// the next run. Their names change with their content, so that browsers keep them for the next visit
// where the host says that they may.

import { m } from '#lib/i18n/paraglide/messages.js';
import type { LabPython } from '#lib/runtime/lab.ts';

/** Bytes; the total is 0 while it is not known. */
export interface Progress {
  loadedBytes: number;
  totalBytes: number;
}

/** What Python nodes need did not come. The message is a learner's. */
export class PythonNotLoaded extends Error {
  override name = 'PythonNotLoaded';
}

export class PythonDownload {
  #progress = $state.raw<Progress | null>(null);

  /** Null when nothing is under way. */
  get progress(): Progress | null {
    return this.#progress;
  }

  /** @throws (rejects with) PythonNotLoaded */
  async load(): Promise<LabPython> {
    this.#progress = { loadedBytes: 0, totalBytes: 0 };
    try {
      const { loadPython } = await import('./scripts.ts');
      return await loadPython((loadedBytes, totalBytes) => {
        this.#progress = { loadedBytes, totalBytes };
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new PythonNotLoaded(m.python_not_loaded({ reason }), { cause: error });
    } finally {
      this.#progress = null;
    }
  }
}
