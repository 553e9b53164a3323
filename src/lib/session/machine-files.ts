// What a machine has on its disk, made ready for a person: as text, and as files of their own.
// Programs chose names and bytes, so both are hostile until proven otherwise.

import { zipSync, type Zippable } from 'fflate';
import { HOME } from '#lib/protocol/file-tree.ts';
import type { MachineFile } from '#lib/runtime/file-history.ts';

export type { MachineFile, MachineFiles } from '#lib/runtime/file-history.ts';

/** Bytes of a file that are put into the page. */
export const SHOWN_MAX = 64 * 1024;
/** The same of what is no text, of which most bytes take four characters. */
const BINARY_SHOWN_MAX = 16 * 1024;

/** Controls, and marks that turn the direction of text around: all but newline, tab and joiners. */
const UNSEEN = /(?![\n\t\u200c\u200d])[\p{Cc}\p{Cf}\u2028\u2029]/gu;
/** What some system would not take as part of a file's name, or would take for a separator. */
const UNSAFE = /[\\:*?"<>|]|[\p{Cc}\p{Cf}]/gu;
/** The earliest that a zip can tell: the same files make the same archive. */
const ZIP_TIME = '1980-01-01T12:00:00';

export interface ShownText {
  text: string;
  isBinary: boolean;
  /** Bytes that are shown, from the first on. */
  shown: number;
}

/** The beginning of a file as text; what is none, or would not be seen, is escaped. */
export function textOf(bytes: Uint8Array): ShownText {
  const head = bytes.subarray(0, SHOWN_MAX);
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    // A character may be cut off at the end of the head, not at the end of the file.
    const text = decoder.decode(head, { stream: head.length < bytes.length });
    return { text: text.replace(UNSEEN, escaped), isBinary: false, shown: head.length };
  } catch {
    const start = bytes.subarray(0, BINARY_SHOWN_MAX);
    return { text: Array.from(start, byteText).join(''), isBinary: true, shown: start.length };
  }
}

function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  return code < 0x100 ? byteText(code) : `\\u{${code.toString(16)}}`;
}

/** As Python and JavaScript write it between quotes. */
function byteText(byte: number): string {
  if (byte === 0x5c) return '\\\\';
  if (byte === 0x0a || (byte >= 0x20 && byte < 0x7f)) return String.fromCharCode(byte);
  return `\\x${byte.toString(16).padStart(2, '0')}`;
}

/** The name as a program that stands in its home folder would write it. */
export function shortPath(path: string): string {
  return path.startsWith(`${HOME}/`) ? path.slice(HOME.length + 1) : path;
}

/** `13 B`, `1.5 KiB`, `2.0 MiB`. */
export function sizeText(size: number): string {
  if (size < 1024) return `${size} B`;
  return size < 1024 ** 2
    ? `${(size / 1024).toFixed(1)} KiB`
    : `${(size / 1024 ** 2).toFixed(1)} MiB`;
}

/** Offers bytes as a file of the person at the page. */
export function save(name: string, bytes: Uint8Array): void {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' });
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has taken what it needs by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** The last part of a path, as any system takes it. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(UNSAFE, '_');
}

/**
 * All files of a machine in one archive, under their whole paths.
 *
 * @returns null when what is in one of them is not known
 */
export function zipOf(files: readonly MachineFile[]): Uint8Array | null {
  const entries: Zippable = Object.create(null) as Zippable;
  for (const { path, size, bytes } of files) {
    if (size === null) continue;
    const content = bytes();
    if (!content) return null;
    entries[freeName(path.slice(1).replace(UNSAFE, '_'), entries)] = content;
  }
  return zipSync(entries, { mtime: ZIP_TIME });
}

/** Two names may become one by what is replaced in them. */
function freeName(written: string, taken: object): string {
  // What packs them keeps them as properties of an object.
  const name = written === '__proto__' ? '__proto' : written;
  let free = name;
  for (let count = 2; free in taken; count++) free = `${name}~${count}`;
  return free;
}
