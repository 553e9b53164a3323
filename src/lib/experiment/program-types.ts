// How the types of learners' programs are checked: the same in the editor and by `lightcone check`. Plain data.

/** What a simulated process has besides ECMAScript: no DOM. */
export const TYPE_GLOBALS = `
interface Console {
  log(...values: unknown[]): void; info(...values: unknown[]): void;
  warn(...values: unknown[]): void; error(...values: unknown[]): void; debug(...values: unknown[]): void;
}
declare const console: Console;
declare function setTimeout(callback: (...args: any[]) => void, ms?: number, ...args: unknown[]): number;
declare function setInterval(callback: (...args: any[]) => void, ms?: number, ...args: unknown[]): number;
declare function clearTimeout(id: number | undefined): void;
declare function clearInterval(id: number | undefined): void;
declare function queueMicrotask(callback: () => void): void;
declare const performance: { now(): number };
declare const crypto: { randomUUID(): string; getRandomValues<T extends ArrayBufferView>(values: T): T };
`;

/**
 * A module without types is no mistake; one that does not exist is reported by Run. Nor is a function or a field
 * that gives `null`.
 */
export const TYPE_CODES_IGNORED: readonly number[] = [2307, 7016, 7010, 7011, 7018];

/** Options of the TypeScript compiler, by its own numbers: editor and compiler name them differently. */
export const TYPE_OPTIONS = {
  /** ESNext */
  target: 99,
  /** ESNext */
  module: 99,
  /** `bundler`, which the editor's typings leave out */
  moduleResolution: 100,
  lib: ['es2023'],
  allowImportingTsExtensions: true,
  allowNonTsExtensions: true,
  noEmit: true,
  strict: true,
  // A small program says what it does with nothing where that matters, not wherever it might be.
  strictNullChecks: false,
  // A program prints what it has caught without saying first what that is.
  useUnknownInCatchVariables: false,
  /** Each file is a module. */
  moduleDetection: 3,
  skipLibCheck: true,
  types: [],
} as const;
