// What the page on which a lesson is written tells the frame that shows it. Both are of one origin.

import type { Lesson } from '#lib/lessons/lesson.ts';

export type PreviewPacket =
  /** From the frame: it listens. */
  | { type: 'lightcone-preview-ready' }
  /** Plain data. `step`: the one that is being written, or null. */
  | { type: 'lightcone-preview'; lesson: Lesson; step: number | null };
