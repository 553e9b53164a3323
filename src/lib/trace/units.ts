// Units of work that models tell of by id, whatever the model: tasks of Celery, futures of SCOOP, tasks of
// Disco. How often each was begun and finished, where, and when first. Made of
//
//   state  `call/<id>`, `task/<id>`   what it does; SENT, STARTED, and how it ended (ledger.ts)
//   state  `scoop futures`            { id, call, state }
//   state  `disco jobs`, `disco tasks`   which are active; [{ job, task, state, node, attempt, failures }]
//
// A fold that is fed event by event, so that a growing trace is read once.

import type { JsonValue } from '#lib/protocol/trace.ts';
import { Steps } from './steps.ts';
import type { TraceStore } from './store.ts';
import { isRecord } from './told.ts';

export type UnitKind = 'celery' | 'scoop' | 'disco';

export interface Unit {
  kind: UnitKind;
  id: string;
  /** `tasks.add(4, 4)`, `map:0`. */
  what: string;
  /** Times its work began, */
  begun: number;
  /** ended well, */
  done: number;
  /** ended with an error, */
  failed: number;
  /** or was found to be lost, before or after its end. */
  lost: number;
  /** Nodes at which it began, each once, in this order. */
  nodes: string[];
  submittedUs: number;
  /** When it ended first, well or badly; null before. */
  endedUs: number | null;
  /** The event that first told of it. */
  firstId: number;
  isWaiting: boolean;
  /** Of Disco: the attempt that was told last, and how it stood. */
  attempt: number | null;
  state: string;
}

const TASK = 'task/';
const CALL = 'call/';
const DONE: ReadonlySet<string> = new Set(['SUCCESS', 'done']);
const FAILED: ReadonlySet<string> = new Set(['FAILURE', 'REVOKED', 'failed']);
const BEGUN: ReadonlySet<string> = new Set(['STARTED', 'running']);

export class Units {
  /** In the order in which they were first told of. */
  readonly all = new Map<string, Unit>();
  /** Those that have ended, in this order. */
  readonly ended: Unit[] = [];
  /** How many are submitted and have not begun, by model. */
  readonly waiting = new Map<UnitKind, Steps>();
  readonly #trace: TraceStore;
  #activeJobs: ReadonlySet<string> = new Set();

  constructor(trace: TraceStore) {
    this.#trace = trace;
  }

  /** @param id of any event, later than those before */
  take(id: number): void {
    if (this.#trace.kindAt(id) !== 'state') return;
    const name = this.#trace.textAt(id, 'name')!;
    const value = this.#trace.valueAt(id, 'value');
    if (name.startsWith(TASK)) this.#takeTask(id, name.slice(TASK.length), String(value));
    else if (name.startsWith(CALL)) this.#takeCall(id, name.slice(CALL.length), value);
    else if (name === 'scoop futures') this.#takeFuture(id, value);
    else if (name === 'disco jobs') this.#activeJobs = activeOf(value);
    else if (name === 'disco tasks') this.#takeDisco(id, value);
  }

  #takeCall(id: number, unitId: string, value: JsonValue | undefined): void {
    const unit = this.#unit(id, 'celery', unitId);
    if (isRecord(value) && typeof value['what'] === 'string') unit.what = value['what'];
  }

  #takeTask(id: number, unitId: string, state: string): void {
    const unit = this.#unit(id, 'celery', unitId);
    if (state === 'SENT' && unit.begun === 0) this.#wait(unit, id, true);
    this.#move(unit, id, state);
  }

  #takeFuture(id: number, value: JsonValue | undefined): void {
    if (!isRecord(value)) return;
    const { id: unitId, call, state } = value;
    if (typeof unitId !== 'string' || typeof state !== 'string') return;
    const unit = this.#unit(id, 'scoop', unitId);
    if (typeof call === 'string') unit.what = call;
    // It goes on where it has waited for others.
    const isResumed = state === 'running' && unit.state === 'waiting';
    if (state === 'submitted' || state === 'lost') this.#wait(unit, id, true);
    if (state === 'lost') unit.lost++;
    if (!isResumed) this.#move(unit, id, state);
    unit.state = state;
  }

  #takeDisco(id: number, value: JsonValue | undefined): void {
    const items = Array.isArray(value) ? (value as readonly JsonValue[]).filter(isRecord) : [];
    let waiting = 0;
    for (const { job, task, state, node, attempt, failures } of items) {
      const unit = this.#unit(id, 'disco', `${String(job)}/${String(task)}`);
      unit.what = String(task);
      const told = String(state);
      if (this.#activeJobs.has(String(job)) && (told === 'waiting' || told === 'pending')) {
        waiting++;
      }
      const isNew = typeof attempt === 'number' && attempt !== unit.attempt;
      if (isNew) {
        unit.attempt = attempt;
        this.#begin(unit, String(node));
      }
      if (unit.state === 'done' && told !== 'done') unit.lost++;
      if (told === 'done' && unit.state !== 'done') this.#end(unit, id, 'done');
      if (typeof failures === 'number') unit.failed = failures;
      unit.state = told;
    }
    this.#stepsOf('disco').set(this.#trace.timeAt(id), waiting);
  }

  #move(unit: Unit, id: number, state: string): void {
    if (BEGUN.has(state)) {
      this.#wait(unit, id, false);
      this.#begin(unit, this.#trace.processAt(id).node);
    } else if (DONE.has(state)) this.#end(unit, id, 'done');
    else if (FAILED.has(state)) this.#end(unit, id, 'failed');
  }

  #begin(unit: Unit, node: string): void {
    unit.begun++;
    if (!unit.nodes.includes(node)) unit.nodes.push(node);
  }

  #end(unit: Unit, id: number, how: 'done' | 'failed'): void {
    this.#wait(unit, id, false);
    unit[how]++;
    if (unit.endedUs !== null) return;
    unit.endedUs = this.#trace.timeAt(id);
    this.ended.push(unit);
  }

  #wait(unit: Unit, id: number, isWaiting: boolean): void {
    if (unit.isWaiting === isWaiting) return;
    unit.isWaiting = isWaiting;
    this.#stepsOf(unit.kind).change(this.#trace.timeAt(id), isWaiting ? 1 : -1);
  }

  #stepsOf(kind: UnitKind): Steps {
    let steps = this.waiting.get(kind);
    if (!steps) this.waiting.set(kind, (steps = new Steps()));
    return steps;
  }

  #unit(id: number, kind: UnitKind, unitId: string): Unit {
    let unit = this.all.get(unitId);
    if (!unit) {
      const none = { begun: 0, done: 0, failed: 0, lost: 0, nodes: [], endedUs: null };
      const submittedUs = this.#trace.timeAt(id);
      unit = {
        ...{ kind, id: unitId, what: unitId, ...none, submittedUs, firstId: id },
        ...{ isWaiting: false, attempt: null, state: '' },
      };
      this.all.set(unitId, unit);
    }
    return unit;
  }
}

function activeOf(value: JsonValue | undefined): ReadonlySet<string> {
  const jobs = Array.isArray(value) ? (value as readonly JsonValue[]).filter(isRecord) : [];
  return new Set(jobs.filter(({ status }) => status === 'active').map(({ name }) => String(name)));
}
