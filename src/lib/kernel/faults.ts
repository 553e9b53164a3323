// Faults by pattern: watches messages as they are committed and says which faults strike.

import { isMessageAction, type Fault, type FaultAction } from '#lib/protocol/faults.ts';
import type { FaultPattern } from '#lib/protocol/faults.ts';
import { usFromMs } from '#lib/protocol/time.ts';
import type { JsonValue } from '#lib/protocol/trace.ts';
import type { KernelPort } from './port.ts';
import type { Process } from './process.ts';

export type Moment = 'send' | 'beforeSend' | 'deliver';

interface Watch {
  moment: Moment;
  msg: string;
  pattern: FaultPattern;
  action: FaultAction;
  matchCount: number;
}

/** What faults do to one message. */
export interface Touch {
  isDropped: boolean;
  delayUs: number;
  copyCount: number;
  /** As written, for the trace. */
  actions: FaultAction[];
}

/** What strikes at one message: faults that touch it alone, and others. */
export interface Struck {
  touch: Touch | null;
  others: FaultAction[];
}

export const NOTHING: Struck = { touch: null, others: [] };

export class FaultWatch {
  #watches: Watch[] = [];
  /** Words whose arrival a fault may still change: nobody may see them before their commit. */
  readonly #touchedOnArrival = new Set<string>();

  constructor(faults: readonly Fault[]) {
    for (const fault of faults) {
      if (!('on' in fault)) continue;
      const { on: pattern, ...action } = fault;
      const [moment, msg] = momentOf(pattern);
      this.#watches.push({ moment, msg, pattern, action: action as FaultAction, matchCount: 0 });
    }
    this.#note();
  }

  get isEmpty(): boolean {
    return this.#watches.length === 0;
  }

  /**
   * While this holds, the kernel runs one instant at a time (KT3). Not for what strikes at commit
   * and touches nobody else: the end of its victim, and what becomes of the message itself.
   */
  get needsSteps(): boolean {
    return this.#watches.some(
      ({ action }) => !('kill' in action || 'powerOff' in action || isMessageAction(action)),
    );
  }

  /** True when a fault may change the arrival of a message of this word. */
  mayTouchArrival(msg: string): boolean {
    return this.#touchedOnArrival.has(msg);
  }

  /** The faults that strike at this message, in the order of the file. */
  match(moment: Moment, msg: string, from: Process, to: Process): Struck {
    let struck: Struck | null = null;
    let isOver = false;
    for (const watch of this.#watches) {
      if (watch.moment !== moment || watch.msg !== msg) continue;
      if (!isNamed(watch.pattern.from, from) || !isNamed(watch.pattern.to, to)) continue;
      watch.matchCount++;
      if (!watch.pattern.every && watch.matchCount !== (watch.pattern.nth ?? 1)) continue;
      struck = strikeWith(struck ?? { touch: null, others: [] }, watch.action);
      isOver ||= !watch.pattern.every;
    }
    if (isOver) {
      this.#watches = this.#watches.filter(
        ({ pattern, matchCount }) => pattern.every || matchCount < (pattern.nth ?? 1),
      );
      this.#note();
    }
    return struck ?? NOTHING;
  }

  #note(): void {
    this.#touchedOnArrival.clear();
    for (const { moment, msg, action } of this.#watches) {
      if (moment === 'deliver' && isMessageAction(action)) this.#touchedOnArrival.add(msg);
    }
  }
}

/** What two moments of one message together do to it. */
export function merged(a: Touch | null, b: Touch | null): Touch | null {
  if (!a || !b) return a ?? b;
  return {
    isDropped: a.isDropped || b.isDropped,
    delayUs: a.delayUs + b.delayUs,
    copyCount: a.copyCount + b.copyCount,
    actions: [...a.actions, ...b.actions],
  };
}

/** A fault that touches one message stands in the trace, before what it does. */
export function tellTouch(kernel: KernelPort, touch: Touch | null, sendId: number): void {
  for (const action of touch?.actions ?? []) {
    const fault = action as unknown as JsonValue;
    kernel.emit({ tUs: kernel.nowUs(), kind: 'fault', node: '', cause: sendId, fault });
  }
}

function strikeWith(struck: Struck, action: FaultAction): Struck {
  if (!isMessageAction(action)) {
    struck.others.push(action);
    return struck;
  }
  const touch = (struck.touch ??= { isDropped: false, delayUs: 0, copyCount: 0, actions: [] });
  touch.actions.push(action);
  if ('drop' in action) touch.isDropped = true;
  else if ('delay' in action) touch.delayUs += usFromMs(action.delay);
  else touch.copyCount++;
  return struck;
}

function momentOf(pattern: FaultPattern): [Moment, string] {
  if ('send' in pattern) return ['send', pattern.send];
  if ('beforeSend' in pattern) return ['beforeSend', pattern.beforeSend];
  return ['deliver', pattern.deliver];
}

/** A name means a process, or a node with its whole group. */
function isNamed(name: string | undefined, process: Process): boolean {
  return name === undefined || name === process.name || name === process.identity.node.name;
}
