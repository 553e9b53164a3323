// The version of the built site: a hash of all that it is made from. The service worker keeps one
// version at a time and offers another as an update, so pages whose text alone has changed need
// another version too; and the same sources give the same site, to the last byte.

import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const SOURCES = ['src/**', 'static/**', 'messages/**', 'workers/**', 'scripts/**', 'docs/**'];
const FILES = ['package.json', 'package-lock.json', 'kit.config.ts', 'vite.config.ts'];
/** Made from messages. */
const GENERATED = /^src\/lib\/i18n\/paraglide\//;

/** @param base the path that the site is served from: the page for unknown addresses carries it */
export function siteVersion(base: string): string {
  const hash = createHash('sha256').update(base);
  const paths = globSync([...SOURCES, ...FILES], { cwd: root })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => !GENERATED.test(file) && !file.endsWith('.test.ts'))
    .sort();
  for (const file of paths) {
    const full = path.join(root, file);
    if (statSync(full).isFile()) hash.update(`\0${file}\0`).update(readFileSync(full));
  }
  return hash.digest('hex').slice(0, 12);
}
