// A lesson as frames in other pages fetch it: one file for all languages of the site, with what is known of
// course.json, which says what lessons do not offer.

import { highlight } from '#lib/editor/highlight.ts';
import { withoutAnswers, withoutHelp } from '#lib/lessons/course.ts';
import { lessonLanguages, lessonSlugs, readCatalogue, readLesson } from '#lib/lessons/folder.ts';
import type { EmbeddedLesson } from '#lib/session/embed.ts';
import type { EntryGenerator, RequestHandler } from './$types';

export const prerender = true;

export const entries: EntryGenerator = async () => (await lessonSlugs()).map((slug) => ({ slug }));

export const GET: RequestHandler = async ({ params: { slug } }) => {
  const languages = await lessonLanguages(slug);
  const [catalogue, ...lessons] = await Promise.all([
    readCatalogue(),
    ...languages.map((language) => readLesson(slug, highlight, language)),
  ]);
  const offered = lessons.map((lesson) => withoutAnswers(withoutHelp(lesson, catalogue.withheld)));
  return Response.json({ lessons: offered, catalogue } satisfies EmbeddedLesson);
};
