// NODE4, NODE5: nothing reaches a process that has not started, has ended or is off, and nothing sent
// for one incarnation reaches the next.

import type { TraceEvent } from '#lib/protocol/trace.ts';
import type { Invariant } from './invariant.ts';
import type { World } from './world.ts';

export function onlyTheLivingReceive(): Invariant {
  /** Which incarnation has this end of a connection: `conn process` -> incarnation. */
  const owners = new Map<string, number>();

  function wrongOwner(conn: number | undefined, process: string, world: World): string | null {
    if (conn === undefined) return null;
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
