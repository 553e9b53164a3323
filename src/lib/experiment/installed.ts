// What is installed in `site-packages/` of an experiment, told from its files: a person sees packages,
// not the hundred files of one.

import { bytesOf, isPackageFile, PACKAGES_FOLDER } from '#lib/protocol/package-files.ts';
import type { Files } from './experiment.ts';
import { readPackages } from './packages.ts';

export interface InstalledPackage {
  /** As its metadata says, else that of its folder or module. */
  name: string;
  /** Of its metadata; absent without. */
  version?: string;
  /** Its files, in the experiment. */
  paths: readonly string[];
}

/** The folder of a distribution's metadata, by PEP 427 and, in repositories, by setuptools. */
const METADATA = /^([^/]+)\.(dist-info|egg-info)$/;

/** The packages of an experiment, by name. */
export function installedPackages(files: Files): InstalledPackage[] {
  const tops = new Map<string, string[]>();
  for (const path of Object.keys(files)) {
    if (!isPackageFile(path)) continue;
    const top = topOf(path);
    const paths = tops.get(top);
    if (paths) paths.push(path);
    else tops.set(top, [path]);
  }
  const take = (top: string): string[] => {
    const paths = tops.get(top) ?? [];
    tops.delete(top);
    return paths;
  };
  const found = [...tops.keys()]
    .filter((top) => METADATA.test(top))
    .map((top) => {
      const { name, version, owned } = readMetadata(top, files, tops);
      return { name, ...(version && { version }), paths: [...take(top), ...owned.flatMap(take)] };
    });
  const others = [...tops].map(([top, paths]) => ({ name: moduleOf(top), paths }));
  return [...found, ...others].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * An experiment with more packages. One that is there already is replaced as a whole: files of two
 * versions beside each other are neither.
 *
 * @param added as `readPackages` gives them
 * @throws InputError when all packages together are too much
 */
export function withPackages(files: Files, added: Files): Files {
  const tops = new Set(Object.keys(added).map(topOf));
  const names = new Set(installedPackages(added).map(({ name }) => plain(name)));
  const replaced = installedPackages(files).filter(
    ({ name, paths }) => names.has(plain(name)) || paths.some((path) => tops.has(topOf(path))),
  );
  const gone = new Set(replaced.flatMap(({ paths }) => paths));
  const kept = Object.entries(files).filter(([path]) => !gone.has(path));
  const all = { ...Object.fromEntries(kept), ...added };
  const packages = Object.entries(all).filter(([path]) => isPackageFile(path));
  // For its limits only.
  readPackages(
    Object.fromEntries(
      packages.map(([path, text]) => [path.slice(PACKAGES_FOLDER.length), bytesOf(text)]),
    ),
  );
  return all;
}

function topOf(path: string): string {
  return path.slice(PACKAGES_FOLDER.length).split('/')[0]!;
}

function moduleOf(top: string): string {
  return top.replace(/\.py$/, '');
}

/** Names of distributions are compared without case, and all signs between words are one. */
function plain(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '_');
}

/** Whose metadata lies in a folder, and which other entries of `site-packages` belong to it. */
function readMetadata(
  folder: string,
  files: Files,
  tops: ReadonlyMap<string, unknown>,
): { name: string; version: string | undefined; owned: string[] } {
  const textOf = (file: string): string => files[`${PACKAGES_FOLDER}${folder}/${file}`] ?? '';
  const head = textOf('METADATA') || textOf('PKG-INFO');
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}: *(\\S+)`, 'm').exec(head)?.[1];
  const [, stem = ''] = METADATA.exec(folder)!;
  const name = field('Name') ?? stem.split('-')[0]!;
  const listed = textOf('RECORD')
    .split('\n')
    .map((line) => line.split('/')[0]!.split(',')[0]!);
  const isOwned = (top: string): boolean =>
    !METADATA.test(top) && (listed.includes(top) || plain(moduleOf(top)) === plain(name));
  return { name, version: field('Version'), owned: [...tops.keys()].filter(isOwned) };
}
