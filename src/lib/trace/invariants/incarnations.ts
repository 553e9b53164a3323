// NODE4, NODE5: nothing reaches a process that has not started, has ended or is off, and nothing sent
// for one incarnation reaches the next.

import type { TraceEvent } from '#lib/protocol/trace.ts';
import type { Invariant } from './invariant.ts';
import type { World } from './world.ts';

export function onlyTheLivingReceive(): Invariant {
  /** Which incarnation has this end of a connection: `conn process` -> incarnation. */
  const owners = new Map<string, number>();
  /** A process that connects to itself is at both ends, and may have been restarted in between. */
  const loops = new Set<number>();

  function wrongOwner(conn: number | undefined, process: string, world: World): string | null {
    if (conn === undefined || loops.has(conn)) return null;
    const { incarnation } = world.lives.of(process);
    const key = `${conn} ${process}`;
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, incarnation);
    if (owner === undefined || owner === incarnation) return null;
    return `connection ${conn} belongs to incarnation ${owner}, not ${incarnation}`;
  }

  return {
    name: 'only the living receive',
    event(event: TraceEvent, _id: number, world: World) {
      if (event.kind === 'accept' && event.node === event.from) loops.add(event.conn);
      switch (event.kind) {
        case 'connect':
        case 'send':
          return wrongOwner(event.conn, event.node, world);
        case 'deliver':
        case 'accept':
        case 'open':
        case 'refuse':
        case 'timeout':
          if (!world.lives.of(event.node).isAlive) return `${event.node} is not alive`;
          return wrongOwner(event.conn, event.node, world);
        default:
          return null;
      }
    },
  };
}
