// Some processes in this thread, the others in threads beside it: what `inline` means for a cluster
// with Python nodes, and what `shared` means for any.

import type { ProcessHandle } from '#lib/kernel/fleet.ts';
import type { Request } from '#lib/kernel/kernel.ts';
import type { OpenWait } from '#lib/protocol/packets.ts';
import type { Host, HostAnswer } from './run.ts';

/**
 * Machines that the kernel's thread keeps to itself before it deals any out. Crossing to a worker
 * costs more than what most programs compute, see docs/performance.md.
 */
export const KEPT_COUNT = 16;

/** Which machines the kernel's thread takes: the first ones, then every nth of `count` threads. */
export function shareOf(count: number): (process: ProcessHandle) => boolean {
  const places = new Map<string, number>();
  return ({ spec: { machine } }) => {
    let place = places.get(machine);
    if (place === undefined) places.set(machine, (place = places.size));
    return place < KEPT_COUNT || place % count === 0;
  };
}

export class MixedHost implements Host {
  readonly #inline: Host;
  readonly #workers: Host;
  readonly #isOwn: (process: ProcessHandle) => boolean;

  /**
   * @param inline hosts what runs in this thread
   * @param workers hosts the others
   * @param isOwn whether a process runs in this thread; always the same for one process
   */
  constructor(inline: Host, workers: Host, isOwn: (process: ProcessHandle) => boolean) {
    this.#inline = inline;
    this.#workers = workers;
    this.#isOwn = isOwn;
  }

  start(process: ProcessHandle): void {
    this.#hostOf(process).start(process);
  }

  end(process: ProcessHandle): void {
    this.#hostOf(process).end(process);
  }

  advance(requests: readonly Request[]): HostAnswer[] | Promise<HostAnswer[]> {
    // Loops, not `filter`: this scope is tamed, and array methods with callbacks are metered.
    let ownCount = 0;
    for (let at = 0; at < requests.length; at++) if (this.#isOwn(requests[at]!.process)) ownCount++;
    if (ownCount === requests.length) return this.#inline.advance(requests);
    return ownCount === 0 ? this.#workers.advance(requests) : this.#advanceBoth(requests);
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
      (this.#isOwn(request.process) ? own : others).push(request);
    }
    const pending = this.#workers.advance(others);
    const answers = await this.#inline.advance(own);
    const otherAnswers = await pending;
    const merged: HostAnswer[] = [];
    let ownAt = 0;
    let otherAt = 0;
    for (const request of requests) {
      const isOwn = this.#isOwn(request.process);
      merged.push(isOwn ? answers[ownAt++]! : otherAnswers[otherAt++]!);
    }
    return merged;
  }

  #hostOf(process: ProcessHandle): Host {
    return this.#isOwn(process) ? this.#inline : this.#workers;
  }
}
