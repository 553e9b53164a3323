// NET2, NET3: no message is made or unmade on the way. Each one that was sent is delivered once, or
// dropped where nobody wants it, or lost with a reason, or in flight at the end. What was lost may be
// sent again; what was sent twice by the network may arrive twice.

import type { TraceEnd, TraceEvent } from '#lib/protocol/trace.ts';
import { roleOf } from '#lib/protocol/wire.ts';
import type { Invariant } from './invariant.ts';
import { arrivalOf, SETTLES, type Message } from './messages.ts';
import type { World } from './world.ts';

export function messagesAreConserved(): Invariant {
  return {
    name: 'messages are conserved',
    event: wrongWith,
    end: wrongAtEnd,
  };
}

function wrongWith(event: TraceEvent, _id: number, world: World): string | null {
  const arrived = arrivalOf(event);
  if (event.kind === 'drop' && world.messages.isAgain(event.send)) return null;
  if (arrived !== undefined) return wrongArrival(event, world.messages.get(arrived), world);
  if (event.kind === 'lose') {
    if (event.reason === '') return 'a message was lost for no reason';
    const message = world.messages.get(event.send);
    if (world.messages.isAgain(event.send)) return null;
    if (!message) return `message ${event.send} is not under way and cannot be lost`;
    return message.isMissed ? `message ${event.send} is lost already` : null;
  }
  if (event.kind === 'retransmit') {
    const message = world.messages.get(event.send);
    // What was delivered comes again only where an ACK can have been lost.
    if (!message && world.paths.wasBlocked) return null;
    if (!message) return `message ${event.send} is not under way and cannot be sent again`;
    return message.isMissed ? null : `message ${event.send} was not lost and is sent again`;
  }
  if (event.kind === 'duplicate' && !world.messages.get(event.send)) {
    return `message ${event.send} is not under way and cannot be duplicated`;
  }
  return null;
}

function wrongArrival(
  event: TraceEvent,
  message: Message | undefined,
  world: World,
): string | null {
  if (!message) return 'the message was never sent, or arrived before';
  if (!SETTLES[event.kind]!.includes(message.kind)) return `${message.kind} is no ${event.kind}`;
  if (message.isLost) return `message ${message.id} was lost and not sent again`;
  if (event.kind !== 'deliver') return null;
  if (!isFor(message, event.node, world)) return `message ${message.id} was for ${message.to}`;
  if (event.from !== message.from) return `message ${message.id} came from ${message.from}`;
  const isSame = event.conn === message.conn && event.proto === message.proto;
  return isSame && event.msg === message.msg ? null : `message ${message.id} was another one`;
}

/** A datagram goes to whoever has the port of that machine when it arrives. */
function isFor({ conn, to }: Message, process: string, { paths }: World): boolean {
  return process === to || (conn === undefined && paths.machineOf(process) === paths.machineOf(to));
}

/** When nothing more can happen, nothing that matters may be under way. */
function wrongAtEnd(end: TraceEnd, world: World): string | null {
  if (end.reason !== 'quiescent') return null;
  /** Directions in which a message was lost for good: what came behind it waits for ever. */
  const broken = new Set<string>();
  // A receiver that does not read keeps its sender waiting: nothing will ever happen.
  for (const message of world.messages.underWay()) {
    if (world.messages.isPerhapsUnread(message)) continue;
    const way = `${message.conn} ${message.from}`;
    // Of a connection's message only the first copy matters, the others will be thrown away.
    if (message.hasArrived && message.conn !== undefined) continue;
    if (message.isLost) broken.add(way);
    else if (message.kind !== 'connect' && !broken.has(way) && isForeground(message)) {
      return `message ${message.id} is under way when nothing is`;
    }
  }
  return null;
}

function isForeground({ proto, msg }: Message): boolean {
  return roleOf(proto, msg) !== 'background';
}
