// What the parts of the kernel ask of it: its clock, its queue, its trace, and the processes' inboxes.

import type { Input } from '#lib/protocol/packets.ts';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import type { End } from './connection.ts';
import type { KernelEvent } from './event-queue.ts';
import type { Machine, Process } from './process.ts';

/** The kernel as its parts see it. */
export interface KernelPort {
  nowUs(): number;
  /** Puts an event into the trace; returns its id. */
  emit(event: TraceEvent): number;
  schedule(event: KernelEvent): void;
  cancel(event: KernelEvent): void;
  /** Something foreground is pending, or no longer, that no event in the queue stands for. */
  countForeground(delta: 1 | -1): void;
  /** Puts an input into a process's inbox. `eventId` becomes the cause of what it does with it. */
  hand(
    process: Process,
    input: DistributiveOmit<Input, 'ticket'>,
    eventId: number,
    isForeground: boolean,
    end: End | null,
  ): void;
  /** Commits an input that went into an inbox before its time. */
  settle(
    process: Process,
    ticket: number,
    eventId: number,
    isForeground: boolean,
    end: End | null,
  ): void;
  machine(name: string): Machine | undefined;
  /** Everything under way, in order. */
  pending(): KernelEvent[];
}

export type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
