import {
  LESSONS_FOLDER,
  readFiles,
  readLesson,
  readTeacherCard,
  TEMPLATE_FOLDER,
} from '#lib/lessons/folder.ts';
import type { LessonText } from '#lib/lessons/schema.ts';
import { ifReadable, languagesOf, listLessons } from '../../../unfinished.server.ts';
import type { PageServerLoad } from './$types';

const titlesOf = (named: Readonly<Record<string, { title: LessonText }>>) =>
  Object.fromEntries(Object.entries(named).map(([id, { title }]) => [id, title]));

/** What a lesson can begin as: names of files, which the page fetches when they are wanted. */
export const load: PageServerLoad = async () => {
  const { entries, chapters } = await listLessons();
  const lessons = entries.map(async ({ slug, title }) => {
    const [language, ...others] = await languagesOf(slug);
    const read = await ifReadable(readLesson(slug, (code) => code, language));
    if (!read) return [];
    const { goals, scenarios = {}, files } = read;
    const cluster = JSON.parse(files['cluster.json']!) as { nodes: object };
    return {
      slug,
      title,
      paths: Object.keys(await readFiles(`${LESSONS_FOLDER}/${slug}`)),
      languages: [language, ...others],
      nodes: Object.keys(cluster.nodes),
      hasCard: (await readTeacherCard(slug)) !== null,
      goals: titlesOf(goals),
      scenarios: titlesOf(scenarios),
    };
  });
  return {
    template: Object.keys(await readFiles(TEMPLATE_FOLDER)),
    lessons: (await Promise.all(lessons)).flat(),
    chapters,
  };
};
