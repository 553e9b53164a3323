// What is known of tasks by their events (celery/events/state.py, `Task` and `State`): fields as the last
// event that counts has left them. Events come in any order: what logically lies before the state that a
// task has already adds to it and does not take it back.

import { dumps } from '../json.ts';
import type { EventFields } from './event.ts';
import { textField } from './event.ts';
import { WorkerStates } from './worker-states.ts';

/** State by the end of an event's type. */
const STATES: Readonly<Record<string, string>> = {
  sent: 'PENDING',
  received: 'RECEIVED',
  started: 'STARTED',
  failed: 'FAILURE',
  retried: 'RETRY',
  succeeded: 'SUCCESS',
  revoked: 'REVOKED',
  rejected: 'REJECTED',
};
/** From the state that holds over all others to the one that any other replaces (celery/states.py). */
const PRECEDENCE = [
  'SUCCESS',
  'FAILURE',
  null,
  'REVOKED',
  'STARTED',
  'RECEIVED',
  'REJECTED',
  'RETRY',
];
/** All that a late `task-received` may still tell. */
const RECEIVED_FIELDS: ReadonlySet<string> = new Set([
  ...['name', 'args', 'kwargs', 'parent_id', 'root_id', 'retries', 'eta', 'expires'],
]);
/** So many tasks are kept. */
const TASKS_MAX = 10_000;

/** The fields of a task, in the order in which the real one lists them. */
const TASK_FIELDS = [
  ...['uuid', 'name', 'state', 'received', 'sent', 'started', 'rejected', 'succeeded', 'failed'],
  ...['retried', 'revoked', 'args', 'kwargs', 'eta', 'expires', 'retries', 'worker', 'result'],
  ...['exception', 'timestamp', 'runtime', 'traceback', 'exchange', 'routing_key', 'clock'],
  ...['client', 'root', 'root_id', 'parent', 'parent_id', 'children'],
] as const;

export class TaskState {
  state = 'PENDING';
  /** Name of the worker that told of it last, '' before any. */
  worker = '';
  /** As JSON texts. */
  readonly #fields = new Map<string, string>();

  constructor(uuid: string) {
    this.#fields.set('uuid', dumps(uuid));
  }

  get name(): string {
    return textField(this.#fields, 'name');
  }

  hear(subject: string, event: EventFields): void {
    const hostname = event.get('hostname') ?? 'null';
    if (subject === 'sent') this.#fields.set('client', hostname);
    else this.worker = textField(event, 'hostname');
    const known = STATES[subject];
    const state = known ?? subject.toUpperCase();
    if (known !== undefined) this.#fields.set(subject, event.get('timestamp') ?? 'null');
    const isEarlier =
      state !== 'RETRY' && this.state !== 'RETRY' && precedence(state) > precedence(this.state);
    for (const [name, value] of event) {
      if (isEarlier && state === 'RECEIVED' && !RECEIVED_FIELDS.has(name)) continue;
      this.#fields.set(name, value);
    }
    if (!isEarlier) this.state = state;
  }

  /** JSON texts by name, as `Task.as_dict` gives them. */
  entries(): [string, string][] {
    const given = new Map(this.#fields);
    given.set('state', dumps(this.state));
    given.set('worker', dumps(this.worker === '' ? null : this.worker));
    given.set('root', given.get('root_id') ?? 'null');
    given.set('parent', given.get('parent_id') ?? 'null');
    given.set('children', '[]');
    return TASK_FIELDS.map((name) => [name, given.get(name) ?? 'null']);
  }
}

export class ClusterState {
  readonly workers: WorkerStates['workers'];
  readonly tasks = new Map<string, TaskState>();
  readonly #workers = new WorkerStates(null);

  constructor() {
    this.workers = this.#workers.workers;
  }

  hear(event: EventFields): void {
    const type = textField(event, 'type');
    const mark = type.indexOf('-');
    const [group, subject] = [type.slice(0, mark), type.slice(mark + 1)];
    if (group === 'worker') this.#workers.hear(event);
    else if (group === 'task') this.#taskOf(textField(event, 'uuid')).hear(subject, event);
  }

  /** Names of the tasks that were heard of, sorted. */
  get taskTypes(): string[] {
    const names = new Set([...this.tasks.values()].map(({ name }) => name));
    names.delete('');
    return [...names].sort();
  }

  #taskOf(uuid: string): TaskState {
    let task = this.tasks.get(uuid);
    if (task) return task;
    task = new TaskState(uuid);
    this.tasks.set(uuid, task);
    if (this.tasks.size > TASKS_MAX) this.tasks.delete(this.tasks.keys().next().value!);
    return task;
  }
}

/** PENDING is the last; a state of the program's own stands behind FAILURE. */
function precedence(state: string): number {
  if (state === 'PENDING') return PRECEDENCE.length;
  const index = PRECEDENCE.indexOf(state);
  return index < 0 ? PRECEDENCE.indexOf(null) : index;
}
