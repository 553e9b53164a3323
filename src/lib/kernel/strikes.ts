// Faults as they strike: a timed one at its time, one by pattern as its message leaves or arrives.
// What a fault does to a machine or a process is in fleet.ts, to a link in network.ts, to a message
// in tcp.ts and datagrams.ts.

import { NODE_VERBS, verbOf, type FaultAction, type NodeVerb } from '#lib/protocol/faults.ts';
import { usFromMs } from '#lib/protocol/time.ts';
import { targetOf } from './datagrams.ts';
import type { KernelEvent } from './event-queue.ts';
import { merged, NOTHING, tellTouch, type FaultWatch, type Touch } from './faults.ts';
import type { Fleet } from './fleet.ts';
import type { Network } from './network.ts';
import type { KernelPort } from './port.ts';
import type { Process } from './process.ts';

export class Strikes {
  readonly #kernel: KernelPort;
  readonly #fleet: Fleet;
  readonly #network: Network;
  readonly #faults: FaultWatch;

  constructor(kernel: KernelPort, fleet: Fleet, network: Network, faults: FaultWatch) {
    this.#kernel = kernel;
    this.#fleet = fleet;
    this.#network = network;
    this.#faults = faults;
  }

  #all(actions: readonly FaultAction[]): void {
    for (const action of actions) this.strike(action);
  }

  strike(action: FaultAction): void {
    const verb = verbOf(action);
    if (!NODE_VERBS.includes(verb as NodeVerb)) {
      this.#kernel.emit({
        tUs: this.#kernel.nowUs(),
        kind: 'fault',
        node: '',
        fault: plain(action),
      });
      return this.#network.strike(action);
    }
    if ('skew' in action || 'speed' in action) return this.#adjust(action);
    if ('powerOff' in action) return this.#powerOff(action.powerOff);
    const target = this.#fleet.find((action as Record<string, unknown>)[verb] as string);
    if (!target) return;
    switch (verb) {
      case 'kill':
        return this.#fleet.kill(target);
      case 'restart':
        return this.#fleet.restart(target);
      case 'pause':
      case 'resume':
        return this.#fleet.pause(target, verb);
      case 'signal':
        return this.#fleet.signals.raise(target, (action as { name: string }).name);
      case 'input':
        return this.#fleet.input(target, (action as { text: string }).text);
      default:
        return;
    }
  }

  #powerOff(name: string): void {
    const machine = this.#fleet.machineOf(name);
    if (machine) this.#fleet.powerOff(machine);
  }

  #adjust(action: Extract<FaultAction, { skew: string } | { speed: string }>): void {
    const machine = this.#fleet.machineOf('skew' in action ? action.skew : action.speed);
    if (!machine) return;
    this.#kernel.emit({ tUs: this.#kernel.nowUs(), kind: 'fault', node: '', fault: plain(action) });
    const change = 'skew' in action ? { skewUs: usFromMs(action.ms) } : { speed: action.factor };
    this.#fleet.adjust(machine, change);
  }

  arrive(event: KernelEvent & { kind: 'arrive' }): void {
    const { segment } = event;
    if (this.#faults.isEmpty || segment.isMatched) return this.#network.tcp.arrive(event, null);
    const receiver = segment.from.peer!.process;
    segment.isMatched = !receiver.machine.isOff;
    const struck = segment.isMatched
      ? this.#faults.match('deliver', segment.msg, segment.from.process, receiver)
      : NOTHING;
    tellTouch(this.#kernel, struck.touch, segment.sendId);
    this.#network.tcp.arrive(event, struck.touch);
    this.#all(struck.others);
  }

  datagramArrives(event: KernelEvent & { kind: 'datagram' }): void {
    const { datagrams } = this.#network;
    const { from, to, toPort, msg, sendId } = event.datagram;
    if (this.#faults.isEmpty || event.isMatched) return datagrams.arrive(event, null);
    const struck = this.#faults.match('deliver', msg, from, targetOf(to, toPort));
    tellTouch(this.#kernel, struck.touch, sendId);
    datagrams.arrive(event, struck.touch);
    this.#all(struck.others);
  }

  /** A message leaves, unless a fault strikes first and ends the sender. */
  leave(from: Process, to: Process, msg: string, send: (touch: Touch | null) => void): void {
    if (this.#faults.isEmpty) return send(null);
    const { incarnation } = from;
    const before = this.#faults.match('beforeSend', msg, from, to);
    this.#all(before.others);
    // It may have ended, or begun anew.
    if (!from.isAlive || from.incarnation !== incarnation) return;
    const after = this.#faults.match('send', msg, from, to);
    send(merged(before.touch, after.touch));
    this.#all(after.others);
  }
}

function plain(action: FaultAction): never {
  const { atMs: _atMs, on: _on, ...rest } = action as Record<string, unknown>;
  return rest as never;
}
