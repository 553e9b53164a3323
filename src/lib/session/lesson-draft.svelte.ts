// Lessons that are being written, kept in this browser: each under a key of its own, with every key that is
// typed. What does not fit says so; two windows on the same lesson show the same.

import type { Files } from '#lib/experiment/experiment.ts';
import type { LessonFiles } from '#lib/lessons/archive.ts';

const PREFIX = 'lightcone:draft:';
/** What a lesson is made of, below folders of its languages. */
const FILE_NAME =
  /^(?:lesson\.json|(?:lesson|teacher)\.(?:en|zh)\.md|(?:(?:solution|variants\/[a-z][a-z0-9-]*)\/)?(?:ts|py)\/(?:[\w-]+\/)*[\w-]+\.(?:ts|py|json|txt|csv))$/;

interface KeptDraft extends LessonFiles {
  /** Milliseconds since 1970. */
  changedAt: number;
}

/** One of the lessons in this browser. */
export interface ListedDraft extends KeptDraft {
  id: string;
}

/** All of them, the one changed last first. */
export function keptDrafts(): ListedDraft[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => key.slice(PREFIX.length))
      .flatMap((id) => {
        const kept = readDraft(id);
        return kept ? [{ id, ...kept }] : [];
      })
      .sort((a, b) => b.changedAt - a.changedAt);
  } catch {
    return [];
  }
}

/**
 * Keeps a new lesson beside the others.
 *
 * @returns its id; null where this browser keeps nothing more
 */
export function keepNewDraft({ slug, files }: LessonFiles): string | null {
  const taken = keptDrafts().map((draft) => draft.id);
  let id = slug;
  for (let count = 2; taken.includes(id); count++) id = `${slug}-${count}`;
  return keepDraft(id, { slug, files }) ? id : null;
}

export function removeDraft(id: string): void {
  try {
    localStorage.removeItem(PREFIX + id);
  } catch {
    // Nothing can be kept here, so nothing is.
  }
}

function keepDraft(id: string, { slug, files }: LessonFiles): boolean {
  try {
    const kept: KeptDraft = { slug, files, changedAt: Date.now() };
    localStorage.setItem(PREFIX + id, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

function readDraft(id: string): KeptDraft | null {
  try {
    return draftOf(localStorage.getItem(PREFIX + id));
  } catch {
    return null;
  }
}

function draftOf(text: string | null): KeptDraft | null {
  const kept = JSON.parse(text ?? 'null') as Partial<KeptDraft> | null;
  if (!kept || typeof kept.slug !== 'string' || typeof kept.files !== 'object') return null;
  const texts = Object.entries(kept.files).filter(([, one]) => typeof one === 'string');
  return { slug: kept.slug, files: Object.fromEntries(texts), changedAt: Number(kept.changedAt) };
}

/** A lesson in the editor. */
export class LessonDraft {
  readonly id: string;
  #slug = $state('');
  #files = $state.raw<Files>({});
  #active = $state('lesson.en.md');
  #removed = $state.raw<{ path: string; text: string } | null>(null);
  #isUnsaved = $state(false);

  private constructor(id: string, { slug, files }: LessonFiles) {
    this.id = id;
    this.#slug = slug;
    this.#files = files;
    if (!(this.#active in files)) this.#active = Object.keys(files)[0] ?? '';
  }

  /** @returns null when this browser keeps no such lesson */
  static open(id: string): LessonDraft | null {
    const kept = readDraft(id);
    return kept && new LessonDraft(id, kept);
  }

  get slug(): string {
    return this.#slug;
  }

  get files(): Files {
    return this.#files;
  }

  get active(): string {
    return this.#active;
  }

  /** The browser's storage is full or denied: what is written now lasts as long as the page. */
  get isUnsaved(): boolean {
    return this.#isUnsaved;
  }

  /** The file removed last, until it is brought back or another one is made. */
  get removed(): string | null {
    return this.#removed?.path ?? null;
  }

  open(path: string): void {
    if (path in this.#files) this.#active = path;
  }

  write(path: string, text: string): void {
    if (this.#files[path] === text) return;
    this.#change({ ...this.#files, [path]: text });
  }

  /** Why no file can have this name; null when one can. */
  nameProblem(path: string): 'taken' | 'unusable' | null {
    if (Object.hasOwn(this.#files, path)) return 'taken';
    return FILE_NAME.test(path) ? null : 'unusable';
  }

  create(path: string, text = ''): void {
    if (this.nameProblem(path) !== null) return;
    this.#removed = null;
    this.#change({ ...this.#files, [path]: text });
    this.#active = path;
  }

  remove(path: string): void {
    const text = this.#files[path];
    if (text === undefined) return;
    this.#removed = { path, text };
    this.#change(
      Object.fromEntries(Object.entries(this.#files).filter(([other]) => other !== path)),
    );
    if (this.#active === path) this.#active = Object.keys(this.#files)[0] ?? '';
  }

  bringBack(): void {
    if (this.#removed) this.create(this.#removed.path, this.#removed.text);
  }

  rename(slug: string): void {
    if (slug === this.#slug) return;
    this.#slug = slug;
    this.#isUnsaved = !keepDraft(this.id, this);
  }

  /**
   * Takes over what another window has written.
   *
   * @param key of a `storage` event
   */
  follow(key: string | null, text: string | null): void {
    if (key !== PREFIX + this.id || text === null) return;
    const kept = draftOf(text);
    if (!kept) return;
    this.#slug = kept.slug;
    this.#files = kept.files;
    if (!(this.#active in kept.files)) this.#active = Object.keys(kept.files)[0] ?? '';
  }

  #change(files: Files): void {
    const order = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
    this.#files = Object.fromEntries(order);
    this.#isUnsaved = !keepDraft(this.id, this);
  }
}
