import {
  lessonLanguages,
  LESSONS_FOLDER,
  readCatalogue,
  readFiles,
  readLesson,
  readTeacherCard,
  TEMPLATE_FOLDER,
} from '#lib/lessons/folder.ts';
import type { LessonText } from '#lib/lessons/schema.ts';
import type { PageServerLoad } from './$types';

const titlesOf = (named: Readonly<Record<string, { title: LessonText }>>) =>
  Object.fromEntries(Object.entries(named).map(([id, { title }]) => [id, title]));

/** What a lesson can begin as: names of files, which the page fetches when they are wanted. */
export const load: PageServerLoad = async () => {
  const { entries, chapters } = await readCatalogue();
  const lessons = entries.map(async ({ slug, title }) => {
    const [language = 'ts', ...others] = await lessonLanguages(slug);
    const { goals, scenarios = {}, files } = await readLesson(slug, (code) => code, language);
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
    lessons: await Promise.all(lessons),
    chapters,
  };
};
