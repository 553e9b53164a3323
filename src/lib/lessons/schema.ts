// What a lesson.json says, checked. The text of a lesson is beside it (markdown.ts), its programs
// below ts/ and solution/ts/ (folder.ts).

import { z } from 'zod';
import { patternSchema } from '#lib/experiment/faults.ts';
import { closedObject, JsonFile } from '#lib/experiment/json-file.ts';
import { LANGUAGES } from './languages.ts';

/** The chapters, in the order in which they are read. */
export const COURSES = [
  'basics',
  'celery',
  'scoop',
  'pyro4',
  'rpyc',
  'pycsp',
  'disco',
  'closing',
] as const;

/** A text in every language of the site. */
export const text = closedObject({ en: z.string().min(1), zh: z.string().min(1) });

const id = z.string().regex(/^[a-z][a-z0-9-]*$/, 'letters, digits and -, a small letter first');
const count = z.int().min(0);
const pattern = z.string().refine((source) => {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}, 'not a regular expression');
const only = {
  /** Asked of programs in this language alone, where the two are not the same on the wire. */
  language: z.enum(LANGUAGES).optional(),
};
const range = {
  min: count.optional(),
  max: count.optional(),
  /** What happens before does not count, */
  sinceMs: count.optional(),
  /** nor what happens later. */
  untilMs: count.optional(),
  ...only,
};

const checkSchema = z.union(
  [
    closedObject({ log: pattern, node: z.string(), ...range }),
    closedObject({ effect: z.string(), ...range }),
    closedObject({ span: z.string(), node: z.string().optional(), ...range }),
    closedObject({
      message: z.string(),
      from: z.string().optional(),
      to: z.string().optional(),
      /** Counted where and when it arrives. */
      arrives: z.literal(true).optional(),
      ...range,
    }),
    /** Questions of a protocol, each of which somebody waits for. */
    closedObject({ roundTrips: z.string(), node: z.string().optional(), ...range }),
    closedObject({ waits: z.string(), is: z.boolean().optional(), ...only }),
    /** These wait for each other at the end, and for nobody else. */
    closedObject({ deadlock: z.array(z.string()).min(1), ...only }),
    closedObject({ exit: z.string(), code: z.int(), untilMs: count.optional(), ...only }),
    /** It has begun by then, and has neither ended nor died. */
    closedObject({ runs: z.string(), atMs: count, ...only }),
    closedObject({ died: z.string(), ...only }),
    /** Its machine has lost power, of which nobody is told. */
    closedObject({ off: z.string(), ...only }),
    closedObject({
      ends: z.enum(['quiescent', 'until', 'event-limit', 'instant-limit']),
      ...only,
    }),
  ],
  {
    error:
      'a check needs one of log, effect, span, message, roundTrips, waits, deadlock, exit, runs, died, off, ends',
  },
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

/** About what was seen; any choice can be tried. */
const quiz = closedObject({
  question: text,
  choices: z
    .array(closedObject({ id, text, reply: text, isRight: z.boolean().optional() }))
    .min(2)
    .refine(
      (choices) => choices.some(({ isRight }) => isRight),
      'one choice needs "isRight": true',
    ),
});

/** What people say, put to the test. */
const trial = closedObject({
  claim: text,
  verdict: z.enum(['holds', 'only-if', 'false']),
  /** What the runs have shown. */
  because: text,
  /** The scenarios that show it. */
  tries: z.array(id).min(1),
});

/** As in faults.json. */
const faults = z.array(z.record(z.string(), z.unknown()));

const scenario = closedObject({
  /** What breaks, in a few words. */
  title: text,
  faults,
  /** Files that the learner has changed as the solution does when the text offers it. */
  changed: z.array(z.string()).optional(),
  /** The learner has changed the programs to those of `variants/<name>` when the text says this. */
  variant: id.optional(),
  /** What the text says of the run. */
  checks: z.array(checkSchema).min(1),
});

const goal = closedObject({
  title: text,
  /** Struck in every one of the runs. */
  faults,
  checks: z.array(checkSchema).min(1),
  /** How many seeds the page tries; `lightcone check` tries 100. */
  seeds: z.int().min(1).max(200),
  /** Answers that somebody may give, by variant, and what comes of each. */
  answers: z.record(id, z.enum(['reaches', 'fails'])).optional(),
});

/** What says that a piece of the work is done; its first group is the name of the piece. */
const donePiece = z.union(
  [
    /** A line that any node prints. */
    closedObject({ log: pattern }),
    /** Work that ends by itself. */
    closedObject({ span: pattern }),
  ],
  { error: 'a piece of work is done by one of log, span' },
);

/** What may become of work that somebody waits for (outcome.ts). */
export const OUTCOMES = ['right', 'recovered', 'repeated', 'lost', 'stalled'] as const;

/** The same work in several programs under the same faults, and what becomes of it. */
const table = closedObject({
  title: text,
  /** The line that has the right answer, of the node that waits for it, and how long it waits. */
  answer: closedObject({ log: pattern, node: z.string(), untilMs: count }),
  /** How many pieces the work has. */
  pieces: z.int().min(1),
  done: donePiece,
  /** Scenarios: title and faults of each, whatever their programs. */
  columns: z.array(id).min(1),
  rows: z.record(
    id,
    closedObject({
      title: text,
      /** Its programs are those of `variants/<name>`, or those at the start, */
      variant: id.optional(),
      /** of which these files are changed as the solution does. */
      changed: z.array(z.string()).optional(),
      done: donePiece.optional(),
      /** By column: what comes of it. */
      shows: z.record(id, z.enum(OUTCOMES)),
    }),
  ),
});

const momentSchema = z.union(
  [
    patternSchema,
    /** A node prints a line. */
    closedObject({ log: pattern, node: z.string() }),
  ],
  { error: 'a moment is a pattern of messages as in faults.json, or has log and node' },
);

const step = closedObject({
  /** While this step is read, the run stops at the first moment that matches. */
  pauseOn: momentSchema.optional(),
  /** What to do by hand when it has stopped: the button above this node is pointed at. */
  mark: z
    .union([closedObject({ kill: z.string() }), closedObject({ pause: z.string() })], {
      error: 'a mark needs one of kill, pause',
    })
    .optional(),
});

const lessonSchema = closedObject({
  title: text,
  summary: text,
  course: z.enum(COURSES),
  /** Position in its course. */
  order: z.int().min(1),
  minutes: z.int().min(1).max(120),
  /** Files shown as tabs from the start, in this order. */
  open: z.array(z.string()).min(1),
  /** What appears beyond the controls that always exist. */
  show: z.array(
    // Panels are listed by the page: src/routes/lab/stage-tabs.ts.
    z.enum([
      'ledger',
      'workers',
      'objects',
      'channels',
      'jobs',
      'waits',
      'map',
      'nodes',
      'browser',
      'speed',
      'clocks',
      'charts',
      'compare',
    ]),
  ),
  steps: z.record(id, step),
  predictions: z.record(id, prediction),
  /** Faults that the text offers to try. */
  scenarios: z.record(id, scenario).optional(),
  goals: z.record(id, goal),
  tables: z.record(id, table).optional(),
  quizzes: z.record(id, quiz).optional(),
  trials: z.record(id, trial).optional(),
  /** From a nudge to nearly the answer. */
  hints: z.record(id, z.array(text).min(1)).optional(),
});

/** A lesson.json after validation. */
export type LessonJson = z.infer<typeof lessonSchema>;
export type LessonText = z.infer<typeof text>;
export type Check = z.infer<typeof checkSchema>;
export type Prediction = z.infer<typeof prediction>;
export type Scenario = z.infer<typeof scenario>;
export type Goal = z.infer<typeof goal>;
export type Table = z.infer<typeof table>;
export type Outcome = (typeof OUTCOMES)[number];
export type Moment = z.infer<typeof momentSchema>;
export type Pattern = z.infer<typeof patternSchema>;

/** The same as JSON Schema, for editors that help with writing one. */
export function lessonJsonSchema(): object {
  return z.toJSONSchema(lessonSchema, { io: 'input', unrepresentable: 'any' });
}

/**
 * Reads a lesson.json.
 *
 * @throws InputError with one diagnostic for each mistake, each with file and place
 */
export function readLessonJson(name: string, source: string): LessonJson {
  return new JsonFile(name, source).parse(lessonSchema);
}
