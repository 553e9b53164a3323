// The list of lessons as this copy of the site wants it: as built, until the page has asked for course.json
// and found another one. So whoever hosts the site rearranges it by that file alone.

import type { Catalogue, Chapter, Help } from '#lib/lessons/course.ts';
import type { LessonEntry } from '#lib/lessons/lesson.ts';

/** A chapter with what its lessons are called. */
export interface ListedChapter extends Chapter {
  lessons: LessonEntry[];
}

export class CourseList {
  readonly #catalogue: Catalogue;
  #chapters = $state.raw<readonly Chapter[]>([]);
  #withheld = $state.raw<readonly Help[]>([]);
  #problem = $state.raw<string | null>(null);

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue;
    this.#chapters = catalogue.chapters;
    this.#withheld = catalogue.withheld;
  }

  get chapters(): ListedChapter[] {
    const { entries } = this.#catalogue;
    return this.#chapters.map((chapter) => ({
      ...chapter,
      lessons: chapter.slugs.flatMap((slug) => entries.find((entry) => entry.slug === slug) ?? []),
    }));
  }

  /** All that are listed, in the order in which they are read. */
  get lessons(): LessonEntry[] {
    return this.chapters.flatMap(({ lessons }) => lessons);
  }

  /** What lessons do not offer here. */
  get withheld(): readonly Help[] {
    return this.#withheld;
  }

  /** What is wrong with course.json: the list stays as it was built. Null when nothing is. */
  get problem(): string | null {
    return this.#problem;
  }

  /** @param address of course.json; one that does not answer changes nothing */
  async refresh(address: string): Promise<void> {
    if (this.#catalogue.courseText === null) return;
    // Later than the page itself: its script is no longer than it must be.
    const { askCourse } = await import('./asked-course.ts');
    const { chapters, withheld, problem } = await askCourse(address, this.#catalogue);
    this.#chapters = chapters;
    // The same list must not make a lesson anew.
    if (withheld.join() !== this.#withheld.join()) this.#withheld = withheld;
    this.#problem = problem;
  }
}
