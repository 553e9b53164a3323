// Disco's worker protocol (SEMANTICS 5.1): lines `TYPE <length> <json>` between a node and the process
// that runs a task; the worker speaks first, and waits for an answer to each.

import type { Connection } from '#lib/node/connection.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import type { TaskInput, TaskOrder } from './protocol.ts';
import { joined } from './frames.ts';

/** Worker -> node. */
export interface WorkerWords {
  WORKER: { version: string; pid: number };
  TASK: '';
  INPUT: '';
  MSG: string;
  OUTPUT: [label: number, path: string, size: number];
  INPUT_ERR: number[];
  ERROR: string;
  FATAL: string;
  /** Bytes read from other nodes, by node. */
  DONE: { fetched: Record<string, number> };
}

/** Node -> worker. */
export interface NodeWords {
  OK: '';
  TASK: Omit<TaskOrder, 'inputs'>;
  INPUT: ['done', TaskInput[]];
}

export interface Line {
  type: keyof WorkerWords | keyof NodeWords;
  value: unknown;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NEWLINE = 10;

export function sendLine(pipe: Connection, type: Line['type'], value: unknown): void {
  if (!pipe.isOpen) return;
  const json = encoder.encode(JSON.stringify(value));
  const bytes = joined(
    encoder.encode(`${type} ${json.length} `),
    joined(json, encoder.encode('\n')),
  );
  const preview = typeof value === 'string' ? value : decoder.decode(json.subarray(0, 200));
  const label = { proto: 'disco-worker', msg: type.toLowerCase(), preview };
  pipe.send(bytes, label).catch(() => undefined);
}

/** Reads lines off a pipe, one at a time. */
export class LineReader {
  readonly #pipe: Connection;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(pipe: Connection) {
    this.#pipe = pipe;
  }

  /** The next line, or null when the other side has gone. */
  *next(): Body<Line | null> {
    for (;;) {
      const line = this.#take();
      if (line) return line;
      const bytes = yield* wait(this.#pipe.receive());
      if (bytes === null) return null;
      this.#rest = joined(this.#rest, bytes);
    }
  }

  #take(): Line | null {
    const head = decoder.decode(this.#rest.subarray(0, 32));
    const [start = '', type = '', length = ''] = /^([A-Z_]+) (\d+) /.exec(head) ?? [];
    const end = start.length + Number(length);
    if (start === '' || this.#rest.length <= end || this.#rest[end] !== NEWLINE) return null;
    const json = decoder.decode(this.#rest.subarray(start.length, end));
    this.#rest = this.#rest.subarray(end + 1);
    return { type: type as Line['type'], value: JSON.parse(json) };
  }
}
