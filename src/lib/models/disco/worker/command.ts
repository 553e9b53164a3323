// The process of one task: `disco-worker`, started by its node.

import type { TaskOrder } from '../protocol.ts';

/** The word that starts a worker; not offered to learners. */
export const WORKER_COMMAND = 'disco-worker';

const PYTHON_COMMAND = ['python', '-m', 'disco.worker.task'];

/** Its first words tell which language it runs. Shuffling needs none of the learner's. */
export function workerArgv({ language, stage, role, task }: TaskOrder): readonly string[] {
  const isPython = language === 'py' && role !== 'shuffle';
  return [...(isPython ? PYTHON_COMMAND : [WORKER_COMMAND]), `${stage}:${task}`];
}
