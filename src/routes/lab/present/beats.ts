// A lesson for a room of people, one press after the other: each press of the presenter's remote control
// shows the next paragraph, or does the next thing. Pure: what is shown and done follows from the text.

import type { LessonStep } from '#lib/lessons/markdown.ts';

/** What a press does on the stage or in the text. */
export type Deed =
  /** The programs as they are, from the start. */
  | 'run'
  /** The same, to where the step wants something broken by hand. */
  | 'run-to-mark'
  /** That is broken. */
  | 'strike'
  /** Presses the button of what is shown: a scenario, a message, a panel, a change, a check. */
  | 'press'
  /** Unfolds it. */
  | 'open';

export interface Beat {
  step: number;
  /** The last of the step's parts that is shown; none of them is -1. */
  part: number;
  /** How many blocks of it are. */
  blocks: number;
  deed: Deed | null;
}

/** Shown and done with one press: what comes is said in the text before it. */
const AT_ONCE: Readonly<Record<string, Deed>> = {
  run: 'run',
  scenario: 'press',
  message: 'press',
  'seen-from': 'press',
  look: 'press',
  kill: 'run-to-mark',
  pause: 'run-to-mark',
};

/** Read first; then done with a press of its own. */
const AFTERWARDS: Readonly<Record<string, readonly Deed[]>> = {
  kill: ['strike'],
  pause: ['strike'],
  change: ['press'],
  solution: ['open', 'press'],
  check: ['press'],
  // A claim is tried in two ways, as a rule.
  trial: ['press', 'press'],
  table: ['press'],
  schedules: ['press'],
};

/**
 * @param blocksOf the paragraphs, lists and programs of a piece of HTML
 */
export function beatsOf(
  steps: readonly LessonStep[],
  blocksOf: (html: string) => readonly string[],
): Beat[] {
  return steps.flatMap((step, index) => {
    const beats = step.parts.flatMap((part, at): Beat[] => {
      const shown = { step: index, part: at };
      if (part.type === 'html') {
        return blocksOf(part.html).map((_, block) => ({ ...shown, blocks: block + 1, deed: null }));
      }
      const deeds = [AT_ONCE[part.name] ?? null, ...(AFTERWARDS[part.name] ?? [])];
      return deeds.map((deed) => ({ ...shown, blocks: 1, deed }));
    });
    return beats.length > 0 ? beats : [{ step: index, part: -1, blocks: 0, deed: null }];
  });
}

/** What a key of a keyboard or of a remote control means; these send PageDown, PageUp, `.` or b, F5. */
export type Move =
  | 'next'
  | 'back'
  | 'first'
  | 'last'
  | 'black'
  | 'code'
  | 'wide'
  | 'votes'
  | 'qr'
  | 'full'
  | 'leave';

const MOVES: Readonly<Record<string, Move>> = {
  PageDown: 'next',
  ArrowRight: 'next',
  ArrowDown: 'next',
  ' ': 'next',
  Enter: 'next',
  PageUp: 'back',
  ArrowLeft: 'back',
  ArrowUp: 'back',
  Backspace: 'back',
  Home: 'first',
  End: 'last',
  '.': 'black',
  b: 'black',
  c: 'code',
  w: 'wide',
  v: 'votes',
  q: 'qr',
  f: 'full',
  F5: 'full',
  Escape: 'leave',
};

/** What a remote control sends is meant for the lesson wherever the focus is. */
const REMOTE = new Set(['PageDown', 'PageUp', 'F5']);

/**
 * @param isTaken the focus is on something that uses keys: an editor, a slider, a menu, a button
 */
export function moveOf(key: string, isTaken: boolean): Move | null {
  if (isTaken && !REMOTE.has(key)) return null;
  return MOVES[key.length === 1 ? key.toLowerCase() : key] ?? null;
}

/** Of a node's column, in pixels: the buttons above it stand in one row; and no narrower than this. */
const PITCH_WANTED = 104;
const PITCH_MIN = 88;
/** What the stage needs beside its columns. */
const BESIDE = 64 + 2 * 56;
/** Type is no smaller for the sake of a row of buttons. */
const STAGE_SCALE_WANTED = 1.3;
const SCALE_MIN = 1.2;
const SCALE_MAX = 3;
/** At this height of the window type has its ordinary size. */
const HEIGHT = 480;

/** How many times its ordinary size type has: the last row sees a window by its height. */
export function typeScale(windowHeight: number): number {
  return Math.min(Math.max(windowHeight / HEIGHT, SCALE_MIN), SCALE_MAX);
}

/** The same of the stage, as far as all its nodes fit beside one another. */
export function stageScale(scale: number, stageWidth: number, nodeCount: number): number {
  const fitting = (pitch: number): number =>
    Math.min(scale, stageWidth / (BESIDE + pitch * Math.max(1, nodeCount - 1)));
  const wanted = fitting(PITCH_WANTED);
  return wanted >= STAGE_SCALE_WANTED ? wanted : Math.max(1, fitting(PITCH_MIN));
}
