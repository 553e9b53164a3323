// The experiments of the playground that this browser keeps: an entry each, with its name and when it
// was changed; its files are kept by the workspace (Workspace.keepWhole) at every change, so that a
// crash costs nothing. Entries of two pages never touch each other.

const PREFIX = 'lightcone:experiment:';
/** Where a workspace keeps the files of a key, programs and packages. */
const FILES = ['lightcone:files:', 'lightcone:packages:'];
/** The one that this tab had open: it is there again when the page is loaded again. */
const OPEN_KEY = 'lightcone:open-experiment';
const NAME_LENGTH_MAX = 60;

export interface KeptExperiment {
  id: string;
  name: string;
  /** In milliseconds since 1970, of this device's clock. */
  changedAtMs: number;
  seed: number;
}

/** What was deleted, as it was kept. */
export type Deleted = { name: string; texts: Readonly<Record<string, string>> };

/** The key of its workspace. */
export const workspaceKey = (id: string): string => `experiment:${id}`;

/** Told apart from all that this device keeps. */
export function newId(nowMs: number): string {
  let id = nowMs.toString(36);
  while (read(PREFIX + id) !== null) id += 'x';
  return id;
}

/** The latest first. What cannot be read is not listed, and not touched. */
export function listExperiments(): KeptExperiment[] {
  const ids = keys().flatMap((key) => (key.startsWith(PREFIX) ? [key.slice(PREFIX.length)] : []));
  return ids
    .flatMap((id) => findExperiment(id) ?? [])
    .sort((a, b) => b.changedAtMs - a.changedAtMs || (a.id < b.id ? 1 : -1));
}

export function findExperiment(id: string): KeptExperiment | null {
  try {
    const kept = JSON.parse(read(PREFIX + id) ?? 'null') as Partial<KeptExperiment> | null;
    if (typeof kept?.name !== 'string') return null;
    const number = (value: unknown, other: number) =>
      typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : other;
    return {
      id,
      name: kept.name,
      changedAtMs: number(kept.changedAtMs, 0),
      seed: number(kept.seed, 1),
    };
  } catch {
    return null;
  }
}

/** @returns false where this browser has no room, or keeps nothing */
export function keepExperiment({ id, name, changedAtMs, seed }: KeptExperiment): boolean {
  const entry = { name: name.trim().slice(0, NAME_LENGTH_MAX), changedAtMs, seed };
  return write(PREFIX + id, JSON.stringify(entry));
}

/** The files of a kept experiment; empty where nothing is kept or it cannot be read. */
export function filesOf(id: string): Readonly<Record<string, string>> {
  const kept = FILES.flatMap((prefix) => {
    try {
      const texts: unknown = JSON.parse(read(prefix + workspaceKey(id)) ?? 'null');
      return typeof texts === 'object' && texts !== null ? Object.entries(texts) : [];
    } catch {
      return [];
    }
  });
  return Object.fromEntries(kept.filter((it): it is [string, string] => typeof it[1] === 'string'));
}

/** @returns what `undelete` needs */
export function deleteExperiment({ id, name }: KeptExperiment): Deleted {
  const own = [PREFIX + id, ...FILES.map((prefix) => prefix + workspaceKey(id))];
  const texts = Object.fromEntries(
    own.flatMap((key) => {
      const text = read(key);
      return text === null ? [] : [[key, text]];
    }),
  );
  for (const key of own) drop(key);
  return { name, texts };
}

/** @returns false where there is no room for it any more: nothing of it is kept then */
export function undelete({ texts }: Deleted): boolean {
  const isKept = Object.entries(texts).every(([key, text]) => write(key, text));
  if (!isKept) for (const key of Object.keys(texts)) drop(key);
  return isKept;
}

/** The one that this tab had open last, or null. */
export function openExperiment(): KeptExperiment | null {
  try {
    const id = sessionStorage.getItem(OPEN_KEY);
    return id === null ? null : findExperiment(id);
  } catch {
    return null;
  }
}

export function rememberOpen(id: string | null): void {
  try {
    if (id === null) sessionStorage.removeItem(OPEN_KEY);
    else sessionStorage.setItem(OPEN_KEY, id);
  } catch {
    // It is in the list all the same.
  }
}

function keys(): string[] {
  try {
    return Object.keys(localStorage);
  } catch {
    return [];
  }
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, text: string): boolean {
  try {
    localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

function drop(key: string): void {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
