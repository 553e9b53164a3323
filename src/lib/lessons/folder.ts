// Reads lessons from static/lessons: while pages are prerendered, and for `lightcone check`. A
// folder that cannot be read is an error with a place, never an empty lesson.
//
// A lesson has one text and one set of goals, and programs in one language or both, below ts/ and
// py/. Text and lesson.json name files as TypeScript has them; in Python `tasks.ts` reads `tasks.py`.

import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { InputError, type Diagnostic } from '#lib/protocol/errors.ts';
import { WIRE } from '#lib/protocol/wire.ts';
import { diffLines, type DiffLine } from './diff.ts';
import { LANGUAGES, type Language } from './languages.ts';
import { readLessonText, type Highlight, type LessonPart, type LessonStep } from './markdown.ts';
import { readTerms, type Term } from './terms.ts';
import { COURSES, readLessonJson, type LessonJson } from './schema.ts';

export const LESSONS_FOLDER = 'static/lessons';
/** What a new lesson begins as. */
export const TEMPLATE_FOLDER = 'static/lesson-template';
/** The name of a lesson: its folder, and a part of its address. */
export const SLUG = /^[a-z][a-z0-9-]{0,79}$/;
const GLOSSARY = 'static/glossary.json';

type Locale = 'en' | 'zh';
type Files = Readonly<Record<string, string>>;
const LOCALES: readonly Locale[] = ['en', 'zh'];
const LINE_LENGTH_MAX = 56;

/** A lesson in one language, with everything that belongs to it. Plain data: it is part of the page. */
export interface Lesson extends LessonJson {
  slug: string;
  language: Language;
  text: Readonly<Record<Locale, LessonStep[]>>;
  /** Words that its text explains. */
  terms: readonly Term[];
  /** The experiment at the start: path -> text. */
  files: Readonly<Record<string, string>>;
  /** The experiment solved. */
  solution: Readonly<Record<string, string>>;
  /** What the solution changes, by file. */
  changes: Readonly<Record<string, DiffLine[]>>;
  /** What the text tries on the way to the solution, by name. */
  variants: Readonly<Record<string, Variant>>;
}

/** Other programs than those at the start. */
export type Variant = Pick<Lesson, 'changes'> & {
  /** The files that it changes. */
  files: Readonly<Record<string, string>>;
};

/** One lesson as it stands in a list. */
export type LessonEntry = Pick<
  Lesson,
  'slug' | 'title' | 'summary' | 'course' | 'order' | 'minutes'
>;

/** The folders below static/lessons, in alphabetical order. */
export async function lessonSlugs(folder: string = LESSONS_FOLDER): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** The languages that a lesson's programs are written in. */
export async function lessonLanguages(
  slug: string,
  folder: string = LESSONS_FOLDER,
): Promise<Language[]> {
  const entries = await readdir(path.join(folder, slug));
  return LANGUAGES.filter((language) => entries.includes(language));
}

/** The list of all lessons, by course and position. */
export async function readCatalogue(folder: string = LESSONS_FOLDER): Promise<LessonEntry[]> {
  const slugs = await lessonSlugs(folder);
  const entries = await Promise.all(
    slugs.map(async (slug) => {
      const file = path.join(folder, slug, 'lesson.json');
      const json = readLessonJson(
        `${slug}/lesson.json`,
        await readText(file, `${slug}/lesson.json`),
      );
      const { title, summary, course, order, minutes } = json;
      return { slug, title, summary, course, order, minutes };
    }),
  );
  return entries.sort(
    (a, b) => COURSES.indexOf(a.course) - COURSES.indexOf(b.course) || a.order - b.order,
  );
}

/**
 * Reads a lesson in one of its languages.
 *
 * @throws InputError that names file, place and remedy of everything wrong
 */
export async function readLesson(
  slug: string,
  highlight: Highlight,
  language: Language = 'ts',
  folder: string = LESSONS_FOLDER,
): Promise<Lesson> {
  const at = (name: string): string => path.join(folder, slug, name);
  const json = readLessonJson(
    `${slug}/lesson.json`,
    await readText(at('lesson.json'), `${slug}/lesson.json`),
  );
  const files = await readFiles(at(language));
  const solution = { ...files, ...(await readFiles(at(`solution/${language}`))) };
  const inLanguage = (text: string): string => withEndings(text, solution, language);
  const texts = await Promise.all(
    LOCALES.map(async (locale) => {
      const name = `${slug}/lesson.${locale}.md`;
      const text = await readText(at(`lesson.${locale}.md`), name);
      return readLessonText(name, inLanguage(text), highlight);
    }),
  );
  const [en, zh] = texts as [LessonStep[], LessonStep[]];
  const words = [...new Set([...en, ...zh].flatMap(({ terms }) => terms))];
  const glossary = readTerms(GLOSSARY, await readText(GLOSSARY, GLOSSARY));
  const lesson: Lesson = {
    ...json,
    ...(json.scenarios && { scenarios: scenariosIn(json.scenarios, inLanguage) }),
    slug,
    language,
    open: json.open.map(inLanguage),
    text: { en, zh },
    terms: words.flatMap((word) => glossary.get(word) ?? []),
    files,
    solution,
    changes: changesOf(files, solution),
    variants: await readVariants(at('variants'), language, files),
  };
  const problems = problemsOf(lesson);
  for (const word of words.filter((one) => !glossary.has(one))) {
    const message = `no such term: ${word} (terms: ${[...glossary.keys()].join(', ')})`;
    problems.push({ file: GLOSSARY, line: 0, column: 0, code: 'lesson', message });
  }
  if (problems.length > 0) throw new InputError(problems);
  return lesson;
}

type Scenarios = NonNullable<LessonJson['scenarios']>;

function scenariosIn(scenarios: Scenarios, inLanguage: (text: string) => string): Scenarios {
  return Object.fromEntries(
    Object.entries(scenarios).map(([id, { changed, ...rest }]) => [
      id,
      { ...rest, ...(changed && { changed: changed.map(inLanguage) }) },
    ]),
  );
}

/** What becomes of files, by name. */
function changesOf(before: Files, after: Files): Lesson['changes'] {
  return Object.fromEntries(
    Object.entries(after)
      .filter(([name, text]) => text !== before[name])
      .map(([name, text]) => [name, diffLines(before[name] ?? '', text)]),
  );
}

async function readVariants(
  folder: string,
  language: Language,
  start: Files,
): Promise<Lesson['variants']> {
  const names = [
    ...new Set(Object.keys(await readFiles(folder)).map((name) => name.split('/')[0]!)),
  ];
  const variants = names.map(async (name): Promise<[string, Variant]> => {
    const files = await readFiles(path.join(folder, name, language));
    return [name, { files, changes: changesOf(start, files) }];
  });
  return Object.fromEntries(await Promise.all(variants));
}

/** The nodes of a cluster.json, which may be anything while a lesson is written. */
function nodesOf(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(text ?? '{}') as { nodes?: Record<string, unknown> }).nodes ?? {};
  } catch {
    return {};
  }
}

/** Names of files that exist in the language, with its ending. */
function withEndings(
  text: string,
  files: Readonly<Record<string, string>>,
  language: Language,
): string {
  return text.replace(/\b([\w-]+)\.ts\b/g, (name, stem: string) =>
    `${stem}.${language}` in files ? `${stem}.${language}` : name,
  );
}

async function readText(file: string, name: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    throw new InputError([
      {
        file: name,
        line: 0,
        column: 0,
        code: 'missing-file',
        message: 'missing: every lesson needs one',
      },
    ]);
  }
}

/** The files below a folder, by path; none where there is no folder. */
export async function readFiles(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  let entries;
  try {
    entries = await readdir(folder, { recursive: true, withFileTypes: true });
  } catch {
    return files;
  }
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    files[path.relative(folder, file).split(path.sep).join('/')] = await readFile(file, 'utf8');
  }
  return Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a schema cannot see: names that must exist, lines that must fit, languages that must agree. */
function problemsOf(lesson: Lesson): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const say = (file: string, message: string, line = 0): void => {
    problems.push({ file: `${lesson.slug}/${file}`, line, column: 0, code: 'lesson', message });
  };
  if (!('cluster.json' in lesson.files)) {
    say(`${lesson.language}/cluster.json`, 'missing: every lesson needs one');
  }
  for (const name of lesson.open) {
    if (!(name in lesson.files)) say('lesson.json', `open: no such file: ${name}`);
  }
  const ids = (locale: Locale): string => lesson.text[locale].map(({ id }) => id).join(', ');
  if (ids('en') !== ids('zh')) {
    say('lesson.zh.md', `steps differ from lesson.en.md: ${ids('zh')} (there: ${ids('en')})`);
  }
  for (const id of Object.keys(lesson.steps)) {
    if (!lesson.text.en.some((step) => step.id === id))
      say('lesson.json', `steps: no such step: ${id}`);
  }
  for (const [id, { choices, answer, verdicts }] of Object.entries(lesson.predictions)) {
    const known = choices.map((choice) => choice.id);
    if (!known.includes(answer))
      say('lesson.json', `predictions.${id}.answer: no such choice: ${answer}`);
    for (const choice of known) {
      if (!(choice in verdicts))
        say('lesson.json', `predictions.${id}.verdicts: missing: ${choice}`);
    }
  }
  const scenarios = Object.entries(lesson.scenarios ?? {});
  for (const name of Object.keys(lesson.variants)) {
    if (!scenarios.some(([, { variant }]) => variant === name))
      say('lesson.json', `variants/${name} is tried by no scenario`);
  }
  for (const [id, { changed = [], variant }] of scenarios) {
    const problem = unknownName('folder below variants', variant, lesson.variants);
    if (problem) say('lesson.json', `scenarios.${id}.variant: ${problem}`);
    for (const file of changed) {
      if (!(file in lesson.changes))
        say('lesson.json', `scenarios.${id}.changed: ${file} is not changed by the solution`);
    }
  }
  const nodes = nodesOf(lesson.files['cluster.json']);
  for (const locale of LOCALES) {
    for (const { parts } of lesson.text[locale]) {
      for (const part of parts) if (part.type === 'directive') checkDirective(part, locale);
    }
  }
  const variants = Object.entries(lesson.variants).flatMap(([variant, { files }]) =>
    Object.entries(files).map(([name, text]) => [`variants/${variant}/${name}`, text] as const),
  );
  for (const [name, text] of [
    ...Object.entries({ ...lesson.files, ...lesson.solution }),
    ...variants,
  ]) {
    for (const [index, line] of text.split('\n').entries()) {
      if (!name.endsWith('.json') && line.length > LINE_LENGTH_MAX) {
        say(name, `${line.length} characters: at most ${LINE_LENGTH_MAX}`, index + 1);
      }
    }
  }
  return problems;

  function checkDirective({ name, attributes }: Directive, locale: Locale): void {
    const { id, goal, file, to, node, proto, panel } = attributes;
    const named: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>> = {
      scenario: lesson.scenarios,
      quiz: lesson.quizzes,
      hint: lesson.hints,
      prediction: lesson.predictions,
    };
    const what = name in named ? name : 'prediction';
    const wrong = [
      unknownName(what, id, named[what] ?? {}),
      unknownName('goal', goal, lesson.goals),
      unknownName('folder below variants', to, lesson.variants),
      unknownName('change', file, changesTo(lesson, to)),
      unknownName('node', node, nodes),
      unknownName('protocol', proto, WIRE),
      panel !== undefined && !lesson.show.some((shown) => shown === panel)
        ? `${panel} is not in "show" of lesson.json`
        : undefined,
    ];
    for (const one of wrong) if (one) say(`lesson.${locale}.md`, `${name}: ${one}`);
  }
}

/** What the solution changes, or a variant. */
function changesTo(lesson: Lesson, variant?: string): Lesson['changes'] {
  return variant === undefined ? lesson.changes : (lesson.variants[variant]?.changes ?? {});
}

type Directive = Extract<LessonPart, { type: 'directive' }>;

/** What is wrong with a name: nothing has it. */
function unknownName(
  what: string,
  name: string | undefined,
  known: Readonly<Record<string, unknown>>,
): string | undefined {
  return name === undefined || name in known ? undefined : `no such ${what}: ${name}`;
}
