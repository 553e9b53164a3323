// The digest of a trace: SHA-256 over the UTF-8 of every event's line. One class for who writes a
// trace and who reads one back, so that live = file = any host.

import { Sha256 } from './sha256.ts';

export class TraceDigest {
  readonly #hash = new Sha256();

  /** @param lines UTF-8 of whole lines, each with its newline, wherever they are cut */
  update(lines: Uint8Array): void {
    this.#hash.update(lines);
  }

  /** Lower-case hex, 64 characters. Ends the digest. */
  hex(): string {
    // Not `Uint8Array.prototype.toHex`, which a tamed realm lacks.
    return Array.from(this.#hash.digest(), (byte) => byte.toString(16).padStart(2, '0')).join('');
  }
}
