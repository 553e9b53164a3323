import { locales } from '#lib/i18n/locale.ts';
import { baseLocale } from '#lib/i18n/paraglide/runtime.js';
import { sentenceOf } from '#lib/lessons/checks.ts';
import { lessonSlugs, readLesson, readTeacherCard } from '#lib/lessons/folder.ts';
import type { Check } from '#lib/lessons/schema.ts';
import { languagesOf, orSayWhy } from '../../../../unfinished.server.ts';
import type { EntryGenerator, PageServerLoad } from './$types';

export const entries: EntryGenerator = async () => {
  const slugs = await lessonSlugs();
  return locales.flatMap((locale) =>
    slugs.map((slug) => (locale === baseLocale ? { slug } : { slug, locale })),
  );
};

const shownBy = (checks: readonly Check[]) => checks.map(sentenceOf);

/** The card, and what follows from the lesson itself: nobody types it, so that it stays true. */
export const load: PageServerLoad = async ({ params: { slug } }) => {
  const languages = await languagesOf(slug);
  const lesson = await orSayWhy(readLesson(slug, (code) => code, languages[0]));
  const { title, summary, minutes, predictions, quizzes = {}, scenarios = {}, goals } = lesson;
  const { trials = {} } = lesson;
  return {
    slug,
    title,
    summary,
    minutes,
    languages,
    stepCount: lesson.text.en.length,
    card: await readTeacherCard(slug),
    questions: [
      ...Object.values(predictions).map(({ question, choices, answer, verdicts }) => ({
        question,
        choices: choices.map(({ id, text }) => ({
          text,
          isRight: id === answer,
          reply: verdicts[id]!,
        })),
      })),
      ...Object.values(quizzes).map(({ question, choices }) => ({
        question,
        choices: choices.map(({ text, isRight = false, reply }) => ({ text, isRight, reply })),
      })),
    ],
    trials: Object.values(trials).map(({ claim, verdict, because }) => ({
      claim,
      verdict,
      because,
    })),
    scenarios: Object.entries(scenarios).map(([id, scenario]) => ({
      id,
      title: scenario.title,
      isChanged: scenario.variant !== undefined || scenario.changed !== undefined,
      shown: shownBy(scenario.checks),
    })),
    goals: Object.values(goals).map((goal) => ({
      title: goal.title,
      seeds: goal.seeds,
      shown: shownBy(goal.checks),
    })),
  };
};
