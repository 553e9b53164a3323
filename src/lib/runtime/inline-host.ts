// Every process in this thread: a request is a function call.

import type { ProcessHandle } from '#lib/kernel/fleet.ts';
import type { Request } from '#lib/kernel/kernel.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import type { Answer, OpenWait, ProcessSpec } from '#lib/protocol/packets.ts';
import type { Host } from './run.ts';

export class InlineHost implements Host {
  readonly #boot: (spec: ProcessSpec) => NodeProcess;
  readonly #processes = new Map<ProcessHandle, NodeProcess>();

  /** @param boot brings a process to life, see boot.ts */
  constructor(boot: (spec: ProcessSpec) => NodeProcess) {
    this.#boot = boot;
  }

  start(process: ProcessHandle): void {
    this.#processes.set(process, this.#boot(process.spec));
  }

  end(process: ProcessHandle): void {
    this.#processes.delete(process);
  }

  advance(requests: readonly Request[]): Answer[] {
    // Loops, not `map`: inline, the scope is tamed, and array methods with callbacks are metered.
    const answers: Answer[] = [];
    for (const { process, batch } of requests) {
      answers.push(this.#processes.get(process)!.advance(batch));
    }
    return answers;
  }

  waits(process: ProcessHandle): OpenWait[] {
    return this.#processes.get(process)!.openWaits();
  }

  close(): void {
    this.#processes.clear();
  }
}
