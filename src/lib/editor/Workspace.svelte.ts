// The learner's files. Edits are kept in this browser, per lesson, as the difference to the lesson's
// own files: a lesson that is corrected later reaches everybody who has not touched that file.

import type { Diagnostic } from '#lib/protocol/errors.ts';

type Files = Readonly<Record<string, string>>;

const PREFIX = 'lightcone:files:';

export class Workspace {
  readonly #storageKey: string | null;
  readonly #start: Files;
  #files = $state.raw<Files>({});
  #tabs = $state.raw<readonly string[]>([]);
  #active = $state('');
  #isUnsaved = $state(false);

  /** What is wrong with the files, as of the last Run. */
  problems = $state.raw<readonly Diagnostic[]>([]);

  /**
   * @param start the files as the lesson gives them
   * @param tabs shown from the start
   * @param key edits are kept under it; null keeps nothing
   */
  constructor(start: Files, tabs: readonly string[], key: string | null) {
    this.#start = start;
    this.#files = start;
    this.#tabs = tabs;
    this.#active = tabs[0] ?? Object.keys(start)[0] ?? '';
    this.#storageKey = key === null ? null : PREFIX + key;
  }

  /** Brings back what was edited earlier. In the browser, after hydration. */
  restore(): void {
    if (this.#storageKey === null) return;
    let kept: unknown;
    try {
      kept = JSON.parse(localStorage.getItem(this.#storageKey) ?? 'null');
    } catch {
      return;
    }
    if (typeof kept !== 'object' || kept === null) return;
    const edits = Object.entries(kept).filter(([, text]) => typeof text === 'string');
    this.#files = { ...this.#start, ...Object.fromEntries(edits) };
  }

  get files(): Files {
    return this.#files;
  }

  get paths(): string[] {
    return Object.keys(this.#files);
  }

  /** The files with a tab, in order. */
  get tabs(): readonly string[] {
    return this.#tabs;
  }

  /** Files without a tab: behind "+". */
  get closed(): string[] {
    const others = ['cluster.json', 'faults.json'].filter((path) => !(path in this.#files));
    return [...this.paths, ...others.filter((path) => path === 'faults.json')].filter(
      (path) => !this.#tabs.includes(path),
    );
  }

  get active(): string {
    return this.#active;
  }

  get text(): string {
    return this.#files[this.#active] ?? '';
  }

  /** The browser's storage is full or denied: edits last as long as the page. */
  get isUnsaved(): boolean {
    return this.#isUnsaved;
  }

  isDirty(path: string): boolean {
    return (this.#files[path] ?? '') !== this.#startOf(path);
  }

  get isAnyDirty(): boolean {
    return this.paths.some((path) => this.isDirty(path));
  }

  /** Shows a file, with a tab of its own. */
  open(path: string): void {
    if (!(path in this.#files)) this.#files = { ...this.#files, [path]: this.#startOf(path) };
    if (!this.#tabs.includes(path)) this.#tabs = [...this.#tabs, path];
    this.#active = path;
  }

  write(path: string, text: string): void {
    if (this.#files[path] === text) return;
    this.#files = { ...this.#files, [path]: text };
    this.#save();
  }

  /** One file as the lesson gave it. */
  reset(path: string): void {
    this.write(path, this.#startOf(path));
  }

  /** All files as the lesson gave them. */
  resetAll(): void {
    this.#files = this.#start;
    this.#tabs = this.#tabs.filter((path) => path in this.#start);
    if (!this.#tabs.includes(this.#active)) this.#active = this.#tabs[0] ?? '';
    this.problems = [];
    this.#save();
  }

  #startOf(path: string): string {
    return this.#start[path] ?? (path === 'faults.json' ? '[]\n' : '');
  }

  #save(): void {
    if (this.#storageKey === null) return;
    const edits = Object.fromEntries(
      this.paths.filter((path) => this.isDirty(path)).map((path) => [path, this.#files[path]!]),
    );
    try {
      if (Object.keys(edits).length === 0) localStorage.removeItem(this.#storageKey);
      else localStorage.setItem(this.#storageKey, JSON.stringify(edits));
      this.#isUnsaved = false;
    } catch {
      this.#isUnsaved = true;
    }
  }
}
