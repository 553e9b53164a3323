// Where a learner stands in all lessons, as this browser keeps it: one entry for each lesson that was
// begun. It can be saved as a file and brought to another device.

import { keepAuthor } from './author.ts';

const PREFIX = 'lightcone:progress:';

/** Of one lesson. */
export interface KeptProgress {
  /** The step that is read, from 0. */
  step: number;
  /** Choices by prediction or quiz. */
  chosen: Record<string, string>;
  /** Predictions that a run has answered. */
  settled: string[];
  /** Goals that have held on all their seeds. */
  held: string[];
  /** How many steps and goals the lesson had then. */
  of: { steps: number; goals: number };
}

/** `begun`: opened · `read`: to its last step · `done`: every goal has held as well. */
export type Standing = 'begun' | 'read' | 'done';

export const NO_PROGRESS: KeptProgress = {
  step: 0,
  chosen: {},
  settled: [],
  held: [],
  of: { steps: 0, goals: 0 },
};

/** The file of somebody's progress. */
interface ProgressFile {
  lightconeProgress: 1;
  lessons: Record<string, KeptProgress>;
}

/** What is kept of a lesson; null where nothing is, or it cannot be read. */
export function readProgress(slug: string): KeptProgress | null {
  try {
    const text = localStorage.getItem(PREFIX + slug);
    return text === null ? null : progressOf(JSON.parse(text));
  } catch {
    return null;
  }
}

/** @returns false where this browser keeps nothing */
export function keepProgress(slug: string, progress: KeptProgress | null): boolean {
  try {
    if (progress) localStorage.setItem(PREFIX + slug, JSON.stringify(progress));
    else localStorage.removeItem(PREFIX + slug);
    return true;
  } catch {
    return false;
  }
}

export function standingOf({ step, held, of }: KeptProgress): Standing {
  if (of.steps === 0 || step < of.steps - 1) return 'begun';
  return held.length >= of.goals ? 'done' : 'read';
}

/** By slug, of every lesson that was begun here. */
export function readStandings(): ReadonlyMap<string, Standing> {
  return new Map(
    keptSlugs().flatMap((slug) => {
      const progress = readProgress(slug);
      return progress ? [[slug, standingOf(progress)] as const] : [];
    }),
  );
}

/** All progress as the text of a file. */
export function writeProgressFile(): string {
  const lessons = Object.fromEntries(
    keptSlugs().flatMap((slug) => {
      const progress = readProgress(slug);
      return progress ? [[slug, progress] as const] : [];
    }),
  );
  const file: ProgressFile = { lightconeProgress: 1, lessons };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/**
 * Takes progress from the text of a file. Lessons that it does not tell of stay as they are.
 *
 * @returns how many lessons it told of; null for what is no such file: nothing is changed then
 */
export function takeProgressFile(text: string): number | null {
  const lessons = lessonsIn(text);
  if (!lessons) return null;
  for (const [slug, progress] of lessons) keepProgress(slug, progress);
  return lessons.length;
}

/** Of whoever learned here: the next one has another name. */
export function forgetProgress(): void {
  keepAuthor('');
  for (const slug of keptSlugs()) keepProgress(slug, null);
}

function lessonsIn(text: string): [string, KeptProgress][] | null {
  let file: Partial<ProgressFile> | null;
  try {
    file = JSON.parse(text) as Partial<ProgressFile> | null;
  } catch {
    return null;
  }
  if (file?.lightconeProgress !== 1 || !isRecord(file.lessons)) return null;
  const lessons = Object.entries(file.lessons).map(([slug, value]) => [slug, progressOf(value)]);
  const isWhole = lessons.every(([slug, it]) => it !== null && /^[a-z0-9-]+$/.test(slug as string));
  return isWhole ? (lessons as [string, KeptProgress][]) : null;
}

function keptSlugs(): string[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(PREFIX))
      .map((key) => key.slice(PREFIX.length))
      .sort();
  } catch {
    return [];
  }
}

/** Whatever shape it has, as it should be; null for what is none. An older version kept less. */
function progressOf(value: unknown): KeptProgress | null {
  if (!isRecord(value)) return null;
  const { step, chosen, settled, held, of } = value;
  const { steps, goals } = isRecord(of) ? of : {};
  return {
    step: countOf(step),
    chosen: Object.fromEntries(
      Object.entries(isRecord(chosen) ? chosen : {}).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      ),
    ),
    settled: textsOf(settled),
    held: textsOf(held),
    of: { steps: countOf(steps), goals: countOf(goals) },
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) ? Math.max(0, value) : 0;
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((it) => typeof it === 'string') : [];
}
