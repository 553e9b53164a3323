// The task that the running code belongs to: what it sends becomes the task's child. With `-P threads`
// several run in one process, so it is the code's context that knows (`JobQueue.context`).

import { contextNow } from '#lib/node/promise.ts';
import type { CallContext } from './space.ts';

export class CurrentTask {
  readonly context: CallContext;
  /** JSON texts of what it has sent, as `children` of its result holds them. */
  readonly children: string[] = [];
  /** What the learner's language shows of it. */
  self: object | null = null;
  /** It runs in place of being sent, and must not wait for another one. */
  isJoinDenied = false;

  constructor(context: CallContext) {
    this.context = context;
  }

  get taskId(): string {
    return this.context.headers.id;
  }

  get rootId(): string {
    return this.context.headers.root_id;
  }
}

/** The task whose body, or what follows it, runs now. */
export function currentTask(): CurrentTask | null {
  const context = contextNow();
  return context instanceof CurrentTask ? context : null;
}
