// `npm run zip`: the built site as one file for a USB stick, with a README of how to serve it. The
// same site gives the same bytes: names are in order, and every file has the same time.

import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync, type Zippable } from 'fflate';

const root = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = 'lightcone';
const TARGET = 'lightcone.zip';

/** The earliest that a zip can tell. It tells local time: made of local parts it is the same everywhere. */
const MADE = new Date(1980, 0, 1);
/** Compressed already. */
const PACKED = /\.(bin|woff2|png|zip)$/;
/** Read, write and list for the owner, read for all: what unpacks it on Unix is told so. */
const UNIX = { os: 3, attrs: 0o100644 << 16 } as const;
/** The same, and it can be started. */
const PROGRAM = { os: 3, attrs: 0o100755 << 16 } as const;

/**
 * A folder with the site and what helps to serve it.
 *
 * @param site the folder of the built site
 */
export function zipSite(site: string): Uint8Array {
  const help = path.join(root, 'scripts/usb');
  const server: [string, string][] = [
    ['serve.mjs', path.join(root, 'scripts/serve.mjs')],
    ['start.mjs', path.join(root, 'scripts/start-usb.mjs')],
  ];
  const files = [...filesBelow(site), ...filesBelow(help), ...server].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const entries = files.map(([name, file]): [string, Zippable[string]] => [
    `${FOLDER}/${name}`,
    [
      readFileSync(file),
      {
        level: PACKED.test(name) ? 0 : 9,
        mtime: MADE,
        ...(name.endsWith('.sh') ? PROGRAM : UNIX),
      },
    ],
  ]);
  return zipSync(Object.fromEntries(entries));
}

/** By name, with forward slashes. */
function filesBelow(folder: string): [name: string, file: string][] {
  return globSync('**', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => [path.relative(folder, file).split(path.sep).join('/'), file]);
}

if (import.meta.main) {
  const site = path.join(root, 'build');
  if (!existsSync(path.join(site, 'index.html'))) {
    console.error('nothing to pack: run npm run build first');
    process.exit(2);
  }
  const packed = zipSite(site);
  writeFileSync(path.join(root, TARGET), packed);
  console.log(`${TARGET}: ${(packed.length / 1e6).toFixed(1)} MB`);
}
