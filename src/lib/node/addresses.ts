// Numbers for machines. The simulated network knows names only; programs on Linux see what names
// resolve to, and some libraries take an address apart. Machines are 10.0.0.1, 10.0.0.2, ... in the
// order of cluster.json, and 127.0.0.1 to themselves.

import type { NodeProcess } from './process.ts';

const LOOPBACK = '127.0.0.1';

export class Addresses {
  readonly #process: NodeProcess;
  readonly #byMachine = new Map<string, string>();

  constructor(process: NodeProcess) {
    this.#process = process;
    for (const machine of new Set(Object.values(process.spec.hosts))) {
      const number = this.#byMachine.size + 1;
      this.#byMachine.set(machine, `10.0.${number >> 8}.${number & 255}`);
    }
  }

  /** What a name resolves to, '' when it is unknown. */
  of(name: string): string {
    if (name === 'localhost' || name === LOOPBACK) return LOOPBACK;
    return this.#byMachine.get(this.#process.machineOf(name) ?? '') ?? '';
  }

  /** The address that a process has for its peers here, '' for none: loopback within one machine. */
  ofPeer(node: string): string {
    const [name = ''] = node.split('/');
    if (name === '') return '';
    return this.#process.machineOf(name) === this.#process.spec.machine ? LOOPBACK : this.of(name);
  }

  /** The machine with an address, '' when there is none. */
  machineAt(address: string): string {
    for (const [machine, own] of this.#byMachine) if (own === address) return machine;
    return '';
  }
}
