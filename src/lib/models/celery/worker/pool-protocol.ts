// What goes through the pipe between a worker's main process and its pool processes (billiard's
// jobs, in our own framing: length and JSON).

import type { Connection } from '#lib/node/connection.ts';
import type { TaskCall, TaskOutcome } from './run-task.ts';

/** Main process -> pool process. */
export interface Job extends TaskCall {
  type: 'job';
  /** Counts over the life of the pool; shows in WorkerLostError. */
  job: number;
}

/** Pool process -> main process. `started` is what an early acknowledgement waits for. */
export type Report =
  | { type: 'up'; pid: number }
  | { type: 'started'; job: number }
  | ({ type: 'done'; job: number } & TaskOutcome);

const encoder = new TextEncoder();

export function sendPool(pipe: Connection, packet: Job | Report, preview: string): void {
  const json = encoder.encode(JSON.stringify(packet));
  const bytes = new Uint8Array(4 + json.length);
  new DataView(bytes.buffer).setUint32(0, json.length);
  bytes.set(json, 4);
  pipe.send(bytes, { proto: 'pool', msg: packet.type, preview });
}
