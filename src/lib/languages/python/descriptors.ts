// The open files of one interpreter that its stacks can wait for (sockets, ends of pipes), by number.
// Level-triggered: a stack looks (`ready`), parks until something happens to any of the files it
// cares for (`watch`), and looks again.

/** Bits of poll(2), as Linux numbers them. */
export const POLL = { in: 1, out: 4, err: 8, hup: 16, nval: 32, rdhup: 0x2000 } as const;

/** An open file. Several numbers may mean the same one (`dup`). */
export interface Descriptor {
  /** What a program could do now without waiting: bits of `POLL`. */
  ready(): number;
  /** The last number that meant it was closed. */
  release(): void;
  /** Stacks that wait for it, in the order in which they came. */
  readonly waiters: number[];
}

/** The standard streams are files too; a program may close them, and their numbers are free. */
const isStandard = (number: number): boolean => number < 3;

export class Descriptors {
  readonly #files = new Map<number, Descriptor>();
  readonly #wake: (stack: number) => void;
  readonly #isFile: (number: number) => boolean;

  /**
   * @param wake lets a stack look again
   * @param isFile whether a number is taken by a file of the disk: they are counted together
   */
  constructor(wake: (stack: number) => void, isFile: (number: number) => boolean = isStandard) {
    this.#wake = wake;
    this.#isFile = isFile;
  }

  /** The lowest number that nobody has. */
  free(): number {
    let number = 0;
    while (this.#files.has(number) || this.#isFile(number)) number++;
    return number;
  }

  /** Gives a file the lowest number that is free. */
  open(file: Descriptor): number {
    const number = this.free();
    this.#files.set(number, file);
    return number;
  }

  get(number: number): Descriptor | undefined {
    return this.#files.get(number);
  }

  /** Whoever waits for the file looks again. Unknown numbers are left alone. */
  close(number: number): void {
    const file = this.#files.get(number);
    if (!file) return;
    this.#files.delete(number);
    if (![...this.#files.values()].includes(file)) file.release();
    this.changed(file);
  }

  /** Bits of `POLL`; `nval` alone for a number that means nothing. */
  ready(number: number): number {
    return this.#files.get(number)?.ready() ?? POLL.nval;
  }

  /** Wakes `stack` when something happens to any of these; call what is returned to stop that. */
  watch(numbers: readonly number[], stack: number): () => void {
    const watched = numbers.flatMap((number) => this.#files.get(number) ?? []);
    for (const { waiters } of watched) waiters.push(stack);
    return () => {
      for (const { waiters } of watched) {
        const index = waiters.indexOf(stack);
        if (index >= 0) waiters.splice(index, 1);
      }
    };
  }

  /** Something happened to a file: whoever waits for it looks again. */
  changed({ waiters }: Descriptor): void {
    for (const stack of [...waiters]) this.#wake(stack);
  }
}
