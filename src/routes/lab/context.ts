// What the pieces of a lesson page share: one session, one lesson, where the learner stands in it.

import { createContext } from 'svelte';
import type { Locale } from '#lib/i18n/locale.ts';
import type { ForReal } from '#lib/lessons/for-real.ts';
import type { Lesson, LessonEntry } from '#lib/lessons/lesson.ts';
import type { LessonProgress } from '#lib/session/progress.svelte.ts';
import type { Session } from '#lib/session/session.svelte.ts';
import type { StageTab } from './stage-tabs.ts';

/** What the stage shows: the picture, its twin of words, or a panel. */
export type StageView = 'diagram' | 'events' | StageTab['view'];

/** What a frame in somebody's page shows of the lab. */
export interface LabEmbed {
  /** Beside the stage. */
  panels: readonly ('learn' | 'code' | 'output')[];
  /** First on the stage. */
  view: StageView | null;
  isReadOnly: boolean;
}

export interface LessonPage {
  lesson: Lesson;
  locale: Locale;
  session: Session;
  progress: LessonProgress;
  /** The lesson that follows, if any does. */
  next: LessonEntry | undefined;
  /** What is said of its library at the end of the chapter, if it has one. */
  forReal: ForReal | null;
  /** It was opened by a link for a class: each reader has a seed of their own. */
  isOwn: boolean;
  /** Brings the stage into view, where it is behind a tab. */
  showStage: () => void;
  /** Selects an event on the stage; null for none. */
  showEvent: (id: number | null) => void;
  /** Brings a panel of the stage into view. */
  showView: (view: StageView) => void;
  /** What the last page pointed at is let go: no event is selected, and everybody's eyes are open. */
  clearStage: () => void;
}

export const [getLessonPage, setLessonPage] = createContext<LessonPage>();
