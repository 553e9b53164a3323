// The process of one task: `disco-worker`, started by its node.

import type { TaskOrder } from '../protocol.ts';

/** The word that starts a worker; not offered to learners. */
export const WORKER_COMMAND = 'disco-worker';

/** `-A` tells which language the process runs. Shuffling needs none of the learner's. */
export function workerArgv({ program, stage, task }: TaskOrder): readonly string[] {
  const words = [WORKER_COMMAND, `${stage}:${task}`];
  return stage.endsWith('shuffle') ? words : [...words, '-A', program];
}
