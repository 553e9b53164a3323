import type { Task } from './flower.ts';

type Online = Record<string, boolean>;

export function isLost(task: Task, online: Online) {
  return task.state === 'STARTED';
}
