// Who learns on this device, as they have called themselves: for the seed of their own, and for what they hand in.

const KEY = 'lightcone:author';

/** '' where nobody has said so, or nothing is kept. */
export function readAuthor(): string {
  try {
    return localStorage.getItem(KEY) ?? '';
  } catch {
    return '';
  }
}

/** Where nothing can be kept the name is asked for again. */
export function keepAuthor(author: string): void {
  try {
    if (author) localStorage.setItem(KEY, author);
    else localStorage.removeItem(KEY);
  } catch {
    // Private windows keep nothing.
  }
}
