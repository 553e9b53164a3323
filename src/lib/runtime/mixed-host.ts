// TypeScript processes in this thread, Python processes each in its own: what `inline` means for a
// cluster that has both.

import type { ProcessHandle } from '#lib/kernel/fleet.ts';
import type { Request } from '#lib/kernel/kernel.ts';
import type { OpenWait } from '#lib/protocol/packets.ts';
import { isPython } from './commands.ts';
import type { Host, HostAnswer } from './run.ts';

export class MixedHost implements Host {
  readonly #inline: Host;
  readonly #workers: Host;

  /**
   * @param inline hosts what runs in this thread
   * @param workers hosts what needs a thread of its own
   */
  constructor(inline: Host, workers: Host) {
    this.#inline = inline;
    this.#workers = workers;
  }

  start(process: ProcessHandle): void {
    this.#hostOf(process).start(process);
  }

  end(process: ProcessHandle): void {
    this.#hostOf(process).end(process);
  }

  advance(requests: readonly Request[]): HostAnswer[] | Promise<HostAnswer[]> {
    // Loops, not `filter`: this scope is tamed, and array methods with callbacks are metered.
    for (let at = 0; at < requests.length; at++) {
      if (isPython(requests[at]!.process.spec.argv)) return this.#advanceBoth(requests);
    }
    return this.#inline.advance(requests);
  }

  waits(process: ProcessHandle): OpenWait[] | Promise<OpenWait[]> {
    return this.#hostOf(process).waits(process);
  }

  close(): void {
    this.#inline.close();
    this.#workers.close();
  }

  /** The workers compute while this thread does. */
  async #advanceBoth(requests: readonly Request[]): Promise<HostAnswer[]> {
    const own: Request[] = [];
    const others: Request[] = [];
    for (const request of requests) {
      (isPython(request.process.spec.argv) ? others : own).push(request);
    }
    const pending = this.#workers.advance(others);
    const answers = await this.#inline.advance(own);
    const otherAnswers = await pending;
    const merged: HostAnswer[] = [];
    let ownAt = 0;
    let otherAt = 0;
    for (const request of requests) {
      const isOther = isPython(request.process.spec.argv);
      merged.push(isOther ? otherAnswers[otherAt++]! : answers[ownAt++]!);
    }
    return merged;
  }

  #hostOf(process: ProcessHandle): Host {
    return isPython(process.spec.argv) ? this.#workers : this.#inline;
  }
}
