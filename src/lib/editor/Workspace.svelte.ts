// The learner's files. Edits are kept in this browser, per lesson, as the difference to the lesson's
// own files: a lesson that is corrected later reaches everybody who has not touched that file. Where
// files may come and go, a file that was removed is kept as null.

import type { Diagnostic } from '#lib/protocol/errors.ts';
import { isPackageFile } from '#lib/protocol/package-files.ts';

type Files = Readonly<Record<string, string>>;

const PREFIX = 'lightcone:files:';
/** Packages are large and do not change with each key that is typed: they are kept apart. */
const PACKAGES_PREFIX = 'lightcone:packages:';

/** A program, or data for one; below folders if need be. */
const FILE_NAME = /^(?:[\w-]+\/)*[\w-]+\.(?:py|ts|json|txt|csv)$/;

export class Workspace {
  #storageKey: string | null = null;
  #packagesKey: string | null = null;
  /** All files are kept, not only what differs from the start. */
  #isWhole = false;
  readonly #start: Files;
  readonly #startTabs: readonly string[];
  /** Files can be made, renamed and removed. */
  readonly isFree: boolean;
  /** What stood here before other files were lent. */
  #own = $state.raw<Files | null>(null);
  #removed = $state.raw<{ name: string; files: Files } | null>(null);
  #files = $state.raw<Files>({});
  #tabs = $state.raw<readonly string[]>([]);
  #active = $state('');
  /** Keys under which the last attempt to keep something failed. */
  #unsaved = $state.raw<readonly string[]>([]);

  /** What is wrong with the files, as of the last Run. */
  problems = $state.raw<readonly Diagnostic[]>([]);

  /**
   * @param start the files as the lesson gives them
   * @param tabs shown from the start
   * @param key edits are kept under it; null keeps nothing
   * @param isFree files can be made, renamed and removed
   */
  constructor(start: Files, tabs: readonly string[], key: string | null, isFree = false) {
    this.isFree = isFree;
    this.#start = start;
    this.#files = start;
    this.#startTabs = tabs;
    this.#tabs = tabs;
    this.#active = tabs[0] ?? Object.keys(start)[0] ?? '';
    this.#setKey(key);
  }

  /**
   * From now on all files are kept under a key, whatever they began as.
   *
   * @param isThere they were read from there: nothing is written before something changes
   */
  keepWhole(key: string, isThere = false): void {
    this.#setKey(key);
    this.#isWhole = true;
    if (isThere) return;
    this.#save();
    this.#savePackages();
  }

  #setKey(key: string | null): void {
    this.#storageKey = key === null ? null : PREFIX + key;
    this.#packagesKey = key === null ? null : PACKAGES_PREFIX + key;
  }

  /** Brings back what was edited earlier. In the browser, after hydration. */
  restore(): void {
    const all = { ...this.#start, ...keptAt(this.#storageKey), ...keptAt(this.#packagesKey) };
    const texts = Object.entries(all).filter(([, text]) => typeof text === 'string');
    this.#files = Object.fromEntries(texts) as Files;
    const made = this.#ownPaths.filter((path) => !(path in this.#start) && path !== 'faults.json');
    this.#setTabs([...this.#tabs.filter((path) => path in this.#files), ...made]);
  }

  get files(): Files {
    return this.#files;
  }

  /** The learner's, also while others are lent. */
  get ownFiles(): Files {
    return this.#own ?? this.#files;
  }

  /** Other files are here for a while. */
  get isLent(): boolean {
    return this.#own !== null;
  }

  get paths(): string[] {
    return Object.keys(this.#files);
  }

  /** All but the files of installed packages. */
  get #ownPaths(): string[] {
    return this.paths.filter((path) => !isPackageFile(path));
  }

  /** The files with a tab, in order. */
  get tabs(): readonly string[] {
    return this.#tabs;
  }

  /** Files without a tab: behind "+". */
  get closed(): string[] {
    const others = ['cluster.json', 'faults.json'].filter((path) => !(path in this.#files));
    return [...this.#ownPaths, ...others.filter((path) => path === 'faults.json')].filter(
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
    return this.#unsaved.length > 0;
  }

  /** The file or package removed last, until another one is made or it is brought back. */
  get removed(): string | null {
    return this.#removed?.name ?? null;
  }

  isDirty(path: string): boolean {
    return (this.#files[path] ?? '') !== this.#startOf(path);
  }

  get isAnyDirty(): boolean {
    return Object.keys(this.#edits()).length > 0;
  }

  /** Why no file can have this name; null when one can. */
  nameProblem(path: string): 'taken' | 'unusable' | null {
    if (path in this.#files) return 'taken';
    return FILE_NAME.test(path) ? null : 'unusable';
  }

  /** Makes a file and shows it. */
  create(path: string, text = ''): void {
    if (this.nameProblem(path) !== null) return;
    this.#removed = null;
    this.#files = { ...this.#files, [path]: text };
    this.open(path);
    this.#save();
  }

  /** The file keeps its text and its place among the tabs. */
  rename(from: string, to: string): void {
    if (!(from in this.#files) || this.nameProblem(to) !== null) return;
    const entries = Object.entries(this.#files);
    this.#files = Object.fromEntries(
      entries.map(([path, text]) => [path === from ? to : path, text]),
    );
    if (this.#active === from) this.#active = to;
    this.#setTabs(this.#tabs.map((path) => (path === from ? to : path)));
    this.#save();
  }

  remove(path: string): void {
    const text = this.#files[path];
    if (text === undefined) return;
    this.#removed = { name: path, files: { [path]: text } };
    this.#files = Object.fromEntries(Object.entries(this.#files).filter(([one]) => one !== path));
    this.#setTabs(this.#tabs.filter((one) => one !== path));
    this.#save();
  }

  /** Brings back what was removed last. */
  bringBack(): void {
    if (!this.#removed) return;
    const { files } = this.#removed;
    const [path = ''] = Object.keys(files);
    if (isPackageFile(path)) this.setPackages({ ...this.#files, ...files });
    else this.create(path, files[path]);
  }

  /** @param files all files, of which only those of packages differ from before */
  setPackages(files: Files): void {
    this.#removed = null;
    this.#files = files;
    this.#setTabs(this.#tabs.filter((path) => path in files));
    this.#save();
    this.#savePackages();
  }

  /** Other files are there instead; those that come anew have tabs. */
  replace(files: Files): void {
    const come = Object.keys(files).filter(
      (path) => !(path in this.#files) && !isPackageFile(path),
    );
    this.setPackages(files);
    this.#setTabs([...this.#tabs, ...come]);
  }

  /** Other files are here until `takeBack`. Neither they nor what is written into them is kept. */
  lend(files: Files): void {
    this.#own ??= this.#files;
    this.#files = files;
    this.#setTabs(this.#tabs.filter((path) => path in files));
  }

  /** What stood here before others were lent is here again. */
  takeBack(): void {
    if (!this.#own) return;
    this.#files = this.#own;
    this.#own = null;
    this.#setTabs(this.#tabs.filter((path) => path in this.#files));
  }

  /** Removes the files of a package. */
  removePackage(name: string, paths: readonly string[]): void {
    const gone = Object.fromEntries(paths.map((path) => [path, this.#files[path]!]));
    const kept = Object.entries(this.#files).filter(([path]) => !(path in gone));
    this.setPackages(Object.fromEntries(kept));
    this.#removed = { name, files: gone };
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
    if (isPackageFile(path)) this.#savePackages();
    else this.#save();
  }

  /** One file as the lesson gave it. */
  reset(path: string): void {
    this.write(path, this.#startOf(path));
  }

  /** All files as the lesson gave them. */
  resetAll(): void {
    this.#own = null;
    this.#files = this.#start;
    this.#removed = null;
    const first = this.#startTabs;
    const others = this.#tabs.filter((path) => path in this.#start && !first.includes(path));
    this.#setTabs([...first, ...others]);
    this.problems = [];
    this.#save();
    this.#savePackages();
  }

  #setTabs(tabs: readonly string[]): void {
    this.#tabs = tabs.length > 0 ? tabs : this.#ownPaths.slice(0, 1);
    if (!this.#tabs.includes(this.#active)) this.#active = this.#tabs[0] ?? '';
  }

  /** What differs from the start, by path; null for a file that is gone. */
  #edits(): Record<string, string | null> {
    const changed = this.paths.filter(
      (path) => this.isDirty(path) || (!(path in this.#start) && path !== 'faults.json'),
    );
    const gone = Object.keys(this.#start).filter((path) => !(path in this.#files));
    return {
      ...Object.fromEntries(changed.map((path) => [path, this.#files[path]!])),
      ...Object.fromEntries(gone.map((path) => [path, null])),
    };
  }

  #startOf(path: string): string {
    return this.#start[path] ?? (path === 'faults.json' ? '[]\n' : '');
  }

  #save(): void {
    this.#keep(this.#storageKey, (path) => !isPackageFile(path));
  }

  #savePackages(): void {
    this.#keep(this.#packagesKey, isPackageFile);
  }

  #keep(key: string | null, isMeant: (path: string) => boolean): void {
    if (key === null || this.isLent) return;
    const others = this.#unsaved.filter((one) => one !== key);
    const kept = this.#isWhole ? this.#files : this.#edits();
    const edits = Object.entries(kept).filter(([path]) => isMeant(path));
    try {
      if (edits.length === 0) localStorage.removeItem(key);
      else localStorage.setItem(key, JSON.stringify(Object.fromEntries(edits)));
      this.#unsaved = others;
    } catch {
      this.#unsaved = [...others, key];
    }
  }
}

/** What was kept under a key; nothing where it cannot be read. */
function keptAt(key: string | null): Record<string, unknown> {
  if (key === null) return {};
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
    return typeof kept === 'object' && kept !== null ? { ...kept } : {};
  } catch {
    return {};
  }
}
