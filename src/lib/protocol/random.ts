// Counter-based randomness (KT6): a draw is a pure function of (seed, stream, kind, ordinal), so a
// new draw, link or node shifts no other one, and two variants of a program meet the same luck.
// The mixer is the 32-bit finaliser of MurmurHash3 (public domain, Austin Appleby): integer only,
// hence the same in every engine. Not for secrets.

function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function hashText(seed: number, text: string): number {
  let h = mix(seed | 0);
  for (let index = 0; index < text.length; index++) {
    h = Math.imul(h ^ text.charCodeAt(index), 0x5bd1e995);
    h ^= h >>> 15;
  }
  return mix(h ^ text.length);
}

/** One named stream of draws, `link:a->b` or `node:w1#2`. */
export class RandomStream {
  readonly #high: number;
  readonly #low: number;

  /**
   * @param seed any safe integer
   * @param name what the stream is named after; two streams of one name draw the same
   */
  constructor(seed: number, name: string) {
    this.#high = hashText(seed, name);
    this.#low = hashText(Math.floor(seed / 0x1_0000_0000) ^ 0x9e3779b9, `${name}|${seed | 0}`);
  }

  /**
   * A float in [0, 1) with 53 random bits.
   *
   * @param kind what the draw decides (a small number of the caller's), so that kinds do not shift each other
   * @param ordinal the how-manieth draw of that kind
   */
  draw(kind: number, ordinal: number): number {
    const key = mix(
      Math.imul(kind + 1, 0x9e3779b1) ^ mix(ordinal) ^ Math.floor(ordinal / 0x1_0000_0000),
    );
    const high = mix(this.#high ^ key) >>> 5;
    const low = mix(this.#low ^ Math.imul(key, 0xc2b2ae3d)) >>> 6;
    return (high * 0x400_0000 + low) / 0x20_0000_0000_0000;
  }

  /** An integer in [0, bound). `bound` up to 2^53. */
  below(bound: number, kind: number, ordinal: number): number {
    return Math.floor(this.draw(kind, ordinal) * bound);
  }
}
