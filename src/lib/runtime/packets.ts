// Between the kernel's thread and a thread of the pool, which hosts the processes of some machines.
// A process has a number of the kernel's, its slot; slots are never used twice.

import type { OpenWait, ProcessSpec } from '#lib/protocol/packets.ts';
import type { FlatPacket } from './packet-plan.ts';

export type NodePacket =
  | { type: 'start'; slot: number; spec: ProcessSpec }
  /** The process is gone; nothing it did since its last answer counts. */
  | { type: 'end'; slot: number }
  /**
   * Everything this thread has to do in one window: the number of requests, and for each its slot,
   * `boundUs`, `notBeforeUs`, the number of inputs, and the inputs.
   */
  | ({ type: 'window' } & FlatPacket)
  | { type: 'waits'; slot: number };

export type NodeReply =
  /** For each request of the window, in its order: `nextUs`, the number of operations, and those. */
  | ({ type: 'answers' } & FlatPacket)
  | { type: 'waits'; waits: OpenWait[] }
  /** Unasked, while it computes an answer: the learner's line that ran last, should it never end. */
  | { type: 'place'; line: string }
  /** The runtime itself broke in there, while it ran that process. */
  | { type: 'broken'; slot: number; message: string };
