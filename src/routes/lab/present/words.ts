// What the next press of a presenter's remote control will do, in a few words.

import type { Locale } from '#lib/i18n/locale.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Lesson } from '#lib/lessons/lesson.ts';
import type { LessonPart } from '#lib/lessons/markdown.ts';
import { STAGE_TABS } from '../stage-tabs.ts';
import type { Deed } from './beats.ts';

export function deedWords(
  deed: Deed | null,
  part: LessonPart | undefined,
  lesson: Lesson,
  locale: Locale,
): string {
  if (!part || part.type === 'html') return m.present_text();
  const { id = '', node = '', send = '', panel = '', goal = '', file = '' } = part.attributes;
  switch (deed) {
    case 'run':
      return m.run();
    case 'run-to-mark':
      return m.present_run_to_mark();
    case 'strike':
      return part.name === 'kill' ? m.present_kill({ node }) : m.present_pause({ node });
    case 'open':
      return m.solution_show({ file });
    case null:
      return ['predict', 'quiz', 'trial'].includes(part.name)
        ? m.present_question()
        : m.present_text();
    case 'press':
  }
  switch (part.name) {
    case 'scenario':
      return lesson.scenarios?.[id]?.title[locale] ?? '';
    case 'message':
      return m.show_message({ word: send });
    case 'seen-from':
      return m.seen_from_client({ node });
    case 'look':
      return m.look_at({ panel: STAGE_TABS.find(({ view }) => view === panel)?.name() ?? panel });
    case 'trial':
      return m.present_trial();
    case 'check':
      return m.check({ count: lesson.goals[goal]?.seeds ?? 0 });
    case 'schedules':
      return m.present_schedules();
    default:
      return m.change_apply();
  }
}
