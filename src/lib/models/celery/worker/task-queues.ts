// The queues that a worker consumes from: those of its command line or its settings, and what remote
// control has added or taken away since.

import type { Settings } from '../conf.ts';
import { defaultQueues, queueSpec, type QueueSetting, type QueueSpec } from '../routing.ts';

export class TaskQueues {
  readonly #settings: Settings;
  readonly #specs = new Map<string, QueueSpec>();

  /** @param names none: what the settings say */
  constructor(settings: Settings, names: readonly string[]) {
    this.#settings = settings;
    for (const name of names.length > 0 ? names : defaultQueues(settings)) this.add(name, {});
  }

  get names(): string[] {
    return [...this.#specs.keys()];
  }

  get specs(): QueueSpec[] {
    return [...this.#specs.values()];
  }

  get(name: string): QueueSpec {
    return this.#specs.get(name)!;
  }

  /**
   * @param given counts when the settings say nothing of the queue
   * @returns false when it is one of them already
   */
  add(name: string, given: Omit<QueueSetting, 'name'>): boolean {
    if (this.#specs.has(name)) return false;
    const isKnown = this.#settings.taskQueues.some((one) => one.name === name);
    const spec = queueSpec(this.#settings, name);
    this.#specs.set(name, isKnown ? spec : { ...spec, ...given });
    return true;
  }

  delete(name: string): boolean {
    return this.#specs.delete(name);
  }
}
