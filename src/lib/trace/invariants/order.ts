// NET2: a connection delivers what was sent in the order in which it was sent, in each direction, with
// nothing left out and the end of the stream last. A reset overtakes.

import type { TraceEvent } from '#lib/protocol/trace.ts';
import type { Invariant } from './invariant.ts';
import type { Message } from './messages.ts';
import type { World } from './world.ts';

interface Direction {
  /** Sent and not yet arrived, in order. */
  waiting: number[];
  hasClosed: boolean;
}

export function connectionsKeepOrder(): Invariant {
  const directions = new Map<string, Direction>();
  /** A process that connects to itself is at both ends: its directions have one name. */
  const loops = new Set<number>();

  function directionOf(conn: number, from: string): Direction {
    const key = `${conn} ${from}`;
    let direction = directions.get(key);
    if (!direction) directions.set(key, (direction = { waiting: [], hasClosed: false }));
    return direction;
  }

  function leaves(event: TraceEvent & { kind: 'send' | 'close' | 'accept' }, id: number) {
    const { conn, node, kind } = event;
    if (conn === undefined || loops.has(conn)) return null;
    const direction = directionOf(conn, node);
    direction.waiting.push(id);
    if (direction.hasClosed) return `${kind} after the end of stream of connection ${conn}`;
    direction.hasClosed = kind === 'close';
    return null;
  }

  function arrives(message: Message | undefined): string | null {
    const conn = message?.conn;
    if (message === undefined || conn === undefined || loops.has(conn)) return null;
    const { waiting } = directionOf(conn, message.from);
    if (message.kind === 'reset') {
      waiting.length = 0;
      return null;
    }
    const index = waiting.indexOf(message.id);
    const first = waiting[0];
    if (index >= 0) waiting.splice(0, index + 1);
    return index <= 0 ? null : `message ${message.id} overtook message ${first}`;
  }

  return {
    name: 'connections keep order',
    event(event: TraceEvent, id: number, world: World) {
      switch (event.kind) {
        case 'accept':
          if (event.node === event.from) loops.add(event.conn);
          return leaves(event, id);
        case 'send':
        case 'close':
          return leaves(event, id);
        // What is dropped reaches nobody: after a reset it need not wait for what was lost before it.
        case 'deliver':
        case 'open':
          return arrives(world.messages.get(event.send));
        default:
          return null;
      }
    },
  };
}
