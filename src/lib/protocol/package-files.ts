// Files of Python packages inside an experiment. An experiment holds text only (it travels in links and
// is edited); what is no text in a package travels as base64 behind a mark.

/** Paths that begin with this are files of installed packages, not of the learner's program. */
export const PACKAGES_FOLDER = 'site-packages/';

/** Begins every text that stands for bytes, and nothing else: see `textOf`. */
const MARK = 'data:application/octet-stream;base64,';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

export function isPackageFile(path: string): boolean {
  return path.startsWith(PACKAGES_FOLDER);
}

/** A package's file as text. Only text that is UTF-8, and does not look like the mark, stays as it is. */
export function textOf(bytes: Uint8Array): string {
  try {
    const text = decoder.decode(bytes);
    if (!text.startsWith(MARK)) return text;
  } catch {
    // Bytes of another kind: below.
  }
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return MARK + btoa(binary);
}

/**
 * The bytes of a package's file again.
 *
 * @throws DOMException when what follows the mark is not base64: somebody wrote it by hand
 */
export function bytesOf(text: string): Uint8Array {
  if (!text.startsWith(MARK)) return encoder.encode(text);
  return Uint8Array.from(atob(text.slice(MARK.length)), (char) => char.charCodeAt(0));
}
