// What happens next in a node whose schedule is given (CSP1, docs/rules): when every process has come to
// an operation, to the end of a channel or to its own end, one of the steps that are possible is taken,
// by the next number of the schedule. Without a schedule there is no scheduler, and who comes first meets.

import type { NodeProcess } from '#lib/node/process.ts';
import type { Home } from './home.ts';
import type { Direction } from './operation.ts';

/** Something that may happen next. */
export interface Step {
  /** In the trace; no two steps that are possible at a time have the same. */
  readonly text: string;
  /** Processes that go on by it, or whose waiting it ends. */
  readonly processes: readonly string[];
  /** What of channels it changes: of a buffer, one side (`A in`, `A out`). */
  readonly places: readonly string[];
  /** Virtual time that has to pass first: of a timeout. */
  readonly delayUs?: number;
  take(): void;
}

/** The place of all ends of one kind: how many there are decides when a channel retires. */
export function endsOf(channel: string, direction: Direction): string {
  return `${channel} ${direction === 'read' ? 'readers' : 'writers'}`;
}

export class Scheduler {
  readonly #node: NodeProcess;
  readonly #choices: readonly number[];
  readonly #homes: Home[] = [];
  readonly #asked = new Set<() => Step>();
  #stepCount = 0;
  #choiceCount = 0;
  #opened: string[] = [];

  /** @param choices which step is taken where several are possible, counted from 0; the first beyond them */
  constructor(node: NodeProcess, choices: readonly number[]) {
    this.#node = node;
    this.#choices = choices;
  }

  /** What meets at a channel, meets when the schedule says so. */
  watch(home: Home): void {
    home.isScheduled = true;
    this.#homes.push(home);
  }

  /**
   * Offers a step of one process.
   *
   * @returns takes the offer back
   */
  ask(step: () => Step): () => void {
    this.#asked.add(step);
    return () => this.#asked.delete(step);
  }

  /** An end was made, by whoever went on by the last step: who retires another is in its way. */
  noteOpened(channel: string, direction: Direction): void {
    this.#opened.push(endsOf(channel, direction));
  }

  /** Takes one step, in a turn of its own; false when none is possible. */
  next(): boolean {
    const steps = [...this.#homes.flatMap((home) => home.steps()), ...this.#offered()];
    if (steps.length === 0) return false;
    const taken = steps.length === 1 ? 0 : this.#choice(steps.length);
    this.#node.state('pycsp schedule', {
      step: ++this.#stepCount,
      taken,
      steps: steps.map(({ text, processes, places }) => ({ text, processes, places })),
      ...(this.#opened.length > 0 && { opened: this.#opened }),
    });
    this.#opened = [];
    const step = steps[taken]!;
    this.#node.setTimer(step.delayUs ?? 0, () => step.take(), { label: 'schedule' });
    return true;
  }

  #offered(): Step[] {
    return [...this.#asked].map((step) => step());
  }

  #choice(count: number): number {
    const number = this.#choiceCount++;
    const choice = this.#choices[number] ?? 0;
    if (choice < count) return choice;
    // The program has changed since the schedule was found.
    const place = `schedule.json: choice ${number + 1} is ${choice}`;
    this.#node.write(
      'stderr',
      `${place}, and there are ${count} steps: the first is taken\n`,
      false,
    );
    return 0;
  }
}
