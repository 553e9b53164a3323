// `site-packages/` of an experiment: pure-Python packages as folders, modules, wheels (PEP 427), zips of
// a repository or an sdist. Archives are unpacked here, once, so that everywhere else an installed
// package is nothing but files. Whoever made an archive did not write it for us: names and sizes are
// checked before anything is unpacked.

import { unzipSync, type UnzipFileInfo } from 'fflate';
import { InputError } from '#lib/protocol/errors.ts';
import { PACKAGES_FOLDER, textOf } from '#lib/protocol/package-files.ts';
import type { Files } from './experiment.ts';

/** One file of a package, in bytes. */
export const PACKAGE_FILE_SIZE_MAX = 1_000_000;
/** All files of all packages together, in bytes: Django would fit twice over with its catalogues left out. */
export const PACKAGES_SIZE_MAX = 8_000_000;
export const PACKAGE_FILE_COUNT_MAX = 4_000;

/** Codes of what is refused; the file of the diagnostic is the one at fault. */
export type PackageFault =
  | 'package-machine-code'
  | 'package-file-too-large'
  | 'packages-too-large'
  | 'package-path'
  | 'package-empty'
  | 'package-broken';

/** Bytes by path, `/` between its parts. */
export type PackageBytes = Readonly<Record<string, Uint8Array>>;

const ARCHIVE = /\.(whl|zip)$/;
/** Made by an interpreter from what stands beside it, for another interpreter than ours. */
const COMPILED = /(^|\/)__pycache__\/|\.py[co]$/;
const MACHINE_CODE = /\.(so(\.\d+)*|pyd|dll|dylib)$/;
/** Where a wheel keeps what goes beside its modules, and what goes elsewhere on the machine. */
const WHEEL_DATA = /^[^/]+\.data\/([^/]+)\/(.*)$/;
const PROJECT = /^(pyproject\.toml|setup\.py|setup\.cfg)$/;

/**
 * Reads what somebody placed in `site-packages`.
 *
 * @param given bytes by path below `site-packages`; archives lie at its top
 * @returns text by path in the experiment, as `textOf` gives it
 * @throws InputError that names package, file and remedy: machine code, a broken archive, a path that
 *   leads out of it, too much
 */
export function readPackages(given: PackageBytes): Files {
  const files = new Map<string, Uint8Array>();
  const budget = { bytes: PACKAGES_SIZE_MAX, files: PACKAGE_FILE_COUNT_MAX };
  for (const [path, bytes] of Object.entries(given)) {
    const isArchive = ARCHIVE.test(path) && !path.includes('/');
    const found = isArchive ? unpack(path, bytes, budget) : [[path, bytes] as const];
    for (const [name, content] of found) {
      if (!isKept(name)) continue;
      if (!isArchive) spend(name, content.length, budget);
      files.set(PACKAGES_FOLDER + name, content);
    }
  }
  return Object.fromEntries([...files].map(([path, bytes]) => [path, textOf(bytes)]));
}

function isKept(path: string): boolean {
  return path !== '' && !path.endsWith('/') && !COMPILED.test(path);
}

/** @throws InputError when the file may not be part of an experiment */
function spend(path: string, size: number, budget: { bytes: number; files: number }): void {
  if (MACHINE_CODE.test(path)) {
    throw problem(
      'package-machine-code',
      path,
      `${path.split('/')[0]!.split('.')[0]} has a part in machine code, which a node here cannot run: ` +
        'use a version of it in Python alone (its wheel is named …-none-any.whl)',
    );
  }
  if (size > PACKAGE_FILE_SIZE_MAX) {
    throw problem(
      'package-file-too-large',
      path,
      `${size} bytes: a file of a package may have ${PACKAGE_FILE_SIZE_MAX}`,
    );
  }
  budget.bytes -= size;
  budget.files--;
  if (budget.bytes < 0 || budget.files < 0) {
    throw problem(
      'packages-too-large',
      path,
      `too much: all packages together may have ${PACKAGES_SIZE_MAX} bytes in ` +
        `${PACKAGE_FILE_COUNT_MAX} files: leave out what the program does not import`,
    );
  }
}

/** What an archive installs, by path below `site-packages`. */
function unpack(
  archive: string,
  bytes: Uint8Array,
  budget: { bytes: number; files: number },
): [string, Uint8Array][] {
  const names: string[] = [];
  const check = ({ name }: UnzipFileInfo): boolean => {
    if (!isInside(name)) {
      throw problem('package-path', archive, `refused: a path leads out of it: ${name}`);
    }
    if (!isKept(name)) return false;
    names.push(name);
    return false;
  };
  // First the names alone: which of them are installed decides what has to be unpacked.
  open(archive, bytes, check);
  const places = archive.endsWith('.whl') ? wheelPlaces(names) : projectPlaces(names);
  if (![...places.values()].some((place) => place.endsWith('.py'))) {
    throw problem('package-empty', archive, 'no Python package is in it');
  }
  const unpacked = open(archive, bytes, ({ name, size, originalSize }) => {
    const place = places.get(name);
    if (place === undefined) return false;
    // The header may lie. It pays: what is packed gets no more room than that, what is not has `size`.
    spend(place, Math.max(size, originalSize), budget);
    return true;
  });
  return Object.entries(unpacked).map(([name, content]) => [places.get(name)!, content]);
}

function open(
  archive: string,
  bytes: Uint8Array,
  filter: (file: UnzipFileInfo) => boolean,
): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter });
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw problem('package-broken', archive, 'broken: it cannot be unpacked');
  }
}

/** A name of an archive that stays below the folder it is unpacked in. */
export function isInside(name: string): boolean {
  const parts = name.split('/');
  return (
    !/^[A-Za-z]:|[\\\0]/.test(name) &&
    !name.startsWith('/') &&
    !parts.some((part) => part === '..' || part === '__proto__')
  );
}

/** Where each file of a wheel goes. Scripts, headers and data for elsewhere have no place here. */
function wheelPlaces(names: readonly string[]): Map<string, string> {
  const places = new Map<string, string>();
  for (const name of names) {
    const data = WHEEL_DATA.exec(name);
    if (!data) places.set(name, name);
    else if (data[1] === 'purelib' || data[1] === 'platlib') places.set(name, data[2]!);
  }
  return places;
}

/**
 * The packages and modules of a zip that is no wheel: what lies at its top, below its only folder, or
 * below `src` of a project. A project's own scripts, tests and examples are left out.
 *
 * @returns where a file goes, by its path
 */
export function projectPlaces(names: readonly string[]): Map<string, string> {
  let root = '';
  const below = (): string[] =>
    names.filter((name) => name.startsWith(root)).map((name) => name.slice(root.length));
  const [top] = new Set(names.map((name) => name.split('/')[0]!));
  const isAlone = names.every((name) => name.startsWith(`${top}/`));
  if (isAlone && !names.includes(`${top}/__init__.py`)) root = `${top}/`;
  const isProject = below().some((name) => PROJECT.test(name));
  if (isProject && below().some((name) => /^src\/[^/]+\.py$|^src\/[^/]+\/__init__\.py$/.test(name)))
    root += 'src/';
  const rest = below();
  const packages = new Set(rest.filter((name) => /^[^/]+\/__init__\.py$/.test(name)).map(topOf));
  const isInstalled = (name: string): boolean =>
    !isProject ||
    (name.includes('/') ? packages.has(topOf(name)) : /\.py$/.test(name) && name !== 'setup.py');
  return new Map(rest.filter(isInstalled).map((name) => [root + name, name]));
}

function topOf(name: string): string {
  return name.split('/')[0]!;
}

function problem(code: PackageFault, path: string, message: string): InputError {
  const file = PACKAGES_FOLDER + path;
  return new InputError([{ file, line: 0, column: 0, code, message }]);
}
