// Faults by pattern: watches messages as they are committed and says which faults strike.

import type { Fault, FaultAction, FaultPattern } from '#lib/protocol/faults.ts';
import type { Process } from './process.ts';

export type Moment = 'send' | 'beforeSend' | 'deliver';

interface Watch {
  moment: Moment;
  msg: string;
  pattern: FaultPattern;
  action: FaultAction;
  matchCount: number;
}

export class FaultWatch {
  #watches: Watch[] = [];

  constructor(faults: readonly Fault[]) {
    for (const fault of faults) {
      if (!('on' in fault)) continue;
      const { on: pattern, ...action } = fault;
      const [moment, msg] = momentOf(pattern);
      this.#watches.push({ moment, msg, pattern, action: action as FaultAction, matchCount: 0 });
    }
  }

  get isEmpty(): boolean {
    return this.#watches.length === 0;
  }

  /** While this holds, the kernel runs one instant at a time (KT3). */
  get needsSteps(): boolean {
    return this.#watches.some(({ action }) => !('kill' in action) && !('powerOff' in action));
  }

  /** The faults that strike at this message, in the order of the file. */
  match(moment: Moment, msg: string, from: Process, to: Process): FaultAction[] {
    const struck: FaultAction[] = [];
    this.#watches = this.#watches.filter((watch) => {
      if (watch.moment !== moment || watch.msg !== msg) return true;
      if (!isNamed(watch.pattern.from, from) || !isNamed(watch.pattern.to, to)) return true;
      watch.matchCount++;
      const strikes = watch.pattern.every || watch.matchCount === (watch.pattern.nth ?? 1);
      if (strikes) struck.push(watch.action);
      return watch.pattern.every || !strikes;
    });
    return struck;
  }
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
