// An experiment as a zip: its folder, as the command line reads it too. Whoever made a zip did not
// write it for us, and a download may have been cut off: everything is checked before anything of it
// is believed, every byte against the zip's own sums.

import { strToU8, unzipSync, zipSync, type Zippable } from 'fflate';
import { applyEdits, modify, parse } from 'jsonc-parser';
import { bytesOf, isPackageFile, textOf } from '#lib/protocol/package-files.ts';
import type { Files } from './experiment.ts';
import { isInside, PACKAGE_FILE_COUNT_MAX, PACKAGES_SIZE_MAX } from './packages.ts';

/** All files of an experiment together, unpacked, in bytes: its packages and as much as a link holds. */
const SIZE_MAX = PACKAGES_SIZE_MAX + 1_000_000;
const COUNT_MAX = PACKAGE_FILE_COUNT_MAX + 100;
/** The earliest that a zip can tell: the same files make the same archive. */
const TIME = '1980-01-01T12:00:00';
/** What systems add by themselves. */
const LITTER = /(^|\/)(__MACOSX|\.[^/]*|__pycache__)(\/|$)|(^|\/)(Thumbs\.db|desktop\.ini)$/;

/**
 * `damaged`: cut off or changed on its way · `too-large` · `no-cluster`: it has no cluster.json, so it
 * is something else · `path`: a name leads out of it · `not-text`: `file` is no program nor data.
 */
export type ArchiveFault = 'damaged' | 'too-large' | 'no-cluster' | 'path' | 'not-text';

export class ArchiveError extends Error {
  override name = 'ArchiveError';
  readonly fault: ArchiveFault;
  /** The one at fault, or ''. */
  readonly file: string;
  constructor(fault: ArchiveFault, file = '') {
    super(`zip: ${fault} ${file}`);
    this.fault = fault;
    this.file = file;
  }
}

/** The zip of an experiment. The seed that is set on the page goes into its cluster.json. */
export function writeArchive(files: Files, seed: number): Uint8Array {
  const entries: Zippable = Object.create(null) as Zippable;
  for (const [path, text] of Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const whole = path === 'cluster.json' ? withSeed(text, seed) : text;
    entries[path] = isPackageFile(path) ? bytesOf(whole) : strToU8(whole);
  }
  return zipSync(entries, { mtime: TIME });
}

/**
 * Reads the zip of an experiment, with or without a folder around it.
 *
 * @throws ArchiveError
 */
export function readArchive(bytes: Uint8Array): { files: Files; seed: number } {
  const unpacked = unpack(bytes);
  const names = Object.keys(unpacked).filter((name) => !name.endsWith('/') && !LITTER.test(name));
  const top = names.find((name) => /^([^/]+\/)?cluster\.json$/.test(name));
  if (top === undefined) throw new ArchiveError('no-cluster');
  const folder = top.slice(0, -'cluster.json'.length);
  const files: Record<string, string> = {};
  for (const name of names.filter((one) => one.startsWith(folder))) {
    const path = name.slice(folder.length);
    files[path] = isPackageFile(path) ? textOf(unpacked[name]!) : plainText(path, unpacked[name]!);
  }
  return { files, seed: seedIn(files['cluster.json']!) };
}

function unpack(bytes: Uint8Array): Record<string, Uint8Array> {
  let sum = 0;
  let count = 0;
  try {
    const sums = sumsOf(bytes);
    const unpacked = unzipSync(bytes, {
      filter: ({ name, size, originalSize }) => {
        if (!isInside(name)) throw new ArchiveError('path', name);
        // The header may lie; what is packed gets no more room than it says.
        sum += Math.max(size, originalSize);
        count++;
        if (sum > SIZE_MAX || count > COUNT_MAX) throw new ArchiveError('too-large');
        return true;
      },
    });
    const isWhole = Object.entries(unpacked).every(([name, it]) => sums.get(name) === crc32(it));
    if (!isWhole || sums.size === 0) throw new ArchiveError('damaged');
    return unpacked;
  } catch (error) {
    throw error instanceof ArchiveError ? error : new ArchiveError('damaged');
  }
}

function plainText(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ArchiveError('not-text', path);
  }
}

/** As it was written, with the seed in it; a file with mistakes stays as it is. */
function withSeed(text: string, seed: number): string {
  if (seedIn(text) === seed) return text;
  try {
    const formattingOptions = { insertSpaces: true, tabSize: 2 };
    return applyEdits(text, modify(text, ['seed'], seed, { formattingOptions }));
  } catch {
    return text;
  }
}

/** What cluster.json says; 1 where it says nothing that can be one. */
function seedIn(text: string): number {
  const { seed } = (parse(text) ?? {}) as { seed?: unknown };
  return typeof seed === 'number' && Number.isSafeInteger(seed) && seed >= 0 ? seed : 1;
}

const END_MARK = 0x06054b50;
const ENTRY_MARK = 0x02014b50;

/**
 * The sums that the zip's directory gives of its files, by name: what unpacks them does not compare
 * (APPNOTE.TXT 4.3.12 and 4.3.16).
 */
function sumsOf(bytes: Uint8Array): Map<string, number> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = bytes.length - 22;
  while (view.getUint32(end, true) !== END_MARK) end--;
  const sums = new Map<string, number>();
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at, true) !== ENTRY_MARK) throw new ArchiveError('damaged');
    const length = view.getUint16(at + 28, true);
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + length));
    sums.set(name, view.getUint32(at + 16, true));
    at += 46 + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return sums;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? 0xedb88320 : 0);
  return rest;
});

function crc32(bytes: Uint8Array): number {
  let sum = -1;
  for (const byte of bytes) sum = CRC_TABLE[(sum ^ byte) & 0xff]! ^ (sum >>> 8);
  return ~sum >>> 0;
}
