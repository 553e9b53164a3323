// The real packages that these tests run: the machine's own copies, never ours.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Files } from '#lib/experiment/experiment.ts';
import { readPackages } from '#lib/experiment/packages.ts';

/** What each library is made of, with what it needs: names at the top of site-packages. */
const PARTS = {
  rpyc: ['rpyc', 'plumbum'],
  pyro4: ['Pyro4', 'serpent'],
  pycsp: ['pycsp'],
  // With which recorded clients of Celery look at the broker.
  redis: ['redis', 'async_timeout', 'packaging'],
} as const;

export type Library = Exclude<keyof typeof PARTS, 'redis'>;
export const LIBRARIES: readonly Library[] = ['rpyc', 'pyro4', 'pycsp'];

/** `LIGHTCONE_PACKAGES` first, then where Debian has them (python3-rpyc, python3-pyro4). */
const FOLDERS = [
  ...(process.env['LIGHTCONE_PACKAGES'] ? [process.env['LIGHTCONE_PACKAGES']] : []),
  '/usr/lib/python3/dist-packages',
];

/** The library as files of an experiment, or null when this machine has it not. */
export async function findLibrary(library: keyof typeof PARTS): Promise<Files | null> {
  for (const folder of FOLDERS) {
    const found = await Promise.all(PARTS[library].map((part) => readPart(folder, part)));
    if (found.every((files) => files !== null)) return readPackages(Object.assign({}, ...found));
  }
  return null;
}

/** A module, or a package with its metadata. */
async function readPart(folder: string, part: string): Promise<Record<string, Buffer> | null> {
  const names = await readdir(folder).catch(() => []);
  const mine = names.filter((name) => name === part || name === `${part}.py` || isOf(part, name));
  if (!mine.some((name) => name === part || name === `${part}.py`)) return null;
  const files: Record<string, Buffer> = {};
  for (const name of mine) {
    if (name.endsWith('.py')) files[name] = await readFile(path.join(folder, name));
    else Object.assign(files, await readTree(folder, name));
  }
  return files;
}

function isOf(part: string, name: string): boolean {
  return name.startsWith(`${part}-`) && /\.(dist|egg)-info$/.test(name);
}

async function readTree(folder: string, name: string): Promise<Record<string, Buffer>> {
  const entries = await readdir(path.join(folder, name), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const read = files.map(
    async (file) => [path.relative(folder, file), await readFile(file)] as const,
  );
  return Object.fromEntries(await Promise.all(read));
}
