// Experiments to start from in the playground: the first lesson's, and the folders of
// static/examples/<name>/<language>. Read while pages are prerendered.

import path from 'node:path';
import { lessonLanguages, LESSONS_FOLDER, readFiles } from './folder.ts';
import { LANGUAGES, type Language } from './languages.ts';

const FIRST_LESSON = 'celery-first-task';
const FOLDER = 'static/examples';
/** The folders. */
const NAMES = ['blank', 'sockets', 'scoop', 'pyro4', 'rpyc', 'pycsp', 'disco'] as const;

export interface Example {
  name: 'celery' | (typeof NAMES)[number];
  language: Language;
  files: Readonly<Record<string, string>>;
}

/** All examples; the first is what the playground begins with. */
export async function readExamples(): Promise<Example[]> {
  const read = async (
    name: Example['name'],
    folder: string,
    languages: readonly Language[],
  ): Promise<Example[]> =>
    Promise.all(
      languages.map(async (language) => {
        const files = await readFiles(path.join(folder, language));
        return { name, language, files };
      }),
    );
  const lesson = path.join(LESSONS_FOLDER, FIRST_LESSON);
  return [
    ...(await read('celery', lesson, await lessonLanguages(FIRST_LESSON))),
    ...(
      await Promise.all(NAMES.map((name) => read(name, path.join(FOLDER, name), LANGUAGES)))
    ).flat(),
  ];
}
