// What can be given to others of a run: a link with everything in it, a short one to a lesson, the code of a frame.
// Loaded when somebody shares.

import { getLocale, localHref } from '#lib/i18n/locale.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Lesson } from '#lib/lessons/lesson.ts';
import { EMBED_DEFAULTS, frameCode, writeEmbed } from '#lib/session/embed.ts';
import { readLessonLink, writeLessonLink } from '#lib/session/lesson-link.ts';
import type { Session } from '#lib/session/session.svelte.ts';
import { linkOf, LinkError } from '#lib/session/share.ts';

const FRAME_HEIGHT = 520;

const whole = (path: string): string => new URL(path, location.href).href;

/** The scenario whose faults are struck, or null. */
function scenarioOf({ scenarios = {} }: Lesson, session: Session): string | null {
  const entries = Object.entries(scenarios).filter(([, { faults }]) => faults.length > 0);
  return entries.find(([, { faults }]) => session.isUnder(faults))?.[0] ?? null;
}

/** The programs are those at the start of the lesson, and its faults those of a scenario or none. */
function isOfLesson(lesson: Lesson, session: Session, scenario: string | null): boolean {
  const { files, paths } = session.workspace;
  const programs = new Set([...Object.keys(lesson.files), ...paths]);
  programs.delete('faults.json');
  const isPlain = [...programs].every((path) => files[path] === lesson.files[path]);
  return isPlain && (scenario !== null || session.faults.length === 0);
}

/** @returns what to say, and for how many milliseconds */
async function copied(text: string, said: string): Promise<[string, number]> {
  try {
    await navigator.clipboard.writeText(text);
    return [said, 2400];
  } catch {
    // Without permission, or over plain http: by the command that came before it.
    return copiedBySelection(text) ? [said, 2400] : [m.share_refused(), 8000];
  }
}

function copiedBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'visually-hidden';
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  return isCopied;
}

/** Says why a run has no link: it is too large for one. */
export function tooLarge(error: unknown): [string, number] {
  if (!(error instanceof LinkError)) throw error;
  return [m.share_too_large({ size: (error.bytes / 1e6).toFixed(1) }), 8000];
}

/** @throws LinkError when it is too large */
async function runAddress(session: Session, lesson?: string): Promise<string> {
  return whole(localHref('/play/') + (await linkOf(session, lesson)));
}

function lessonAddress(session: Session, lesson: Lesson): string {
  const { isOwn } = readLessonLink(location.search, lesson);
  const named = { scenario: scenarioOf(lesson, session), seed: session.seed, isOwn };
  const query = writeLessonLink(named);
  return whole(localHref(`/lessons/${lesson.slug}/${query}`));
}

/** What a room's phones open: the lesson, as it is on stage, or the experiment. */
export function addressFor(session: Session, lesson?: Lesson): Promise<string> {
  return lesson ? Promise.resolve(lessonAddress(session, lesson)) : runAddress(session);
}

/** Copies a link to the run: programs, faults, seed and moment. */
export async function copyRun(session: Session, lesson?: string): Promise<[string, number]> {
  try {
    return await copied(await runAddress(session, lesson), m.share_copied());
  } catch (error) {
    return tooLarge(error);
  }
}

/** Copies a link to the lesson, under the scenario and with the seed that are on stage. */
export function copyLesson(session: Session, lesson: Lesson): Promise<[string, number]> {
  return copied(lessonAddress(session, lesson), m.share_copied());
}

/** Copies the code of a frame: of the lesson's experiment, or of what was made of it. */
export async function copyFrame(session: Session, lesson?: Lesson): Promise<[string, number]> {
  const scenario = lesson ? scenarioOf(lesson, session) : null;
  const options = { ...EMBED_DEFAULTS, seed: session.seed, lens: session.lensNode };
  const page = localHref('/embed/');
  try {
    const isPlain = lesson !== undefined && isOfLesson(lesson, session, scenario);
    const named = { lesson: lesson?.slug ?? null, program: lesson?.language ?? null, scenario };
    const address = isPlain
      ? `${page}?${writeEmbed({ ...options, ...named })}`
      : `${page}?${writeEmbed(options)}${await linkOf(session, lesson?.slug)}`;
    const title = lesson?.title[getLocale()] ?? m.app_name();
    return await copied(frameCode(whole(address), title, FRAME_HEIGHT), m.share_frame_copied());
  } catch (error) {
    return tooLarge(error);
  }
}
