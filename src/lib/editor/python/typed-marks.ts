// What Python's compiler says of the learner's files while they are typed. Asked a moment after the
// last key; files that nobody has touched are left to Run.

import type { Finding } from '#lib/protocol/errors.ts';
import { isPackageFile } from '#lib/protocol/package-files.ts';

type Files = Readonly<Record<string, string>>;

/** Real time without a key before the compiler is asked. */
const QUIET_MS = 400;

export class TypedMarks {
  readonly #check: (file: string, source: string) => Promise<readonly Finding[]>;
  readonly #onfound: (found: readonly Finding[]) => void;
  /** Each file's text as it was last answered, or as it was given. */
  #known: Files | null = null;
  #files: Files = {};
  readonly #found = new Map<string, readonly Finding[]>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isAsking = false;
  #isClosed = false;

  /**
   * @param check asks the compiler
   * @param onfound told everything that is known to be wrong, when that may have changed
   */
  constructor(
    check: (file: string, source: string) => Promise<readonly Finding[]>,
    onfound: (found: readonly Finding[]) => void,
  ) {
    this.#check = check;
    this.#onfound = onfound;
  }

  /** The files as they are now. */
  update(files: Files): void {
    this.#known ??= files;
    this.#files = files;
    clearTimeout(this.#timer);
    if (!this.#isAsking) this.#timer = setTimeout(() => void this.#ask(), QUIET_MS);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    this.#isAsking = true;
    for (const file of this.#changed()) {
      const source = this.#files[file];
      // A file that is gone has no mistakes.
      const found = source === undefined ? [] : await this.#check(file, source);
      if (this.#isClosed) return;
      this.#known = { ...this.#known, [file]: source! };
      if (this.#files[file] === source) this.#found.set(file, found);
    }
    this.#isAsking = false;
    this.#onfound([...this.#found.values()].flat());
    if (this.#changed().length > 0) this.update(this.#files);
  }

  #changed(): string[] {
    const files = new Set([...Object.keys(this.#files), ...Object.keys(this.#known ?? {})]);
    return [...files].filter(
      (file) =>
        file.endsWith('.py') && !isPackageFile(file) && this.#files[file] !== this.#known![file],
    );
  }
}
