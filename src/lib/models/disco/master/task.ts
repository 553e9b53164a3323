// A task of a job, and the attempts to run it.

import type { PipelineStage, StageRole, TaskInput, TaskOutput } from '../protocol.ts';

/** Where inputs come from: addresses that the client gave, or what tasks of the stage before wrote. */
export type Source =
  | { from: 'job'; urls: string[] }
  /** Of a producer, what has this label, or all. */
  | { from: 'task'; producer: Task; label: number | null };

/** The task that wrote an input, and in which of its runs. */
export interface Origin {
  producer: Task;
  run: number;
}

export interface Attempt {
  readonly number: number;
  readonly task: Task;
  readonly host: string;
  readonly startUs: number;
  readonly inputs: readonly TaskInput[];
  /** Of each input; null for the job's own. */
  readonly origins: readonly (Origin | null)[];
}

/** `waiting`: for the time of its next try, or for data that is made anew. */
export type TaskState = 'waiting' | 'pending' | 'running' | 'done';

export class Task {
  readonly id: number;
  readonly stage: string;
  readonly role: StageRole;
  readonly sources: readonly Source[];
  state: TaskState = 'pending';
  attempt: Attempt | null = null;
  outputs: readonly TaskOutput[] = [];
  /** Host of the attempt that counts. */
  host = '';
  /** Counts the attempts that counted: what depends on the outputs can tell old ones from new. */
  runCount = 0;
  failureCount = 0;
  /** Hosts that failed it. */
  readonly avoided = new Set<string>();
  /** Producers that run anew. */
  readonly lacking = new Set<Task>();
  timer = 0;

  constructor(id: number, { stage, role }: PipelineStage, sources: readonly Source[]) {
    this.id = id;
    this.stage = stage;
    this.role = role;
    this.sources = sources;
  }

  get name(): string {
    return `${this.stage}:${this.id}`;
  }

  /** What it reads, as things are now. */
  inputs(): { inputs: TaskInput[]; origins: Attempt['origins'] } {
    const inputs: TaskInput[] = [];
    const origins: (Origin | null)[] = [];
    const add = (label: number, urls: string[], origin: Origin | null): void => {
      inputs.push({ id: inputs.length, label, urls });
      origins.push(origin);
    };
    for (const source of this.sources) {
      if (source.from === 'job') {
        add(0, source.urls, null);
        continue;
      }
      const { producer, label } = source;
      for (const output of producer.outputs) {
        if (label !== null && output.label !== label) continue;
        add(output.label, [output.url], { producer, run: producer.runCount });
      }
    }
    return { inputs, origins };
  }
}
