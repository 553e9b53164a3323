// Random values, cut into random pieces, come out as they went in; random bytes never hang or crash
// the reader in any other way than by ProtocolError.

import { expect, test } from 'vitest';
import { RandomStream } from '#lib/protocol/random.ts';
import { encodeResp, ErrorReply, ProtocolError, RespReader, Simple, type Resp } from './resp.ts';

class Draws {
  readonly #stream: RandomStream;
  #ordinal = 0;
  constructor(seed: number) {
    this.#stream = new RandomStream(seed, 'resp');
  }
  below(bound: number): number {
    return this.#stream.below(bound, 1, this.#ordinal++);
  }
  text(lengthMax: number, alphabetSize = 256): string {
    const codes = Array.from({ length: this.below(lengthMax) }, () => this.below(alphabetSize));
    return String.fromCharCode(...codes);
  }
  value(depth = 0): Resp {
    switch (this.below(depth > 3 ? 5 : 6)) {
      case 0:
        return null;
      case 1:
        return this.below(1_000_000) - 500_000;
      case 2:
        return new Simple(this.text(9).replace(/[\r\n]/g, ''));
      case 3:
        return new ErrorReply(this.text(9).replace(/[\r\n]/g, ''));
      case 4:
        return this.text(40);
      default:
        return Array.from({ length: this.below(5) }, () => this.value(depth + 1));
    }
  }
}

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`values survive the wire in any pieces, seed ${seed}`, () => {
    const draws = new Draws(seed);
    const values = Array.from({ length: 60 }, () => draws.value());
    const wire = encodeResp(...values);
    const reader = new RespReader();
    const read: Resp[] = [];
    for (let at = 0; at < wire.length;) {
      const end = Math.min(wire.length, at + 1 + draws.below(30));
      read.push(...reader.push(wire.subarray(at, end)));
      at = end;
    }
    expect(read).toEqual(values);
  });

  test(`damaged bytes are refused or read, never worse, seed ${seed}`, () => {
    const draws = new Draws(seed);
    for (let round = 0; round < 200; round++) {
      const wire = encodeResp(draws.value(), draws.value());
      for (let hits = draws.below(4); hits > 0 && wire.length > 0; hits--) {
        wire[draws.below(wire.length)] = draws.below(256);
      }
      try {
        new RespReader(draws.below(2) === 0).push(wire);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError);
      }
    }
  });
}
