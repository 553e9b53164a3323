// Where to go after a chapter: how to have the library itself, whether it is alive, what is easily
// taken for it, what is otherwise there. Said in static/for-real.json.

import { z } from 'zod';
import { closedObject, JsonFile } from '#lib/experiment/json-file.ts';
import { text } from './schema.ts';

const card = closedObject({
  /** Commands, one a line. */
  install: z.array(z.string().min(1).max(60)).min(1).max(3),
  /** The last one, with its month where it is known. */
  release: text,
  standing: closedObject({ state: z.enum(['alive', 'quiet', 'gone']), text }),
  /** What else has to be there. */
  needs: text.optional(),
  /** Names that lead to something else. */
  confused: z.array(closedObject({ name: z.string().min(1).max(30), text })).max(3),
  /** What is otherwise in the playground. */
  differs: z.array(text).min(1).max(3),
  link: z.url({ protocol: /^https$/ }),
});

const cards = closedObject({
  celery: card,
  scoop: card,
  pyro4: card,
  rpyc: card,
  pycsp: card,
  disco: card,
});

/** By chapter. Plain data: it is part of the pages that show it. */
export type ForRealCards = z.infer<typeof cards>;
export type ForReal = ForRealCards[keyof ForRealCards];

/**
 * Reads for-real.json.
 *
 * @throws InputError that names file, place and remedy
 */
export function readCards(file: string, source: string): ForRealCards {
  return new JsonFile(file, source).parse(cards);
}
