// Tries all schedules of the CSP program in the workspace (CSP2), where nobody watches, and puts the one
// that deadlocks on stage.

import type { LabThread } from '#lib/runtime/lab.ts';
import type { Exploration } from '#lib/runtime/schedules.ts';
import { nodesOfFile, type Session } from './session.svelte.ts';

export class ScheduleSearch {
  readonly #session: Session;
  #count = $state(0);
  #found = $state.raw<Exploration | null>(null);
  #failure = $state<string | null>(null);
  #isRunning = $state(false);
  /** Of the files that were searched: what was found says nothing of others. */
  #files = $state.raw<object | null>(null);
  #node = '';
  #thread: LabThread | null = null;
  #isStopped = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Schedules tried so far. */
  get count(): number {
    return this.#count;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** What came of it; null before, and when the program has changed since. */
  get found(): Exploration | null {
    return this.#isOf(this.#session.programs) ? this.#found : null;
  }

  /** Why it could not be tried: the first mistake in the files, or what broke. */
  get failure(): string | null {
    return this.#failure;
  }

  async start(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#isStopped = false;
    this.#count = 0;
    this.#found = null;
    this.#failure = null;
    this.#files = this.#session.programs;
    try {
      const { node, thread } = await this.#session.startSearch();
      this.#node = node;
      this.#thread = thread;
      this.#found = await thread.explore((count) => (this.#count = count));
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
      if (!this.#isStopped) this.#failure = reason;
    } finally {
      this.#thread?.close();
      this.#thread = null;
      this.#isRunning = false;
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#thread?.close();
  }

  /** Runs by the schedule that was found. */
  watch(): void {
    if (this.#found) this.#session.follow(this.#node, this.#found.schedule);
  }

  #isOf(files: object): boolean {
    return JSON.stringify(files) === JSON.stringify(this.#files);
  }
}

/** The files are an experiment of one node in TypeScript that uses PyCSP, as far as one can see at a glance. */
export function canExplore(files: Readonly<Record<string, string>>): boolean {
  if (nodesOfFile(files['cluster.json']).length !== 1) return false;
  return Object.entries(files).some(
    ([path, text]) => path.endsWith('.ts') && /from\s+['"]pycsp['"]/.test(text),
  );
}
