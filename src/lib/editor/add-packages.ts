// Files and folders that somebody dropped or chose, as packages in `site-packages/`. Loaded then.

import { InputError } from '#lib/protocol/errors.ts';
import {
  installedPackages,
  withPackages,
  type InstalledPackage,
} from '#lib/experiment/installed.ts';
import {
  PACKAGE_FILE_COUNT_MAX,
  PACKAGES_SIZE_MAX,
  projectPlaces,
  readPackages,
  type PackageFault,
} from '#lib/experiment/packages.ts';
import { PACKAGES_FOLDER } from '#lib/protocol/package-files.ts';
import type { Files } from '#lib/experiment/experiment.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Workspace } from './Workspace.svelte.ts';

type FilesByPath = ReadonlyMap<string, File>;

/** In a folder of somebody's: nothing of a package, and much of it. */
const LEFT_OUT = /^\.|^(__pycache__|node_modules|venv)$/;
const PACKAGE = /\.(whl|zip|py)$/;

/**
 * Adds packages to the files.
 *
 * @param given files, and folders of a drop
 * @returns what to say: what was added, or why nothing was
 */
export async function addPackages(
  workspace: Workspace,
  given: readonly (File | FileSystemEntry)[],
): Promise<{ text: string; isRefused: boolean }> {
  let name = '';
  try {
    const read: Files[] = [];
    for (const item of given) {
      ({ name } = item);
      read.push(readPackages(await bytesOf(name, await filesOf(item))));
    }
    // From here on nothing can be typed in between.
    const files = read.reduce(withPackages, workspace.files);
    workspace.setPackages(files);
    const paths = new Set(read.flatMap((it) => Object.keys(it)));
    const packages = installedPackages(files).filter((it) => it.paths.some((at) => paths.has(at)));
    const words = packages.map(wordsOf).join(', ');
    return { text: m.packages_added({ packages: words }), isRefused: false };
  } catch (error) {
    return { text: m.package_refused({ name, reason: reasonOf(error) }), isRefused: true };
  }
}

/** `rpyc 5.3.1 (142 files)`. */
export function wordsOf({ name, version, paths }: InstalledPackage): string {
  const count = paths.length;
  const full = version === undefined ? name : `${name} ${version}`;
  return count === 1 ? m.package_file({ name: full }) : m.package_files({ name: full, count });
}

/** In the page's language; the command line says the same in English. */
const REASONS: Record<PackageFault, (file: string) => string> = {
  'package-machine-code': (file) => m.package_machine_code({ file }),
  'package-file-too-large': (file) => m.package_file_too_large({ file }),
  'packages-too-large': () => m.package_too_large(),
  'package-path': () => m.package_path(),
  'package-empty': () => m.package_unknown(),
  'package-broken': () => m.package_broken(),
};

function reasonOf(error: unknown): string {
  if (error instanceof InputError) {
    const { code, file } = error.diagnostics[0]!;
    return REASONS[code as PackageFault](file.slice(PACKAGES_FOLDER.length));
  }
  return error instanceof Error ? error.message : String(error);
}

/** As `readPackages` wants it. A folder is read as a zip of it would be. */
async function bytesOf(name: string, files: FilesByPath): Promise<Record<string, Uint8Array>> {
  const isFile = files.has(name);
  const places = isFile ? new Map([[name, name]]) : projectPlaces([...files.keys()]);
  const isPackage = isFile
    ? PACKAGE.test(name)
    : [...places.values()].some((it) => PACKAGE.test(it));
  if (!isPackage) throw new Error(m.package_unknown());
  const given: Record<string, Uint8Array> = {};
  let leftBytes = PACKAGES_SIZE_MAX;
  for (const [path, place] of places) {
    const file = files.get(path)!;
    // What is too much anyway is not read.
    leftBytes -= file.size;
    if (leftBytes < 0) throw new Error(m.package_too_large());
    given[place] = new Uint8Array(await file.arrayBuffer());
  }
  return given;
}

/** A file by its name; those of a folder by path, the folder's name included. */
async function filesOf(item: File | FileSystemEntry): Promise<FilesByPath> {
  if (item instanceof File) return new Map([[item.name, item]]);
  const files = new Map<string, File>();
  await collect(item, item.name, files);
  return files;
}

async function collect(
  entry: FileSystemEntry,
  path: string,
  files: Map<string, File>,
): Promise<void> {
  if (isFileEntry(entry)) {
    files.set(path, await new Promise<File>((...settle) => entry.file(...settle)));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const next = (): Promise<FileSystemEntry[]> =>
    new Promise((...settle) => reader.readEntries(...settle));
  // A folder is read some hundred entries at a time.
  for (let some = await next(); some.length > 0; some = await next()) {
    for (const one of some) {
      if (files.size > PACKAGE_FILE_COUNT_MAX) throw new Error(m.package_too_large());
      if (!LEFT_OUT.test(one.name)) await collect(one, `${path}/${one.name}`, files);
    }
  }
}

function isFileEntry(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
