// Bundled scripts, kept on disk between processes: a second of work that every command and every test file
// would do again. One is used only while each source that it was made from is what it was then.

import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../node_modules/.cache/lightcone-scripts/', import.meta.url));
/** What makes scripts: another version may make another text of the same sources. */
const MAKERS = ['./worker-script.ts', '../node_modules/rolldown/package.json'].map((name) =>
  fileURLToPath(new URL(name, import.meta.url)),
);

interface Kept {
  text: string;
  /** Hashes of files, by path. */
  sources: Record<string, string>;
}

const hashOf = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');

const placeOf = (entry: string): string =>
  path.join(FOLDER, `${path.basename(entry, '.ts')}-${hashOf(entry).slice(0, 12)}.json`);

async function hashesOf(files: readonly string[]): Promise<Record<string, string>> {
  const hashes = files.map(async (file) => [file, hashOf(await readFile(file))] as const);
  return Object.fromEntries(await Promise.all(hashes));
}

/** The script made from a file, or null when it has to be made. @param entry an absolute path */
export async function keptScript(entry: string): Promise<string | null> {
  try {
    const { text, sources } = JSON.parse(await readFile(placeOf(entry), 'utf8')) as Kept;
    const now = await hashesOf(Object.keys(sources));
    return Object.entries(sources).every(([file, hash]) => now[file] === hash) ? text : null;
  } catch {
    // None is kept, one was cut off, or a source is gone.
    return null;
  }
}

/**
 * Keeps a script. Where nothing can be written it is made again next time.
 *
 * @param begunMs when its making began, as of `Date.now()`: a source that was written since may have come
 * too late for it
 */
export async function keepScript(
  entry: string,
  { text, sources }: { text: string; sources: readonly string[] },
  begunMs: number,
): Promise<void> {
  const draft = `${placeOf(entry)}.${process.pid}`;
  try {
    const files = [...MAKERS, entry, ...sources];
    const kept: Kept = { text, sources: await hashesOf(files) };
    const written = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
    if (written.some((ms) => ms >= begunMs)) return;
    await mkdir(FOLDER, { recursive: true });
    await writeFile(draft, JSON.stringify(kept));
    await rename(draft, placeOf(entry));
  } catch {
    return;
  }
}
