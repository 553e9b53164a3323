// A lesson as frames in other pages fetch it: one file for all languages of the site.

import { highlight } from '#lib/editor/highlight.ts';
import { lessonLanguages, lessonSlugs, readLesson } from '#lib/lessons/folder.ts';
import type { EntryGenerator, RequestHandler } from './$types';

export const prerender = true;

export const entries: EntryGenerator = async () => (await lessonSlugs()).map((slug) => ({ slug }));

export const GET: RequestHandler = async ({ params: { slug } }) => {
  const languages = await lessonLanguages(slug);
  const lessons = languages.map((language) => readLesson(slug, highlight, language));
  return Response.json(await Promise.all(lessons));
};
