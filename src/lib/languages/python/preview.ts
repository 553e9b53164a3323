// What a person is shown of bytes that a program sends.

const LENGTH_MAX = 200;

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Text as it is, else how much it was. */
export function previewOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes).slice(0, LENGTH_MAX);
  } catch {
    return `${bytes.length} bytes`;
  }
}
