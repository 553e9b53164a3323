// Names that the real software draws at random, drawn from the process's own stream (KT6).

import type { NodeProcess } from '#lib/node/process.ts';

const DIGITS = '0123456789abcdef';

function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += DIGITS[byte >>> 4]! + DIGITS[byte & 15]!;
  return text;
}

/** A random UUID (version 4). */
export function uuid(process: NodeProcess): string {
  const bytes = process.randomBytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const digits = hex(bytes);
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-');
}

/** `0x7f5ac0aae650`: where an object lies in memory, as CPython prints it. */
export function address(process: NodeProcess): string {
  return `0x7f${hex(process.randomBytes(5))}`;
}

/** The name of the machine, as `gethostname` gives it: the node's own unless several share one. */
export function hostOf(process: NodeProcess): string {
  return process.spec.machine;
}
