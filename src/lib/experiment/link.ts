// A link that carries a whole experiment: `/play#1.<base64url(deflate-raw(JSON))>` (DESIGN section 8).
// Whoever opens one did not write it: everything is bounded and checked before it is believed.

import { deflateSync, Inflate, strFromU8, strToU8 } from 'fflate';
import { z } from 'zod';

/** Unpacked, in bytes: a link that would unpack to more is refused before it does. */
export const LINK_SIZE_MAX = 1_000_000;

const linkSchema = z.strictObject({
  v: z.literal(1),
  build: z.string().max(40),
  files: z.record(z.string().min(1).max(200), z.string()),
  seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
  cursorUs: z.int().min(0).optional(),
  lesson: z
    .string()
    .regex(/^[a-z0-9-]{1,80}$/)
    .optional(),
});

export type SharedRun = z.infer<typeof linkSchema>;

/** Why a link was refused: `cut-off` (ask for it again), `too-large`, `invalid` (not ours). */
export type LinkFault = 'cut-off' | 'too-large' | 'invalid';

export class LinkError extends Error {
  override name = 'LinkError';
  readonly fault: LinkFault;
  /** Of what was too large, unpacked; 0 where it is not known. */
  readonly bytes: number;
  constructor(fault: LinkFault, bytes = 0) {
    super(`link: ${fault}`);
    this.fault = fault;
    this.bytes = bytes;
  }
}

/**
 * The fragment, without `#`.
 *
 * @throws LinkError `too-large` for what `readLink` would refuse
 */
export function writeLink(run: SharedRun): string {
  const bytes = strToU8(JSON.stringify(run));
  if (bytes.length > LINK_SIZE_MAX) throw new LinkError('too-large', bytes.length);
  const packed = deflateSync(bytes, { level: 9 });
  return `1.${toBase64Url(packed)}`;
}

/**
 * Reads a fragment, with or without `#`.
 *
 * @throws LinkError
 */
export function readLink(fragment: string): SharedRun {
  const match = /^#?1\.([A-Za-z0-9_-]+)$/.exec(fragment);
  if (!match) throw new LinkError('invalid');
  const text = unpack(fromBase64Url(match[1]!));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new LinkError('cut-off');
  }
  const result = linkSchema.safeParse(value);
  if (!result.success) throw new LinkError('invalid');
  return result.data;
}

function unpack(packed: Uint8Array): string {
  const chunks: Uint8Array[] = [];
  let size = 0;
  let isDone = false;
  const inflate = new Inflate((chunk, isFinal) => {
    size += chunk.length;
    if (size > LINK_SIZE_MAX) throw new LinkError('too-large');
    chunks.push(chunk);
    isDone = isFinal;
  });
  try {
    // In slices, so that a bomb is noticed before it has gone off.
    for (let start = 0; start < packed.length; start += 1024) {
      inflate.push(packed.subarray(start, start + 1024), start + 1024 >= packed.length);
    }
  } catch (error) {
    throw error instanceof LinkError ? error : new LinkError('cut-off');
  }
  if (!isDone) throw new LinkError('cut-off');
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return strFromU8(whole);
}

function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64Url(text: string): Uint8Array {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (char) => char.charCodeAt(0));
  } catch {
    throw new LinkError('cut-off');
  }
}
