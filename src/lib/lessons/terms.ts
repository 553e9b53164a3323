// Words that a reader may not know. A lesson's text names one as a link, `[broker](term:broker)`, which
// opens its explanation.

import { z } from 'zod';
import { closedObject, JsonFile } from '#lib/experiment/json-file.ts';

const said = closedObject({ name: z.string().min(1), text: z.string().min(1).max(240) });
const term = closedObject({ en: said, zh: said });

export type Term = z.infer<typeof term> & {
  /** Of the element that explains it. */
  id: string;
};

/**
 * Reads the glossary: its terms by their words in a text.
 *
 * @throws InputError that names file, place and remedy
 */
export function readTerms(file: string, text: string): Map<string, Term> {
  const terms = new JsonFile(file, text).parse(z.record(z.string(), term));
  return new Map(
    Object.entries(terms).map(([word, said]) => [word, { ...said, id: termId(word) }]),
  );
}

export const termId = (word: string): string => `term-${word}`;

/** The word of a text's link, or undefined for an ordinary link. */
export const termOf = (href: string): string | undefined => /^term:(.+)$/.exec(href)?.[1];
