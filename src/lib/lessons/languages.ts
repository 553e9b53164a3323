/** A language that learners write programs in: its folder in a lesson, and the ending of its files. */
export type Language = 'ts' | 'py';
export const LANGUAGES: readonly Language[] = ['ts', 'py'];
