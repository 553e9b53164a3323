// Where tasks run.

import type { CeleryApp } from '../app.ts';
import type { Log } from './log.ts';

export interface TaskHost {
  app: CeleryApp;
  log: Log;
  /** `w1@w1`. */
  hostname: string;
}
