// The object space: what a worker does with a learner's functions and values, of whichever language.
// A whole task is one call: entries and pairs never cross into the engine one by one, which would cost
// Python a switch of stacks for each.

import type { SimPromise } from '#lib/node/promise.ts';
import type { TaskOrder } from './protocol.ts';

/** An input that has been fetched. */
export interface Read {
  url: string;
  label: number;
  bytes: Uint8Array;
}

export interface TaskWork {
  order: Omit<TaskOrder, 'inputs'>;
  /** In the order in which they are to be read. */
  inputs: readonly Read[];
  /** Something for the job's events; resolves when the node has taken it. */
  say(text: string): SimPromise<void>;
}

export interface TaskResult {
  /** What is to be written, by label. */
  outputs: ReadonlyMap<number, Uint8Array>;
  /** `Done: 42 entries mapped`; empty where a task has nothing to say. */
  message: string;
}

export interface ObjectSpace {
  /** Loads what the task refers to. */
  load(order: Omit<TaskOrder, 'inputs'>): SimPromise<void>;
  /** Runs `map` or `reduce` over all inputs. Rejects with what the learner's code threw. */
  run(work: TaskWork): SimPromise<TaskResult>;
  /** What an exception means for the job, and its text. */
  problemOf(error: unknown): SimPromise<{ isFatal: boolean; text: string }>;
}
