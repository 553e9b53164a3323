// The answer of a learner to a goal, as a file for the teacher: the program, and what came of it on
// every seed. Nothing in it is believed: `lightcone grade` runs the program again (bin/grade.ts).

import { z } from 'zod';
import { closedObject, JsonFile } from '#lib/experiment/json-file.ts';
import { InputError } from '#lib/protocol/errors.ts';

/** Of its name. */
export const SUBMISSION_ENDING = '.submission.json';
/** In characters: no program of a lesson comes near. */
const SUBMISSION_SIZE_MAX = 2_000_000;
const AUTHOR_MAX = 80;

const name = z.string().regex(/^[a-z0-9-]{1,80}$/, 'small letters, digits and -');

const submissionSchema = closedObject({
  lightconeSubmission: z.literal(1),
  /** Of the site that ran it: another one may compute other digests. */
  build: z.string().max(40),
  author: z.string().max(AUTHOR_MAX),
  lesson: name,
  goal: name,
  language: z.enum(['ts', 'py']),
  files: z.record(z.string().min(1).max(200), z.string()),
  runs: z
    .array(
      closedObject({
        seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER),
        /** Absent: the run failed. */
        digest: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .optional(),
        hasHeld: z.boolean(),
      }),
    )
    .max(10_000),
});

export type Submission = z.infer<typeof submissionSchema>;

export function writeSubmission(submission: Omit<Submission, 'lightconeSubmission'>): string {
  const author = submission.author.trim().slice(0, AUTHOR_MAX);
  return `${JSON.stringify({ lightconeSubmission: 1, ...submission, author }, null, 2)}\n`;
}

/**
 * Reads a submission, which somebody may have damaged or made up.
 *
 * @param file its name, for what is said about it
 * @throws InputError that names place and remedy
 */
export function readSubmission(file: string, text: string): Submission {
  if (text.length > SUBMISSION_SIZE_MAX) {
    const message = `larger than ${SUBMISSION_SIZE_MAX} characters: no answer to a lesson is`;
    throw new InputError([{ file, line: 0, column: 0, code: 'submission', message }]);
  }
  const json = new JsonFile(file, text);
  return json.parse(submissionSchema);
}

/** `anna-k-retry-once.submission.json` */
export function submissionName({
  author,
  lesson,
  goal,
}: Pick<Submission, 'author' | 'lesson' | 'goal'>): string {
  const words = author.normalize('NFC').replace(/[^\p{L}\p{N}]+/gu, '-');
  const parts = [words.replace(/^-|-$/g, '').toLowerCase(), lesson, goal];
  return `${parts.filter((part) => part !== '').join('-')}${SUBMISSION_ENDING}`;
}
