import type { Task } from './flower.ts';

type Online = Record<string, boolean>;

export function isLost(task: Task, online: Online) {
  const isOpen = task.state === 'STARTED';
  return isOpen && !online[task.worker];
}
