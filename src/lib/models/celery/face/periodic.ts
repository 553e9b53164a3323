// The schedule of beat as TypeScript learners write it: `app.conf.beatSchedule`, `addPeriodicTask`.

import type { CeleryApp } from '../app.ts';
import { Crontab } from '../beat/crontab.ts';
import { intervalOf, type PeriodicEntry, type Schedule } from '../beat/schedule.ts';
import { ImproperlyConfigured } from '../errors.ts';
import { callOf, checkOptions } from './context.ts';

type Options = Readonly<Record<string, unknown>>;

const ENTRY_KEYS = ['task', 'schedule', 'args', 'kwargs', 'options'] as const;
const SEND_OPTIONS = ['queue', 'ignoreResult'] as const;
const PERIODIC_OPTIONS = ['name', 'args', 'kwargs', ...SEND_OPTIONS] as const;

/**
 * The lines of `beatSchedule`.
 *
 * @throws ImproperlyConfigured with the name of the entry
 */
export function entriesOf(app: CeleryApp): PeriodicEntry[] {
  return Object.entries(app.settings.beatSchedule).map(([name, given]) => {
    checkOptions('entry of beatSchedule', given, ENTRY_KEYS);
    const { task, schedule, args = [], kwargs = {}, options = {} } = given as Options;
    checkOptions('option of an entry', options, SEND_OPTIONS);
    if (typeof task !== 'string') {
      throw new ImproperlyConfigured(`beatSchedule ${name}: task must be a task's name`);
    }
    return entryOf({ name, task, schedule, args, kwargs, options });
  });
}

/**
 * One line from `app.addPeriodicTask(schedule, task, options)`.
 *
 * @throws ImproperlyConfigured when it is no task
 */
export function periodicEntry(
  app: CeleryApp,
  schedule: unknown,
  task: unknown,
  options: Options,
): PeriodicEntry {
  checkOptions('option of addPeriodicTask', options, PERIODIC_OPTIONS);
  const { name, args = [], kwargs = {}, ...rest } = options;
  const taskName = typeof task === 'string' ? task : (task as { name?: unknown } | null)?.name;
  if (typeof taskName !== 'string' || !(typeof task === 'string' || app.tasks.has(taskName))) {
    throw new ImproperlyConfigured('addPeriodicTask needs a task: app.addPeriodicTask(10, add)');
  }
  const title = typeof name === 'string' ? name : `${taskName}()`;
  return entryOf({ name: title, task: taskName, schedule, args, kwargs, options: rest });
}

function entryOf(given: {
  name: string;
  task: string;
  schedule: unknown;
  args: unknown;
  kwargs: unknown;
  options: unknown;
}): PeriodicEntry {
  const { name, task, args, kwargs } = given;
  if (!Array.isArray(args)) throw new ImproperlyConfigured(`${name}: args must be a list`);
  const { positional, keywords } = callOf(args);
  return {
    ...{ name, task, schedule: scheduleOf(name, given.schedule) },
    call: { positional, keywords: { ...keywords, ...(kwargs as Options) } },
    options: given.options as PeriodicEntry['options'],
  };
}

function scheduleOf(name: string, given: unknown): Schedule {
  if (given instanceof Crontab) return given;
  if (typeof given === 'number') return intervalOf(given);
  throw new ImproperlyConfigured(`${name}: schedule must be a number of seconds or crontab({…})`);
}
