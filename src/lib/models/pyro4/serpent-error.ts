// What serpent refuses to say or cannot read.

/** A value cannot be said in serpent. `kind` is the Python exception that serpent raises. */
export class SerpentError extends Error {
  override name = 'SerpentError';
  readonly kind: 'TypeError' | 'ValueError';

  constructor(kind: 'TypeError' | 'ValueError', message: string) {
    super(message);
    this.kind = kind;
  }
}
