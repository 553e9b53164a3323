// Between the kernel's worker and a process's worker.

import type { Answer, Batch, OpenWait, ProcessSpec } from '#lib/protocol/packets.ts';

export type NodePacket =
  { type: 'start'; spec: ProcessSpec } | { type: 'advance'; batch: Batch } | { type: 'waits' };

export type NodeReply =
  | { type: 'answer'; answer: Answer }
  | { type: 'waits'; waits: OpenWait[] }
  /** The runtime itself broke in there. */
  | { type: 'broken'; message: string };
