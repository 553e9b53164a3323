// A lesson's folder as a zip, and back. Whoever made an archive did not write it for us: names and sizes are
// checked before anything is unpacked, and everything in it has to be text.

import { strToU8, unzipSync, zipSync, type Zippable } from 'fflate';
import type { Files } from '#lib/experiment/experiment.ts';

/** All files of a lesson together, in bytes: programs and words, no pictures. */
export const LESSON_SIZE_MAX = 1_000_000;
const FILE_COUNT_MAX = 200;
const SLUG_LENGTH_MAX = 80;
/** What systems put beside the files of their people. */
const CLUTTER = /(^|\/)(__MACOSX\/|\.[^./][^/]*(\/|$)|Thumbs\.db$|desktop\.ini$)/;
const TEXT = /\.(json|md|ts|py|txt|csv)$/;
/** The same lesson is the same archive, whenever it is saved. */
const ZIP_TIME = new Date(2026, 0, 1);

/**
 * Why a folder was not opened: `broken` (no zip, or cut off), `too-large`, `no-lesson` (no lesson.json),
 * `not-text` (a file is no program and no text), `path` (a name leads out of the folder).
 */
export type ArchiveFault = 'broken' | 'too-large' | 'no-lesson' | 'not-text' | 'path';

export class ArchiveError extends Error {
  override name = 'ArchiveError';
  readonly fault: ArchiveFault;
  /** The file at fault, or ''. */
  readonly file: string;
  constructor(fault: ArchiveFault, file = '') {
    super(`lesson: ${fault}${file && `: ${file}`}`);
    this.fault = fault;
    this.file = file;
  }
}

export interface LessonFiles {
  slug: string;
  /** Text by path below the folder of the lesson. */
  files: Files;
}

/** The archive: one folder, named as the lesson is. */
export function packLesson({ slug, files }: LessonFiles): Uint8Array {
  const entries: Zippable = {};
  for (const [path, text] of Object.entries(files)) entries[`${slug}/${path}`] = strToU8(text);
  return zipSync(entries, { mtime: ZIP_TIME, level: 9 });
}

/**
 * Reads an archive.
 *
 * @param name of the file: what the lesson is called when there is no folder in it
 * @throws ArchiveError
 */
export function unpackLesson(name: string, bytes: Uint8Array): LessonFiles {
  let size = 0;
  let count = 0;
  let unpacked: Record<string, Uint8Array>;
  try {
    unpacked = unzipSync(bytes, {
      filter: ({ name: path, size: packed, originalSize }) => {
        if (path.endsWith('/') || CLUTTER.test(path)) return false;
        // The header may lie. It pays: what is packed gets no more room than that.
        size += Math.max(packed, originalSize);
        count++;
        if (size > LESSON_SIZE_MAX || count > FILE_COUNT_MAX) throw new ArchiveError('too-large');
        return true;
      },
    });
  } catch (error) {
    throw error instanceof ArchiveError ? error : new ArchiveError('broken');
  }
  return lessonOf(name.replace(/\.zip$/i, ''), Object.entries(unpacked));
}

/**
 * The lesson in files that somebody chose: what lies beside the topmost lesson.json and below.
 *
 * @param name what it is called when lesson.json lies in no folder
 * @throws ArchiveError
 */
export function lessonOf(
  name: string,
  given: readonly (readonly [path: string, bytes: Uint8Array])[],
): LessonFiles {
  const kept = given.filter(([path]) => !CLUTTER.test(path));
  if (
    kept.length > FILE_COUNT_MAX ||
    kept.reduce((sum, [, bytes]) => sum + bytes.length, 0) > LESSON_SIZE_MAX
  ) {
    throw new ArchiveError('too-large');
  }
  const [top] = kept
    .map(([path]) => path)
    .filter((path) => /(^|\/)lesson\.json$/.test(path))
    .sort((a, b) => a.split('/').length - b.split('/').length);
  if (top === undefined) throw new ArchiveError('no-lesson');
  const root = top.slice(0, -'lesson.json'.length);
  const texts = kept
    .filter(([path]) => path.startsWith(root))
    .map(([path, bytes]) => [path.slice(root.length), bytes] as const)
    .map(([path, bytes]): [string, string] => [path, textOf(path, bytes)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { slug: slugOf(root.split('/').at(-2) ?? name), files: Object.fromEntries(texts) };
}

function textOf(path: string, bytes: Uint8Array): string {
  const parts = path.split('/');
  const isInside = !/[\\:\0]/.test(path) && parts.every((part) => !/^(\.*|__proto__)$/.test(part));
  if (!isInside) throw new ArchiveError('path', path);
  if (!TEXT.test(path)) throw new ArchiveError('not-text', path);
  try {
    // Windows ends its lines in its own way.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n');
  } catch {
    throw new ArchiveError('not-text', path);
  }
}

/** A name that a lesson can have, as near as possible. */
export function slugOf(name: string): string {
  const plain = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const slug = plain.replace(/^[^a-z]+/, '').slice(0, SLUG_LENGTH_MAX);
  return slug.replace(/-+$/, '') || 'my-lesson';
}
