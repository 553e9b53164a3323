// The search of all schedules of a CSP program (CSP2, docs/rules): depth first over the choices that its
// node reports (`pycsp schedule`), each schedule run from the start. Pure: it knows neither kernel nor page.
//
// Two steps that share no process and no place do not depend on each other, and schedules that differ in
// their order alone are tried once: what was tried at a choice "sleeps" below its siblings until
// a step comes that depends on it (sleep sets, Godefroid 1996). That finds every deadlock.

/** A step that was possible, as the trace tells of it. */
export interface StepSeen {
  readonly text: string;
  readonly processes: readonly string[];
  /** What of channels it changes. */
  readonly places: readonly string[];
}

/** What was possible at a moment, and what was taken. */
export interface ChoiceSeen {
  readonly taken: number;
  readonly steps: readonly StepSeen[];
  /** What the step before it has changed besides: ends of channels were made. */
  readonly opened?: readonly string[];
}

/** `failed`: the node or one of its processes has; `endless`: longer than the search looks. */
export type Outcome = 'ended' | 'deadlock' | 'failed' | 'endless';

export interface Tried {
  readonly choices: readonly ChoiceSeen[];
  readonly outcome: Outcome;
}

export interface Exploration {
  /** `ended`: all schedules do. `many`: as far as they were tried. Else how `schedule` ends. */
  readonly outcome: Outcome | 'many';
  /** Schedules that were tried, without those that differ in the order of independent steps only. */
  readonly count: number;
  /** Where it ends like that: for schedule.json. Empty for `ended` and `many`. */
  readonly schedule: readonly number[];
}

/** As many as are tried. */
export const SCHEDULES_MAX = 100_000;

/** Steps by their texts. */
type Steps = Map<string, StepSeen>;

interface Level {
  readonly steps: readonly StepSeen[];
  taken: number;
  /** Steps whose schedules are tried elsewhere. */
  readonly asleep: Steps;
  /** Steps whose schedules have been tried here. */
  readonly done: Steps;
}

/**
 * Tries all schedules of a program.
 *
 * @param attempt runs the program by a schedule, and then by the first step each time
 * @param onprogress called with the number of schedules tried; a promise holds the search up
 */
export async function searchSchedules(
  attempt: (schedule: readonly number[]) => Promise<Tried>,
  onprogress: (count: number) => Promise<void> | void = () => undefined,
  countMax: number = SCHEDULES_MAX,
): Promise<Exploration> {
  const levels: Level[] = [];
  let count = 0;
  for (let runCount = 0; runCount < countMax; runCount++) {
    const { choices, outcome } = await attempt(scheduleOf(levels));
    const isNew = deepen(levels, choices);
    if (isNew) count++;
    if (isNew && outcome !== 'ended') return { outcome, count, schedule: scheduleOf(levels) };
    await onprogress(count);
    if (!advance(levels)) return { outcome: 'ended', count, schedule: [] };
  }
  return { outcome: 'many', count, schedule: [] };
}

/** What schedule.json says: only where there is a choice. */
function scheduleOf(levels: readonly Level[]): number[] {
  return levels.filter(({ steps }) => steps.length > 1).map(({ taken }) => taken);
}

/** Adds what the run found below. False when it took a step that sleeps: it is tried elsewhere. */
function deepen(levels: Level[], choices: readonly ChoiceSeen[]): boolean {
  const last = levels.at(-1);
  if (last) note(last, choices[levels.length]);
  for (let depth = levels.length; depth < choices.length; depth++) {
    const { steps, taken } = choices[depth]!;
    const level: Level = { steps, taken, asleep: asleepBelow(levels.at(-1)), done: new Map() };
    levels.push(level);
    note(level, choices[depth + 1]);
    if (level.asleep.has(steps[taken]!.text)) return false;
  }
  return true;
}

/** Tried: the step that a level takes, with all that it changes. */
function note({ steps, taken, done }: Level, next: ChoiceSeen | undefined): void {
  const step = steps[taken]!;
  done.set(step.text, { ...step, places: [...step.places, ...(next?.opened ?? [])] });
}

/** What sleeps after the step that a level takes: all that was tried there and does not depend on it. */
function asleepBelow(level: Level | undefined): Steps {
  if (!level) return new Map();
  const { steps, taken, asleep, done } = level;
  const { text } = steps[taken]!;
  const step = done.get(text)!;
  const others = [...asleep, ...done].filter(([name]) => name !== text);
  return new Map(others.filter(([, other]) => isIndependent(nowOf(other, steps), step)));
}

/** A step that sleeps may by now end the waiting of more processes. */
function nowOf(asleep: StepSeen, steps: readonly StepSeen[]): StepSeen {
  const now = steps.find(({ text }) => text === asleep.text);
  return now ? { ...asleep, processes: now.processes } : asleep;
}

export function isIndependent(a: StepSeen, b: StepSeen): boolean {
  const isShared = (list: readonly string[], other: readonly string[]): boolean =>
    list.some((name) => other.includes(name));
  return !isShared(a.processes, b.processes) && !isShared(a.places, b.places);
}

/** To the next schedule that was not tried; false when there is none. */
function advance(levels: Level[]): boolean {
  for (let level = levels.at(-1); level; level = levels.at(-1)) {
    const { steps, done, asleep } = level;
    const next = steps.findIndex(({ text }) => !done.has(text) && !asleep.has(text));
    if (next >= 0) {
      level.taken = next;
      return true;
    }
    levels.pop();
  }
  return false;
}
