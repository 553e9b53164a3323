// Asks for course.json, and reads it where it is another than the one the page was built with.

import { chaptersOf, type Catalogue, type Chapter, type Help } from '#lib/lessons/course.ts';

interface Asked {
  chapters: readonly Chapter[];
  withheld: readonly Help[];
  /** What is wrong with the file, or null. */
  problem: string | null;
}

export async function askCourse(address: string, catalogue: Catalogue): Promise<Asked> {
  const { entries, chapters, courseText, withheld } = catalogue;
  const text = await textAt(address);
  if (text === null || text === courseText) return { chapters, withheld, problem: null };
  const { readCourse } = await import('#lib/lessons/course-file.ts');
  try {
    const slugs = entries.map(({ slug }) => slug);
    const course = readCourse('lessons/course.json', text, slugs);
    const { withhold = [] } = course;
    return { chapters: chaptersOf(course, entries), withheld: withhold, problem: null };
  } catch (error) {
    return { chapters, withheld, problem: (error as Error).message };
  }
}

async function textAt(address: string): Promise<string | null> {
  // Nobody would answer.
  if (navigator.onLine === false) return null;
  try {
    const answer = await fetch(address, { cache: 'no-cache' });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}
