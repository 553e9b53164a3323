// Reads course.json. Apart from course.ts, because a page needs it only where the file has changed since the
// page was built.

import { z } from 'zod';
import { closedObject, JsonFile } from '#lib/experiment/json-file.ts';
import { InputError, type Diagnostic } from '#lib/protocol/errors.ts';
import type { Course } from './course.ts';
import { text as title } from './schema.ts';

const courseSchema = closedObject({
  chapters: z.array(closedObject({ title, lessons: z.array(z.string()) })).optional(),
  hide: z.array(z.string()).optional(),
  others: z.enum(['append', 'hide']).optional(),
  withhold: z.array(z.enum(['solutions', 'hints'])).optional(),
});

/**
 * @param file its name, for messages
 * @param slugs the lessons that exist
 * @throws InputError that names file, place and remedy of everything wrong: a mistake in the JSON, a lesson
 *   that does not exist or is named twice
 */
export function readCourse(file: string, text: string, slugs: readonly string[]): Course {
  const json = new JsonFile(file, text);
  const course = json.parse(courseSchema);
  const problems: Diagnostic[] = [];
  const seen = new Set<string>();
  const look = (slug: string, place: readonly PropertyKey[]): void => {
    if (!slugs.includes(slug)) {
      problems.push(json.problem(place, `no such lesson: ${slug} (lessons: ${slugs.join(', ')})`));
    } else if (seen.has(slug)) problems.push(json.problem(place, `named twice: ${slug}`));
    seen.add(slug);
  };
  for (const [chapter, { lessons }] of (course.chapters ?? []).entries()) {
    for (const [index, slug] of lessons.entries())
      look(slug, ['chapters', chapter, 'lessons', index]);
  }
  for (const [index, slug] of (course.hide ?? []).entries()) look(slug, ['hide', index]);
  if (problems.length > 0) throw new InputError(problems);
  return course;
}
