// Reads a lesson that is already in memory: on the command line, while pages are prerendered, and in the
// browser, where its author may be anybody and in the middle of a word. So it never throws: it says all
// that is wrong, and gives what can be shown all the same.
//
// A lesson has one text and one set of goals, and programs in one language or both, below ts/ and
// py/. Text and lesson.json name files as TypeScript has them; in Python `tasks.ts` reads `tasks.py`.

import { readExperiment, type Files } from '#lib/experiment/experiment.ts';
import { JsonFile } from '#lib/experiment/json-file.ts';
import { formatDiagnostic, InputError, type Diagnostic } from '#lib/protocol/errors.ts';
import { WIRE } from '#lib/protocol/wire.ts';
import { readCard } from './card.ts';
import { checksIn } from './checks.ts';
import { diffLines, type DiffLine } from './diff.ts';
import { LANGUAGES, type Language } from './languages.ts';
import { readLessonText, type Highlight, type LessonStep, type ReadText } from './markdown.ts';
import { readLessonJson, type Check, type LessonJson } from './schema.ts';
import { readTerms, type Term } from './terms.ts';

/** The name of a lesson: its folder, and a part of its address. */
export const SLUG = /^[a-z][a-z0-9-]{0,79}$/;

type Locale = 'en' | 'zh';
const LOCALES: readonly Locale[] = ['en', 'zh'];
const LINE_LENGTH_MAX = 56;
/** Where a link inside the site leads: to another lesson. */
const TO_LESSON = /^\.\.\/([a-z0-9-]+)\/(?:#.*)?$/;

/** A lesson in one language, with everything that belongs to it. Plain data: it is part of the page. */
export interface Lesson extends LessonJson {
  slug: string;
  language: Language;
  text: Readonly<Record<Locale, LessonStep[]>>;
  /** Words that its text explains. */
  terms: readonly Term[];
  /** The experiment at the start: path -> text. */
  files: Files;
  /** The experiment solved. */
  solution: Files;
  /** What the solution changes, by file. */
  changes: Readonly<Record<string, DiffLine[]>>;
  /** What the text tries on the way to the solution, by name. */
  variants: Readonly<Record<string, Variant>>;
}

/** Other programs than those at the start. */
export type Variant = Pick<Lesson, 'changes'> & {
  /** The files that it changes. */
  files: Files;
};

/** One lesson as it stands in a list. */
export type LessonEntry = Pick<
  Lesson,
  'slug' | 'title' | 'summary' | 'course' | 'order' | 'minutes'
>;

/** A lesson's folder in memory, and what of the site it may name. */
export interface LessonFolder {
  slug: string;
  /** Text by path below the folder: `lesson.json`, `ts/client.ts`, `solution/ts/client.ts`. */
  files: Files;
  glossary: { file: string; text: string };
  /** Lessons that a link may lead to. */
  slugs: readonly string[];
}

export interface ReadLesson {
  /** Null while there is nothing to show: no lesson.json that can be read, or no step. */
  lesson: Lesson | null;
  /** What is wrong, with file (below `<slug>/`), line and remedy. */
  problems: Diagnostic[];
}

/** Reads a lesson in one of its languages. */
export function lessonIn(
  language: Language,
  folder: LessonFolder,
  highlight: Highlight,
): ReadLesson {
  const reading = new Reading(folder, language);
  const lesson = reading.read(highlight);
  return { lesson, problems: reading.problems };
}

/** Reads it in all its languages; what is wrong in several is said once. */
export function lessonsIn(
  folder: LessonFolder,
  highlight: Highlight,
): { lessons: Lesson[]; problems: Diagnostic[] } {
  const paths = Object.keys(folder.files);
  const languages = LANGUAGES.filter((one) => paths.some((path) => path.startsWith(`${one}/`)));
  const read = (languages.length > 0 ? languages : LANGUAGES.slice(0, 1)).map((language) =>
    lessonIn(language, folder, highlight),
  );
  const problems = new Map(
    read.flatMap((one) => one.problems).map((one) => [formatDiagnostic(one), one]),
  );
  return { lessons: read.flatMap(({ lesson }) => lesson ?? []), problems: [...problems.values()] };
}

class Reading {
  readonly problems: Diagnostic[] = [];
  readonly #folder: LessonFolder;
  readonly #language: Language;

  constructor(folder: LessonFolder, language: Language) {
    this.#folder = folder;
    this.#language = language;
  }

  read(highlight: Highlight): Lesson | null {
    const { slug } = this.#folder;
    const files = this.#below(`${this.#language}/`);
    const solution = { ...files, ...this.#below(`solution/${this.#language}/`) };
    const inLanguage = (text: string): string => withEndings(text, solution, this.#language);
    const jsonText = this.#textOf('lesson.json');
    const written = this.#try(() => jsonText && readLessonJson(`${slug}/lesson.json`, jsonText));
    const json = written && mapStrings(written, inLanguage);
    const texts = LOCALES.map((locale) => {
      const text = this.#textOf(`lesson.${locale}.md`);
      if (text === undefined) return null;
      const read = readLessonText(`${slug}/lesson.${locale}.md`, inLanguage(text), highlight);
      this.problems.push(...read.problems);
      return read;
    });
    const [en, zh] = texts;
    this.problems.push(...readCard(this.#folder).problems);
    if (!json || !en || en.steps.length === 0) return null;
    const lesson: Lesson = {
      ...json,
      ...this.#asked(json),
      slug,
      language: this.#language,
      text: { en: en.steps, zh: zh && zh.steps.length > 0 ? zh.steps : en.steps },
      terms: this.#termsOf([en, ...(zh ? [zh] : [])]),
      files,
      solution,
      changes: changesOf(files, solution),
      variants: this.#variants(files),
    };
    this.#checkNames(lesson, new JsonFile(`${slug}/lesson.json`, jsonText!), en, zh);
    this.#checkPrograms(lesson);
    return this.#withoutWrong(lesson, [en, ...(zh ? [zh] : [])]);
  }

  /** What is asked of runs of programs in this language. */
  #asked({
    predictions,
    scenarios,
    goals,
  }: LessonJson): Pick<LessonJson, 'predictions' | 'scenarios' | 'goals'> {
    const own = (checks: readonly Check[]): Check[] => checksIn(this.#language, checks);
    const withOwn = <T extends { checks: Check[] }>(one: T): T => ({
      ...one,
      checks: own(one.checks),
    });
    return {
      predictions: mapValues(predictions, (one) => ({ ...one, settled: own(one.settled) })),
      goals: mapValues(goals, withOwn),
      ...(scenarios && { scenarios: mapValues(scenarios, withOwn) }),
    };
  }

  #try<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.problems.push(...error.diagnostics);
      return undefined;
    }
  }

  #say(path: string, message: string, line = 0): void {
    const file = `${this.#folder.slug}/${path}`;
    this.problems.push({ file, line, column: line > 0 ? 1 : 0, code: 'lesson', message });
  }

  #textOf(path: string): string | undefined {
    const { files } = this.#folder;
    if (Object.hasOwn(files, path)) return files[path];
    const file = `${this.#folder.slug}/${path}`;
    const message = 'missing: every lesson needs one';
    this.problems.push({ file, line: 0, column: 0, code: 'missing-file', message });
    return undefined;
  }

  /** The files below a folder, by path from there. */
  #below(folder: string): Record<string, string> {
    return Object.fromEntries(
      Object.entries(this.#folder.files)
        .filter(([path]) => path.startsWith(folder))
        .map(([path, text]) => [path.slice(folder.length), text]),
    );
  }

  #variants(start: Files): Lesson['variants'] {
    const paths = Object.keys(this.#below('variants/'));
    const names = [...new Set(paths.map((path) => path.split('/')[0]!))];
    return Object.fromEntries(
      names.map((name): [string, Variant] => {
        const files = this.#below(`variants/${name}/${this.#language}/`);
        return [name, { files, changes: changesOf(start, files) }];
      }),
    );
  }

  #termsOf(texts: readonly ReadText[]): Term[] {
    const { file, text } = this.#folder.glossary;
    const glossary = this.#try(() => readTerms(file, text)) ?? new Map<string, Term>();
    const known = [...glossary.keys()].join(', ');
    for (const [index, { words }] of texts.entries()) {
      for (const { word, line } of words.filter((one) => !glossary.has(one.word))) {
        const message = `no such term: ${word} (terms of ${file}: ${known})`;
        this.#say(`lesson.${LOCALES[index]!}.md`, message, line);
      }
    }
    const words = new Set(texts.flatMap((one) => one.words.map(({ word }) => word)));
    return [...words].flatMap((word) => glossary.get(word) ?? []);
  }

  /** What a schema cannot see: names that must exist, languages that must agree. */
  #checkNames(lesson: Lesson, json: JsonFile, en: ReadText, zh: ReadText | null | undefined): void {
    const wrong = (path: readonly PropertyKey[], message: string): void => {
      this.problems.push(json.problem(path, message));
    };
    for (const [index, name] of lesson.open.entries()) {
      if (!Object.hasOwn(lesson.files, name)) wrong(['open', index], `no such file: ${name}`);
    }
    const ids = ({ steps }: ReadText): string => steps.map(({ id }) => id).join(', ');
    if (zh && ids(en) !== ids(zh)) {
      this.#say('lesson.zh.md', `steps differ from lesson.en.md: ${ids(zh)} (there: ${ids(en)})`);
    }
    for (const id of Object.keys(lesson.steps)) {
      if (!en.steps.some((step) => step.id === id)) wrong(['steps', id], `no such step: ${id}`);
    }
    for (const [id, { choices, answer, verdicts }] of Object.entries(lesson.predictions)) {
      const known = choices.map((choice) => choice.id);
      if (!known.includes(answer))
        wrong(['predictions', id, 'answer'], `no such choice: ${answer}`);
      for (const choice of known) {
        if (!Object.hasOwn(verdicts, choice))
          wrong(['predictions', id, 'verdicts'], `missing: ${choice}`);
      }
    }
    const scenarios = Object.entries(lesson.scenarios ?? {});
    const rows = Object.values(lesson.tables ?? {}).flatMap((one) => Object.values(one.rows));
    const goals = Object.entries(lesson.goals);
    const tried = new Set([
      ...[...scenarios.map(([, scenario]) => scenario), ...rows].map(({ variant }) => variant),
      ...goals.flatMap(([, { answers = {} }]) => Object.keys(answers)),
    ]);
    for (const name of Object.keys(lesson.variants).filter((one) => !tried.has(one)))
      wrong(['scenarios'], `variants/${name} is tried by no scenario and no goal`);
    for (const [id, { answers = {} }] of goals) {
      for (const name of Object.keys(answers)) {
        for (const message of unknownName('folder below variants', name, lesson.variants))
          wrong(['goals', id, 'answers', name], message);
      }
    }
    this.#checkTables(lesson, wrong);
    for (const [id, { changed = [], variant }] of scenarios) {
      for (const message of unknownName('folder below variants', variant, lesson.variants))
        wrong(['scenarios', id, 'variant'], message);
      for (const [index, file] of changed.entries()) {
        const place = ['scenarios', id, 'changed', index];
        if (!Object.hasOwn(lesson.changes, file))
          wrong(place, `${file} is not changed by the solution`);
      }
    }
  }

  #checkTables(
    { tables = {}, scenarios = {}, variants, changes }: Lesson,
    wrong: (path: readonly PropertyKey[], message: string) => void,
  ): void {
    for (const [id, { columns, rows }] of Object.entries(tables)) {
      for (const [index, column] of columns.entries()) {
        for (const message of unknownName('scenario', column, scenarios))
          wrong(['tables', id, 'columns', index], message);
      }
      for (const [name, { variant, changed = [], shows }] of Object.entries(rows)) {
        const place = ['tables', id, 'rows', name];
        for (const message of unknownName('folder below variants', variant, variants))
          wrong([...place, 'variant'], message);
        for (const file of changed.filter((one) => !Object.hasOwn(changes, one)))
          wrong([...place, 'changed'], `${file} is not changed by the solution`);
        for (const column of columns.filter((one) => !Object.hasOwn(shows, one)))
          wrong([...place, 'shows'], `missing: ${column}`);
        for (const column of Object.keys(shows).filter((one) => !columns.includes(one)))
          wrong([...place, 'shows', column], `no such column: ${column}`);
      }
    }
  }

  #checkPrograms({ files }: Lesson): void {
    const { slug } = this.#folder;
    if (Object.hasOwn(files, 'cluster.json')) {
      const { problems } = this;
      const named = { file: `${slug}/${this.#language}/cluster.json` };
      try {
        readExperiment(files);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        problems.push(...error.diagnostics.map((problem) => ({ ...problem, ...named })));
      }
    } else this.#textOf(`${this.#language}/cluster.json`);
    for (const [path, text] of Object.entries(this.#folder.files)) {
      if (path.split('/').includes(this.#language)) this.#checkLines(path, text);
    }
  }

  /** Lines must fit beside the stage. */
  #checkLines(path: string, text: string): void {
    if (path.endsWith('.json')) return;
    for (const [index, line] of text.split('\n').entries()) {
      if (line.length > LINE_LENGTH_MAX)
        this.#say(path, `${line.length} characters: at most ${LINE_LENGTH_MAX}`, index + 1);
    }
  }

  /** Says what is wrong with directives and links, and leaves out directives that nothing can show. */
  #withoutWrong(lesson: Lesson, texts: readonly ReadText[]): Lesson {
    const nodes = nodesOf(lesson.files['cluster.json']);
    const wrong = new Set<unknown>();
    for (const [index, { directives, links }] of texts.entries()) {
      const file = `lesson.${LOCALES[index]!}.md`;
      for (const { part, line } of directives) {
        const found = problemsWith(part, lesson, nodes);
        for (const message of found) this.#say(file, `${part.name}: ${message}`, line);
        if (found.length > 0) wrong.add(part);
      }
      for (const { href, line } of links) {
        const target = TO_LESSON.exec(href)?.[1];
        const isKnown = target
          ? this.#folder.slugs.includes(target)
          : Object.hasOwn(this.#folder.files, href);
        if (!isKnown) this.#say(file, `link leads nowhere: ${href}`, line);
      }
    }
    const shown = (steps: LessonStep[]): LessonStep[] =>
      steps.map((step) => ({ ...step, parts: step.parts.filter((part) => !wrong.has(part)) }));
    return { ...lesson, text: { en: shown(lesson.text.en), zh: shown(lesson.text.zh) } };
  }
}

type Directive = ReadText['directives'][number]['part'];
type Named = Readonly<Record<string, unknown>>;

/** Plain data in which every string, but no key, is another. */
function mapStrings<T>(value: T, map: (text: string) => string): T {
  if (typeof value === 'string') return map(value) as T;
  if (Array.isArray(value)) return value.map((one) => mapStrings<unknown>(one, map)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return mapValues(value as Readonly<Record<string, unknown>>, (one) => mapStrings(one, map)) as T;
}

function mapValues<T, U>(
  all: Readonly<Record<string, T>>,
  map: (value: T) => U,
): Record<string, U> {
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, map(value)]));
}

/** What becomes of files, by name. */
function changesOf(before: Files, after: Files): Lesson['changes'] {
  return Object.fromEntries(
    Object.entries(after)
      .filter(([name, text]) => text !== before[name])
      .map(([name, text]) => [name, diffLines(before[name] ?? '', text)]),
  );
}

/** The nodes of a cluster.json, which may be anything while a lesson is written. */
function nodesOf(text: string | undefined): Named {
  try {
    return (JSON.parse(text ?? '{}') as { nodes?: Named } | null)?.nodes ?? {};
  } catch {
    return {};
  }
}

/** Names of files that exist in the language, with its ending. */
function withEndings(text: string, files: Files, language: Language): string {
  return text.replace(/\b([\w-]+)\.ts\b/g, (name, stem: string) =>
    Object.hasOwn(files, `${stem}.${language}`) ? `${stem}.${language}` : name,
  );
}

/** What is wrong with the names in a directive. */
function problemsWith({ name, attributes }: Directive, lesson: Lesson, nodes: Named): string[] {
  const { id, goal, file, to, node, proto, panel } = attributes;
  const named: Readonly<Record<string, Named | undefined>> = {
    scenario: lesson.scenarios,
    table: lesson.tables,
    quiz: lesson.quizzes,
    trial: lesson.trials,
    hint: lesson.hints,
    prediction: lesson.predictions,
  };
  const what = Object.hasOwn(named, name) ? name : 'prediction';
  const tries = name === 'trial' ? (lesson.trials?.[id!]?.tries ?? []) : [];
  return [
    ...unknownName(what, id, named[what] ?? {}),
    ...tries.flatMap((tried) => unknownName('scenario', tried, lesson.scenarios ?? {})),
    ...unknownName('goal', goal, lesson.goals),
    ...unknownName('folder below variants', to, lesson.variants),
    ...unknownName('change', file, changesTo(lesson, to)),
    ...unknownName('node', node, nodes),
    ...unknownName('protocol', proto, WIRE),
    ...(panel !== undefined && !lesson.show.some((shown) => shown === panel)
      ? [`${panel} is not in "show" of lesson.json`]
      : []),
  ];
}

/** What the solution changes, or a variant. */
function changesTo({ changes, variants }: Lesson, variant?: string): Lesson['changes'] {
  if (variant === undefined) return changes;
  return Object.hasOwn(variants, variant) ? variants[variant]!.changes : {};
}

/** What is wrong with a name: nothing has it. */
function unknownName(what: string, name: string | undefined, known: Named): string[] {
  if (name === undefined || Object.hasOwn(known, name)) return [];
  return [`no such ${what}: ${name}`];
}
