// The schedule of beat as Python writes it (celery/beat.py and celery/schedules.py are the other half).

import { wait, type Body } from '#lib/node/promise.ts';
import type { PythonPort } from '#lib/node/python-port.ts';
import type { PublishOptions } from '../app.ts';
import { Crontab, CRONTAB_FIELDS, type CrontabFields } from '../beat/crontab.ts';
import { intervalOf, type PeriodicEntry, type Schedule } from '../beat/schedule.ts';
import { PythonCall, PythonError, type PythonFailure } from './values.ts';

interface Line {
  name: string;
  task: string;
  schedule: { seconds: number } | { crontab: CrontabFields };
  positional: string;
  keywords: string;
  reprs: { positional: string; keywords: string };
  options: PublishOptions;
}

/** Which values each field of a `crontab` stands for; throws what makes no sense. */
export function crontabValues(fields: CrontabFields): Record<string, number[]> {
  const crontab = new Crontab(fields);
  return Object.fromEntries(CRONTAB_FIELDS.map((name) => [name, crontab.valuesOf(name)]));
}

/** Asks Python for its schedule; throws what the learner's code raised over it. */
export function* readSchedule(python: PythonPort, app: number): Body<readonly PeriodicEntry[]> {
  const answer = (yield* wait(python.enter('beat_schedule', { app }))) as
    { lines: Line[] } | { failure: PythonFailure };
  if ('failure' in answer) throw new PythonError(answer.failure);
  return answer.lines.map(({ positional, keywords, reprs, schedule, ...line }) => ({
    ...line,
    schedule: scheduleOf(schedule),
    call: new PythonCall(positional, keywords, reprs),
  }));
}

function scheduleOf(given: Line['schedule']): Schedule {
  return 'seconds' in given ? intervalOf(given.seconds) : new Crontab(given.crontab);
}
