// What a frame in somebody's page shows: read from the address, and written for whoever makes such a frame.
// An address may come from anybody: what is not understood is left out.

import type { Catalogue } from '#lib/lessons/course.ts';
import type { Lesson } from '#lib/lessons/lesson.ts';
import { LANGUAGES, type Language } from '#lib/lessons/languages.ts';
import { SPEEDS, type Speed } from './session.svelte.ts';

/** What is fetched for a lesson. */
export interface EmbeddedLesson {
  /** In each language of programs that it has, without what was withheld when the site was built. */
  lessons: Lesson[];
  catalogue: Catalogue;
}

/** What can stand beside the stage. */
export const EMBED_PANELS = ['text', 'code', 'output'] as const;
export type EmbedPanel = (typeof EMBED_PANELS)[number];

export interface EmbedOptions {
  /** The lesson whose experiment it is; null for one that the address carries behind `#`. */
  lesson: string | null;
  program: Language | null;
  panels: readonly EmbedPanel[];
  /** Instead of the text: one exercise of the lesson. */
  goal: string | null;
  /** Faults of the lesson that are struck from the start. */
  scenario: string | null;
  /** The file that is shown first. */
  file: string | null;
  /** The panel of the stage that is shown first: `events`, `objects`, … */
  view: string | null;
  /** Through whose eyes. */
  lens: string | null;
  speed: Speed | null;
  seed: number | null;
  /** Programs can be read only. */
  isReadOnly: boolean;
  theme: 'light' | 'dark' | null;
}

/** What a frame shows that says nothing else. */
export const EMBED_DEFAULTS: EmbedOptions = {
  lesson: null,
  program: null,
  panels: ['code', 'output'],
  goal: null,
  scenario: null,
  file: null,
  view: null,
  lens: null,
  speed: null,
  seed: null,
  isReadOnly: false,
  theme: null,
};

const NAMES = ['lesson', 'goal', 'scenario', 'view', 'lens', 'file'] as const;
/** A name of ours: of a lesson, a node, a file. */
const NAME = /^[\w./-]{1,120}$/;

/** @param search of an address, with or without `?` */
export function readEmbed(search: string): EmbedOptions {
  const given = new URLSearchParams(search);
  const options = { ...EMBED_DEFAULTS };
  for (const name of NAMES) {
    const value = given.get(name);
    if (value !== null && NAME.test(value)) options[name] = value;
  }
  options.program = LANGUAGES.find((one) => one === given.get('program')) ?? null;
  options.speed = SPEEDS.find((one) => one === given.get('speed')) ?? null;
  const panels = given.get('panels')?.split(',');
  if (panels) options.panels = EMBED_PANELS.filter((one) => panels.includes(one));
  const seed = given.get('seed') ?? '';
  if (/^\d{1,15}$/.test(seed)) options.seed = Number(seed);
  options.isReadOnly = given.has('readonly');
  const theme = given.get('theme');
  if (theme === 'light' || theme === 'dark') options.theme = theme;
  return options;
}

/** The query of an address, without `?`; only what differs from the defaults. */
export function writeEmbed(options: EmbedOptions): string {
  const query = new URLSearchParams();
  for (const name of NAMES) if (options[name]) query.set(name, options[name]);
  if (options.program) query.set('program', options.program);
  const panels = EMBED_PANELS.filter((one) => options.panels.includes(one));
  if (panels.join() !== EMBED_DEFAULTS.panels.join()) query.set('panels', panels.join() || 'none');
  if (options.speed) query.set('speed', options.speed);
  if (options.seed !== null) query.set('seed', String(options.seed));
  if (options.isReadOnly) query.set('readonly', '1');
  if (options.theme) query.set('theme', options.theme);
  // They mean nothing else in a query.
  return query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
}

/**
 * The element for a page of a course.
 *
 * @param address of the frame
 * @param height in CSS pixels
 */
export function frameCode(address: string, title: string, height: number): string {
  const safe = (text: string): string =>
    text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return (
    `<iframe src="${safe(address)}" title="${safe(title)}" width="100%" height="${height}" ` +
    `style="border: 1px solid #8888; border-radius: 6px" loading="lazy" allow="fullscreen; clipboard-write"></iframe>`
  );
}
