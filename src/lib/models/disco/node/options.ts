// The command line of `disco-node`.

import type { NodeProcess } from '#lib/node/process.ts';

export interface NodeOptions {
  /** Tasks at a time. */
  slots: number;
  master: string | null;
}

const USAGE = 'usage: disco-node [--slots N] [--master HOST]\n';

/** Null, with a word on stderr, when it makes no sense. */
export function readOptions(process: NodeProcess): NodeOptions | null {
  const options: NodeOptions = { slots: process.spec.cores, master: null };
  const words = process.spec.argv.slice(1);
  for (let index = 0; index < words.length; index += 2) {
    const value = words[index + 1] ?? '';
    if (words[index] === '--slots' && /^[1-9]\d{0,2}$/.test(value)) options.slots = Number(value);
    else if (words[index] === '--master' && value !== '') options.master = value;
    else {
      process.write('stderr', `${USAGE}disco-node: cannot read: ${words[index]} ${value}\n`, false);
      return null;
    }
  }
  return options;
}
