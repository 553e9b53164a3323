// NODE4: what a process would have done after its death is never seen. Its operating system closes its
// connections at that instant, sends again what was lost and resets what arrives later; a machine
// that is off does nothing at all.

import type { TraceEvent } from '#lib/protocol/trace.ts';
import { isDeed } from './deeds.ts';
import type { Invariant } from './invariant.ts';
import type { World } from './world.ts';

export function theDeadDoNothing(): Invariant {
  /** Machines that lost power: the last event of that, by machine. */
  const off = new Map<string, number>();
  const isOff = new Set<string>();

  function wrong(event: TraceEvent, id: number, world: World): string | null {
    const machine = world.paths.machineOf(event.node);
    if (event.kind === 'powerOff') {
      off.set(machine, id);
      isOff.add(machine);
    }
    if (event.kind === 'start') isOff.delete(machine);
    if (event.kind === 'retransmit' && event.send < (off.get(machine) ?? -1)) {
      return `message ${event.send} was forgotten when ${machine} lost power`;
    }
    const { isAlive, endUs } = world.lives.of(event.node);
    if (isAlive || event.node === '') return null;
    if (isDeed(event)) return `${event.node} is not alive`;
    if (event.kind !== 'close' && event.kind !== 'reset') return null;
    if (isOff.has(machine)) return `${machine} is off`;
    const isAnswer = event.kind === 'reset' && world.wasDropped === event.cause;
    return isAnswer || endUs === event.tUs ? null : `${event.node} is not alive`;
  }

  return { name: 'the dead do nothing', event: wrong };
}
