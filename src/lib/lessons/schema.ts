// What a lesson.json says, checked. The text of a lesson is beside it (markdown.ts), its programs
// below ts/ and solution/ts/ (folder.ts).

import { z } from 'zod';
import { patternSchema } from '#lib/experiment/faults.ts';
import { closedObject, JsonFile } from '#lib/experiment/json-file.ts';

/** A text in every language of the site. */
const text = closedObject({ en: z.string().min(1), zh: z.string().min(1) });

const id = z.string().regex(/^[a-z][a-z0-9-]*$/, 'letters, digits and -, a small letter first');
const count = z.int().min(0);
const range = { min: count.optional(), max: count.optional() };

const checkSchema = z.union(
  [
    closedObject({ log: z.string(), node: z.string(), ...range }),
    closedObject({ effect: z.string(), ...range }),
    closedObject({ span: z.string(), node: z.string().optional(), ...range }),
    closedObject({
      message: z.string(),
      from: z.string().optional(),
      to: z.string().optional(),
      ...range,
    }),
    closedObject({ waits: z.string(), is: z.boolean().optional() }),
    closedObject({ exit: z.string(), code: z.int() }),
    closedObject({ died: z.string() }),
    closedObject({ ends: z.enum(['quiescent', 'until', 'event-limit', 'instant-limit']) }),
  ],
  { error: 'a check needs one of log, effect, span, message, waits, exit, died, ends' },
);

const prediction = closedObject({
  question: text,
  choices: z.array(closedObject({ id, text })).min(2),
  /** The choice that comes true. */
  answer: id,
  /** By choice: what to say to someone who made it. */
  verdicts: z.record(id, text),
  /** The verdict is due when a run has ended in which all of these hold. */
  settled: z.array(checkSchema).min(1),
});

const goal = closedObject({
  title: text,
  /** Struck in every one of the runs, as in faults.json. */
  faults: z.array(z.record(z.string(), z.unknown())),
  checks: z.array(checkSchema).min(1),
  /** How many seeds the page tries; `lightcone check` tries 100. */
  seeds: z.int().min(1).max(200),
});

const step = closedObject({
  /** While this step is read, the run stops where a message matches. */
  pauseOn: patternSchema.optional(),
  /** The node whose Kill is pointed at when it has stopped. */
  mark: z.string().optional(),
});

const lessonSchema = closedObject({
  title: text,
  summary: text,
  course: z.enum(['celery', 'scoop', 'pyro4', 'rpyc', 'pycsp', 'disco', 'basics']),
  /** Position in its course. */
  order: z.int().min(1),
  minutes: z.int().min(1).max(120),
  /** Files shown as tabs from the start, in this order. */
  open: z.array(z.string()).min(1),
  /** What appears beyond the controls that always exist. */
  show: z.array(z.enum(['ledger', 'map', 'speed', 'clocks', 'charts', 'compare'])),
  steps: z.record(id, step),
  predictions: z.record(id, prediction),
  goals: z.record(id, goal),
});

/** A lesson.json after validation. */
export type LessonJson = z.infer<typeof lessonSchema>;
export type LessonText = z.infer<typeof text>;
export type Check = z.infer<typeof checkSchema>;
export type Prediction = z.infer<typeof prediction>;
export type Goal = z.infer<typeof goal>;
export type Pattern = z.infer<typeof patternSchema>;

/**
 * Reads a lesson.json.
 *
 * @throws InputError with one diagnostic for each mistake, each with file and place
 */
export function readLessonJson(name: string, source: string): LessonJson {
  return new JsonFile(name, source).parse(lessonSchema);
}
