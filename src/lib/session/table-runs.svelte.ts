// Fills a table of a lesson: every program under every fault, run where nobody watches. A cell comes on stage
// with its programs and faults, which are lent to the files.

import { filesOf, workFacts, type WorkFacts } from '#lib/lessons/outcome.ts';
import type { Lesson } from '#lib/lessons/lesson.ts';
import type { Fault } from '#lib/protocol/faults.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { writeFaults } from './fault-file.ts';
import type { RunInput } from './kept-runs.ts';
import type { Session } from './session.svelte.ts';

export interface TableCell {
  row: string;
  column: string;
}

export class TableRuns {
  readonly #session: Session;
  readonly #lesson: Lesson;
  readonly #id: string;
  readonly #onrun: (trace: TraceStore) => void;
  #facts = $state.raw<Readonly<Record<string, WorkFacts>>>({});
  #isRunning = $state(false);
  #failure = $state<string | null>(null);
  #isStopped = false;

  /** @param onrun is given each run of the table */
  constructor(session: Session, lesson: Lesson, id: string, onrun: (trace: TraceStore) => void) {
    this.#session = session;
    this.#lesson = lesson;
    this.#id = id;
    this.#onrun = onrun;
  }

  get #table() {
    return this.#lesson.tables![this.#id]!;
  }

  /** Column by column: a fault's row of answers is whole before the next begins. */
  get cells(): TableCell[] {
    const rows = Object.keys(this.#table.rows);
    return this.#table.columns.flatMap((column) => rows.map((row) => ({ row, column })));
  }

  /** What came of a cell's run; undefined before it. */
  factsOf(cell: TableCell): WorkFacts | undefined {
    return this.#facts[keyOf(cell)];
  }

  get doneCount(): number {
    return Object.keys(this.#facts).length;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Why it could not be filled. */
  get failure(): string | null {
    return this.#failure;
  }

  /** Runs what has not run yet, each on the seed that its cluster.json says. */
  async start(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#isStopped = false;
    this.#failure = null;
    try {
      for (const cell of this.cells) {
        if (this.#isStopped) break;
        if (!this.factsOf(cell)) await this.#run(cell);
      }
    } catch (error) {
      this.#failure = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
    } finally {
      this.#isRunning = false;
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** The run on stage is this one. */
  isOn(cell: TableCell): boolean {
    const { files } = this.#inputOf(cell);
    const { trace, seed, workspace } = this.#session;
    return (
      trace !== null &&
      seed === this.#inputOf(cell).seed &&
      Object.entries(files).every(([path, text]) => workspace.files[path] === text)
    );
  }

  /** Puts a cell's run on stage. */
  watch(cell: TableCell): void {
    this.#session.stage(this.#inputOf(cell));
  }

  async #run(cell: TableCell): Promise<void> {
    const { seed, files } = this.#inputOf(cell);
    const { faults } = this.#lesson.scenarios![cell.column]!;
    const trace = new TraceStore();
    const thread = await this.#session.startCheck(faults, files);
    try {
      await thread.run({ seed, ontext: (text) => trace.append(text) });
    } finally {
      thread.close();
    }
    const row = this.#table.rows[cell.row]!;
    const wanted = { answer: this.#table.answer, done: row.done ?? this.#table.done };
    const facts = workFacts(trace, wanted, faults.length > 0);
    this.#facts = { ...this.#facts, [keyOf(cell)]: facts };
    this.#onrun(trace);
  }

  #inputOf({ row, column }: TableCell): RunInput {
    const files = filesOf(this.#lesson, this.#table.rows[row]!);
    const faults = writeFaults(this.#lesson.scenarios![column]!.faults as Fault[]);
    const { seed = 1 } = JSON.parse(files['cluster.json']!) as { seed?: number };
    return { seed, files: { ...files, 'faults.json': faults } };
  }
}

const keyOf = ({ row, column }: TableCell): string => `${row} ${column}`;
