// `celery -A tasks beat`: what it prints when it starts (celery/apps/beat.py), and its end by signal.

import { run, type Body } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import { VERSION } from '../worker/banner.ts';
import { Log, timeText, type Level } from '../worker/log.ts';
import { Beat, MAX_INTERVAL_S } from './beat.ts';
import { humanSeconds } from './schedule.ts';

export interface BeatOptions {
  level: Level;
  /** Path of the state file; '' for the setting's. */
  schedule: string;
}

/** Runs until a signal ends it. */
export function* beatMain(app: CeleryApp, options: BeatOptions): Body<void> {
  const { process } = app;
  const { level } = options;
  const schedule = options.schedule || app.settings.beatScheduleFilename;
  const log = new Log(process, level, 'MainProcess');
  process.write('stdout', banner(app, level, schedule));
  const beat = new Beat(app, log, schedule);
  process.onSignal('SIGTERM', () => beat.stop());
  process.onSignal('SIGINT', () => beat.stop());
  yield* beat.run();
  process.exit(0);
}

function banner(app: CeleryApp, level: Level, schedule: string): string {
  return [
    `celery beat ${VERSION} is starting.`,
    '__    -    ... __   -        _',
    `LocalTime -> ${timeText(app.process.wallUs())}`,
    'Configuration ->',
    `    . broker -> ${app.transportDescription}`,
    '    . loader -> celery.loaders.app.AppLoader',
    '    . scheduler -> celery.beat.PersistentScheduler',
    `    . db -> ${schedule}`,
    `    . logfile -> [stderr]@%${level}`,
    `    . maxinterval -> ${humanSeconds(MAX_INTERVAL_S)} (${MAX_INTERVAL_S}s)`,
    '',
  ].join('\n');
}

/** `worker -B`. Simplified: in the worker's own process; the real one forks another. */
export function embedBeat(app: CeleryApp, { level, schedule }: BeatOptions): Beat {
  const path = schedule || app.settings.beatScheduleFilename;
  const beat = new Beat(app, new Log(app.process, level, 'Beat'), path);
  run(beat.run());
  return beat;
}
