// A teacher's card: what a lesson is for, how to spend its minutes, what to listen for. It stands beside the
// lesson, `teacher.en.md` and `teacher.zh.md`, and is no part of the pages that students read.

import type { Diagnostic } from '#lib/protocol/errors.ts';
import type { LessonFolder } from './lesson.ts';
import { readLessonText, type Highlight, type LessonStep, type ReadText } from './markdown.ts';

/** What a card has, each once and in this order. */
export const CARD_SECTIONS = [
  /** What a student can do afterwards. */
  'objective',
  /** What many believe before. */
  'misconception',
  /** For 45 and for 90 minutes. */
  'plan',
  /** How the room votes, and what comes of it. */
  'prediction',
  /** Two questions without an easy answer. */
  'discussion',
  /** Wrong answers, and what each of them reveals. */
  'wrong',
] as const;

type Locale = 'en' | 'zh';

export type Card = Readonly<Record<Locale, readonly LessonStep[]>>;

export interface ReadCard {
  /** Null where the lesson has none, or one that cannot be read. */
  card: Card | null;
  problems: Diagnostic[];
}

const plain: Highlight = (code) => code.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Reads the card of a lesson, if it has one. */
export function readCard({
  slug,
  files,
  slugs,
}: Pick<LessonFolder, 'slug' | 'files' | 'slugs'>): ReadCard {
  const problems: Diagnostic[] = [];
  const names = { en: 'teacher.en.md', zh: 'teacher.zh.md' };
  if (!Object.values(names).some((name) => Object.hasOwn(files, name)))
    return { card: null, problems };
  const say = (name: string, message: string, line = 0): void => {
    const place = { file: `${slug}/${name}`, line, column: line > 0 ? 1 : 0 };
    problems.push({ ...place, code: 'lesson', message });
  };
  const read = (locale: Locale): ReadText | null => {
    const name = names[locale];
    if (!Object.hasOwn(files, name)) {
      say(name, 'missing: a teacher’s card is there in both languages, or in none');
      return null;
    }
    const text = readLessonText(`${slug}/${name}`, files[name]!, plain);
    problems.push(...text.problems);
    const ids = text.steps.map(({ id }) => id).join(', ');
    const wanted = CARD_SECTIONS.join(', ');
    if (ids !== wanted) say(name, `sections of a teacher’s card: ${wanted} (here: ${ids})`, 1);
    for (const { part, line } of text.directives) {
      say(name, `no directives on a teacher’s card: ${part.name}`, line);
    }
    for (const { word, line } of text.words) {
      say(name, `words are explained in the lesson’s text: ${word}`, line);
    }
    for (const { href, line } of text.links) {
      const target = /^\.\.\/([a-z0-9-]+)\/(?:#.*)?$/.exec(href)?.[1];
      if (target === undefined || !slugs.includes(target))
        say(name, `link leads nowhere: ${href}`, line);
    }
    return text;
  };
  const en = read('en');
  const zh = read('zh');
  return { card: en && zh && { en: en.steps, zh: zh.steps }, problems };
}
