// How long a task may take: its own limits, which came with its message, else the worker's.

import { pythonFloat } from '../json.ts';
import type { CeleryApp, TaskOptions } from '../app.ts';
import type { Settings } from '../conf.ts';
import type { WorkerOptions } from './options.ts';
import type { TimeLimit, TimeLimits } from './pool.ts';
import type { Request } from './request.ts';

/** Of a task, in seconds; 0: none. */
export type OwnLimits = Pick<TaskOptions, 'timeLimit' | 'softTimeLimit'>;

type Given = Pick<WorkerOptions, 'timeLimit' | 'softTimeLimit'>;

/** Reads the worker's limits once; returns what holds for a request. */
export function limitsFor(given: Given, settings: Settings): (request: Request) => TimeLimits {
  const hard = fromOption(given.timeLimit) ?? written(settings.taskTimeLimit);
  const soft = fromOption(given.softTimeLimit) ?? written(settings.taskSoftTimeLimit);
  return ({ headers, task }) => {
    const [ownHard, ownSoft] = headers.timelimit;
    return {
      hard: written(ownHard ?? task.options.timeLimit) ?? hard,
      soft: written(ownSoft ?? task.options.softTimeLimit) ?? soft,
    };
  };
}

/** What remote control has asked for since the last connection to the broker holds from now on. */
export function takeNewLimits({ tasks }: CeleryApp, asked: Map<string, OwnLimits>): void {
  for (const [name, limits] of asked) {
    const task = tasks.get(name)!;
    tasks.set(name, { ...task, options: { ...task.options, ...limits } });
  }
  asked.clear();
}

/** As a program wrote it: `1`. 0 is none. */
function written(seconds: number | undefined): TimeLimit | null {
  return seconds ? { seconds, text: String(seconds) } : null;
}

/** The command line's are floats: `1.0`. */
function fromOption(seconds: number | null): TimeLimit | null {
  return seconds ? { seconds, text: pythonFloat(seconds) } : null;
}
