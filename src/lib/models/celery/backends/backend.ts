// Where results are kept, and what a result is on the wire (SEMANTICS 1.3).

import type { Body, SimPromise } from '#lib/node/promise.ts';
import { dumps, partsOf, RawJson } from '../json.ts';
import type { WireError } from '../space.ts';

export type TaskState = 'PENDING' | 'STARTED' | 'SUCCESS' | 'FAILURE' | 'RETRY' | 'REVOKED';

/** What is known of a task. */
export interface ResultMeta {
  status: string;
  /** JSON text of the result, of the exception, or of what STARTED tells. */
  resultText: string;
  traceback: string | null;
  /** When it ended, ISO. */
  dateDone: string | null;
}

/** Unknown tasks are pending, never an error. */
export const PENDING: ResultMeta = {
  status: 'PENDING',
  resultText: 'null',
  traceback: null,
  dateDone: null,
};

const READY_STATES: ReadonlySet<string> = new Set(['SUCCESS', 'FAILURE', 'REVOKED']);

export function isReady({ status }: ResultMeta): boolean {
  return READY_STATES.has(status);
}

/** Who a stored result is for. */
export interface ResultTarget {
  taskId: string;
  correlationId: string;
  replyTo: string;
}

export interface ResultBackend {
  /** As the worker's banner shows it: `redis://redis:6379/2`, `rpc://`, `disabled://`. */
  readonly description: string;
  /** Nodes that could end a wait for a result. */
  readonly hosts: readonly string[];
  /** A client is about to publish this task (Celery subscribes before it sends). */
  onTaskCall(taskId: string): Body<void>;
  /** Where the worker is told to send the result; '' when it knows by itself. */
  readonly replyTo: string;
  /**
   * Stores a result or a state.
   *
   * @throws RedisConnectionError, OperationalError when the store cannot be reached
   */
  store(target: ResultTarget, meta: ResultMeta): Body<void>;
  /** What is known now. */
  meta(taskId: string): Body<ResultMeta>;
  /**
   * Waits until the task has ended.
   *
   * @param whileWaiting wraps the wait itself, for the report of who waits for what (KT8)
   */
  wait(taskId: string, whileWaiting: WhileWaiting): Body<ResultMeta>;
}

export type WhileWaiting = <T>(promise: SimPromise<T>) => Body<T>;

/** The JSON of a result, keys in Celery's order. */
export function writeMeta(taskId: string, meta: ResultMeta): string {
  return dumps({
    status: meta.status,
    result: new RawJson(meta.resultText),
    traceback: meta.traceback,
    children: [],
    date_done: meta.dateDone,
    task_id: taskId,
  });
}

/** Reads a result; throws JsonError when it is none. */
export function readMeta(text: string): { taskId: string; meta: ResultMeta } {
  const parts = partsOf(text);
  const plain = (name: string): string | null =>
    JSON.parse(parts.get(name) ?? 'null') as string | null;
  return {
    taskId: plain('task_id') ?? '',
    meta: {
      status: plain('status') ?? 'PENDING',
      resultText: parts.get('result') ?? 'null',
      traceback: plain('traceback'),
      dateDone: plain('date_done'),
    },
  };
}

/** The `result` member of a failure. */
export function writeError(error: WireError): string {
  return dumps({
    exc_type: error.type,
    exc_message: new RawJson(error.argumentsText),
    exc_module: error.module,
  });
}

export function readError(resultText: string): WireError {
  const parts = partsOf(resultText);
  const plain = (name: string): string => String(JSON.parse(parts.get(name) ?? '""'));
  return {
    type: plain('exc_type'),
    module: plain('exc_module'),
    argumentsText: parts.get('exc_message') ?? '[]',
  };
}
