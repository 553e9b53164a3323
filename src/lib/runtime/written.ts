// What programs wrote to files in one run. The trace says of each change how many bytes it was; which
// bytes those were is kept beside it, for whoever wants to see the files (file-history.ts).

/** Bytes kept of one run. What comes after and does not fit is not kept. */
export const WRITTEN_SIZE_MAX = 32 * 1024 * 1024;

/** Plain data: crosses threads. */
export interface Written {
  /** The `file` events of which the bytes were kept, ascending. */
  ids: readonly number[];
  /** Bytes of each. */
  sizes: readonly number[];
  /** All of them, one after the other. */
  bytes: Uint8Array;
}

export class WrittenBytes {
  readonly #sizeMax: number;
  readonly #ids: number[] = [];
  readonly #pieces: Uint8Array[] = [];
  #size = 0;

  constructor(sizeMax: number = WRITTEN_SIZE_MAX) {
    this.#sizeMax = sizeMax;
  }

  /** @param bytes copied: they may be a small part of a large packet */
  keep(eventId: number, bytes: Uint8Array): void {
    if (this.#size + bytes.length > this.#sizeMax) return;
    this.#size += bytes.length;
    this.#ids.push(eventId);
    this.#pieces.push(bytes.slice());
  }

  all(): Written {
    const bytes = new Uint8Array(this.#size);
    const sizes: number[] = [];
    let at = 0;
    for (const piece of this.#pieces) {
      bytes.set(piece, at);
      at += piece.length;
      sizes.push(piece.length);
    }
    return { ids: this.#ids, sizes, bytes };
  }
}
