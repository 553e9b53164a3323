// How much a task has given so far. What it gives is kept until its function has returned and is
// written then, so a function that never stops giving has to be stopped by its size: it lets others
// have their turns, and the meter never sees it compute for long. The same in disco/worker/task.py.

import { DISK_SIZE_MAX, FILE_SIZE_MAX } from '#lib/protocol/file-tree.ts';
import { DiscoError } from './errors.ts';
import type { TaskOrder } from './protocol.ts';

const MEBIBYTE = 1024 * 1024;
/** What a combiner keeps is not written: it is given no more pairs than a file holds of the shortest. */
const COMBINED_MAX = FILE_SIZE_MAX / '["a",1]\n'.length;
const encoder = new TextEncoder();

export class Tally {
  readonly #task: string;
  readonly #sizes = new Map<number, number>();
  #total = 0;
  #combined = 0;

  constructor({ stage, task }: Pick<TaskOrder, 'stage' | 'task'>) {
    this.#task = `${stage}:${task}`;
  }

  /**
   * A line goes to the file of a label.
   *
   * @throws DiscoError when that file, or all of them, would be larger than a machine can keep
   */
  add(label: number, line: string): void {
    const length = isAscii(line) ? line.length : encoder.encode(line).length;
    const size = (this.#sizes.get(label) ?? 0) + length;
    this.#sizes.set(label, size);
    this.#total += length;
    if (size > FILE_SIZE_MAX) throw tooMuch(this.#task, 'for one label', FILE_SIZE_MAX);
    if (this.#total > DISK_SIZE_MAX) throw tooMuch(this.#task, 'in all', DISK_SIZE_MAX);
  }

  /**
   * A pair goes to the combiner.
   *
   * @throws DiscoError
   */
  combine(): void {
    if (++this.#combined <= COMBINED_MAX) return;
    const words = `${this.#task} gives its combiner more than ${COMBINED_MAX} pairs`;
    throw new DiscoError(`${words}. Does a loop yield for ever? If not: use more inputs`);
  }
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}

function tooMuch(task: string, what: string, limit: number): DiscoError {
  const words = `${task} gives more than ${limit / MEBIBYTE} MiB ${what}, which no disk here holds`;
  return new DiscoError(
    `${words}. Does a loop yield for ever? If not: add up in a combiner, or use more inputs`,
  );
}
