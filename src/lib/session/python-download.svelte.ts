// The megabytes that Python nodes need, as a person sees them come. Once they are here the browser's
// cache keeps them; what failed is fetched again by the next run.

import { m } from '#lib/i18n/paraglide/messages.js';
import type { LabPython } from '#lib/runtime/lab.ts';

/** Bytes; the total is 0 while it is not known. */
export interface Progress {
  loadedBytes: number;
  totalBytes: number;
}

export class PythonDownload {
  #progress = $state.raw<Progress | null>(null);

  /** Null when nothing is under way. */
  get progress(): Progress | null {
    return this.#progress;
  }

  /** @throws (rejects) with a message for the learner when something did not come */
  async load(): Promise<LabPython> {
    this.#progress = { loadedBytes: 0, totalBytes: 0 };
    try {
      const { loadPython } = await import('./scripts.ts');
      return await loadPython((loadedBytes, totalBytes) => {
        this.#progress = { loadedBytes, totalBytes };
      });
    } catch (error) {
      throw new Error(m.python_not_loaded({ reason: String(error) }), { cause: error });
    } finally {
      this.#progress = null;
    }
  }
}
