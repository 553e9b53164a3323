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
  /** JSON text of the tuples of what it sent itself; an empty list by default. */
  childrenText?: string;
  /** What else is kept of it, by the names on the wire. */
  details?: Readonly<Record<string, unknown>>;
}

/** Unknown tasks are pending, never an error. */
export const PENDING: ResultMeta = {
  status: 'PENDING',
  resultText: 'null',
  traceback: null,
  dateDone: null,
};

const READY_STATES: ReadonlySet<string> = new Set(['SUCCESS', 'FAILURE', 'REVOKED']);

export function isFailed({ status }: ResultMeta): boolean {
  return status === 'FAILURE' || status === 'REVOKED';
}

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
  /**
   * Stores a result or a state.
   *
   * @throws RedisConnectionError, OperationalError when the store cannot be reached
   */
  store(target: ResultTarget, meta: ResultMeta): Body<void>;
  /** What is known now. */
  meta(taskId: string): Body<ResultMeta>;
  /**
   * Waits until the task has ended, or one of those that are watched has failed.
   *
   * @param whileWaiting wraps the wait itself, for the report of who waits for what (KT8)
   */
  wait(wanted: Wanted, whileWaiting: WhileWaiting): Body<Found>;
  /**
   * Removes what is known of a task.
   *
   * @throws NotImplementedError where results are messages
   */
  forget(taskId: string): Body<void>;

  /** @throws NotImplementedError where chords cannot be done */
  ensureChordsAllowed(): void;
  /** How many parts a chord is to wait for. */
  setChordSize(groupId: string, size: number): Body<void>;
  /**
   * A member of a chord's header has ended.
   *
   * @returns all parts in their order when it was the last, else null
   */
  addChordPart(part: ChordPart): Body<ChordPart[] | null>;
  /**
   * One more part is to come.
   *
   * @throws NotImplementedError where chords cannot grow
   */
  extendChord(groupId: string): Body<void>;
  /** The chord is done with. */
  dropChord(groupId: string): Body<void>;

  /** Keeps which results belong to a group: the JSON text of their tuple. */
  saveGroup(groupId: string, tupleText: string): Body<void>;
  /** What `saveGroup` kept, or null. */
  restoreGroup(groupId: string): Body<string | null>;
  deleteGroup(groupId: string): Body<void>;
}

export interface Wanted {
  taskId: string;
  /** Tasks whose failure ends the wait too, the first ones first. */
  watched?: readonly string[];
}

/** What ended a wait: the task itself, or one that was watched. */
export interface Found {
  taskId: string;
  meta: ResultMeta;
}

/** What a member of a chord's header brings. */
export interface ChordPart {
  groupId: string;
  /** Its place in the header; null is last. */
  index: number | null;
  taskId: string;
  state: string;
  /** JSON text of the result or of the exception. */
  resultText: string;
}

export type WhileWaiting = <T>(promise: SimPromise<T>) => Body<T>;

/** What Celery adds when a chord cannot be done. */
export const CHORDS_NEED =
  'Note that a group chained with a task is also upgraded to be a chord,\n' +
  'as this pattern requires synchronization.\n\n' +
  'Result backends that supports chords: Redis, Database, Memcached, and more.';

/** The JSON of a result, keys in Celery's order. */
export function writeMeta(taskId: string, meta: ResultMeta): string {
  return dumps({
    status: meta.status,
    result: new RawJson(meta.resultText),
    traceback: meta.traceback,
    children: new RawJson(meta.childrenText ?? '[]'),
    date_done: meta.dateDone,
    ...meta.details,
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
      childrenText: parts.get('children') ?? '[]',
      details: detailsOf(parts),
    },
  };
}

const BASIC = ['status', 'result', 'traceback', 'children', 'date_done', 'task_id'];

function detailsOf(parts: ReadonlyMap<string, string>): Record<string, unknown> {
  const others = [...parts].filter(([name]) => !BASIC.includes(name));
  return Object.fromEntries(others.map(([name, text]) => [name, new RawJson(text)]));
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
