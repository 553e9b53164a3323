// The playground: which experiment is open, and those that this device keeps. What is looked at is not
// kept; with the first change it becomes an experiment of its own, and from then on every change is kept
// as it is made.

import { Workspace } from '#lib/editor/Workspace.svelte.ts';
import { isPackageFile } from '#lib/protocol/package-files.ts';
import {
  deleteExperiment,
  filesOf,
  keepExperiment,
  listExperiments,
  newId,
  openExperiment,
  rememberOpen,
  undelete,
  workspaceKey,
  type Deleted,
  type KeptExperiment,
} from './kept-experiments.ts';
import { Session, type Timeline } from './session.svelte.ts';

type Files = Readonly<Record<string, string>>;

/** Writing an entry with each key that is typed would be wasted. */
const TOUCH_AFTER_MS = 2_000;

export class FreePlay {
  readonly #timeline: () => Timeline;
  /** Wall time, in milliseconds. */
  readonly #now: () => number;
  #session: Session = $state.raw(undefined as never);
  /** The name that what is looked at gets once it is kept. */
  #title = $state('');
  #kept = $state.raw<KeptExperiment | null>(null);
  #recent = $state.raw<readonly KeptExperiment[]>([]);
  #deleted = $state.raw<Deleted | null>(null);
  #isFull = $state(false);
  /** As they were when they were opened or kept last. */
  #seen: { files: Files; seed: number };

  constructor(
    title: string,
    files: Files,
    { timeline, now = Date.now }: { timeline: () => Timeline; now?: () => number },
  ) {
    this.#timeline = timeline;
    this.#now = now;
    this.#title = title;
    this.#session = this.#begin(files, seedOf(files));
    this.#seen = { files, seed: this.#session.seed };
  }

  /** Another one for each experiment that is opened. */
  get session(): Session {
    return this.#session;
  }

  /** Of the open experiment. */
  get name(): string {
    return this.#kept?.name ?? this.#title;
  }

  /** The open experiment as it is kept; null for one that nobody has changed. */
  get kept(): KeptExperiment | null {
    return this.#kept;
  }

  /** The latest first. */
  get recent(): readonly KeptExperiment[] {
    return this.#recent;
  }

  /** What `undo` brings back. */
  get deleted(): Deleted | null {
    return this.#deleted;
  }

  /** This device has no room for the open experiment. */
  get isFull(): boolean {
    return this.#isFull || (this.#kept !== null && this.#session.workspace.isUnsaved);
  }

  /** In the browser, after hydration: the list, and what this tab had open. */
  restore(): void {
    this.#recent = listExperiments();
    const last = openExperiment();
    if (last) this.openKept(last);
  }

  /** Something to look at; the experiment before is kept if it was changed. */
  open(title: string, files: Files, seed: number = seedOf(files)): void {
    this.#title = title;
    this.#show(files, seed, null);
  }

  openKept(experiment: KeptExperiment): void {
    this.#show(filesOf(experiment.id), experiment.seed, experiment);
    this.#session.workspace.keepWhole(workspaceKey(experiment.id), true);
  }

  /** What somebody brought: kept at once. */
  take(title: string, files: Files, seed: number): void {
    this.open(title, files, seed);
    this.#keep();
  }

  /** To be called when the files or the seed may have changed. */
  notice(): void {
    const { workspace, seed } = this.#session;
    const { files } = workspace;
    const isChanged = files !== this.#seen.files || seed !== this.#seen.seed;
    if (!isChanged || (this.#kept === null && !workspace.isAnyDirty)) return;
    const isStale =
      this.#kept === null ||
      this.#isFull ||
      seed !== this.#kept.seed ||
      this.#now() - this.#kept.changedAtMs > TOUCH_AFTER_MS;
    this.#seen = { files, seed };
    if (isStale) this.#keep();
  }

  rename(name: string): void {
    if (!this.#kept || name.trim() === '') return;
    this.#write({ ...this.#kept, name: name.trim() });
  }

  /** Deleting the open one leaves it on the page, as something that is looked at. */
  delete(experiment: KeptExperiment): void {
    const isOpen = experiment.id === this.#kept?.id;
    const { files, tabs } = this.#session.workspace;
    this.#deleted = deleteExperiment(experiment);
    if (isOpen) {
      this.#title = experiment.name;
      this.#show(files, this.#session.seed, null, tabs);
    }
    this.#recent = listExperiments();
  }

  /** @returns false where there is no room for it any more */
  undo(): boolean {
    if (!this.#deleted || !undelete(this.#deleted)) return false;
    this.#deleted = null;
    this.#recent = listExperiments();
    return true;
  }

  close(): void {
    this.#session.close();
  }

  #begin(files: Files, seed: number, tabs = tabsOf(files)): Session {
    const workspace = new Workspace(files, tabs, null, true);
    return new Session({ workspace, seed, timeline: this.#timeline });
  }

  #show(files: Files, seed: number, kept: KeptExperiment | null, tabs?: readonly string[]): void {
    this.#session.close();
    this.#session = this.#begin(files, seed, tabs && [...tabs]);
    this.#seen = { files: this.#session.workspace.files, seed };
    this.#kept = kept;
    this.#isFull = false;
    rememberOpen(kept?.id ?? null);
  }

  #keep(): void {
    const now = this.#now();
    const { workspace, seed } = this.#session;
    const before = this.#kept ?? { id: newId(now), name: this.#title };
    const isNew = this.#kept === null;
    this.#write({ ...before, changedAtMs: now, seed });
    if (isNew) workspace.keepWhole(workspaceKey(before.id));
  }

  #write(experiment: KeptExperiment): void {
    this.#kept = experiment;
    this.#isFull = !keepExperiment(experiment);
    rememberOpen(experiment.id);
    this.#recent = listExperiments();
  }
}

/** Programs first; what describes the cluster stays behind "+", unless it is all there is. */
function tabsOf(files: Files): string[] {
  const programs = Object.keys(files).filter(
    (path) => !path.endsWith('.json') && !isPackageFile(path),
  );
  return programs.length > 0 ? programs.slice(0, 4) : Object.keys(files).slice(0, 1);
}

/** What cluster.json says; 1 where it says nothing that can be one. */
function seedOf(files: Files): number {
  try {
    const { seed } = JSON.parse(files['cluster.json'] ?? '{}') as { seed?: unknown };
    return typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0 ? seed : 1;
  } catch {
    return 1;
  }
}
