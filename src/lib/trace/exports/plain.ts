// Events in plain words for the formats of other tools: English, short, one line.

import type { TraceEvent } from '#lib/protocol/trace.ts';
import { NO_EVENT, type TraceStore } from '../store.ts';

/** `send task tasks.add(4, 4) to broker`. */
export function plainWords(trace: TraceStore, id: number): string {
  return wordsOf(trace, trace.eventAt(id)).replace(/\s+/g, ' ').trim();
}

function wordsOf(trace: TraceStore, event: TraceEvent): string {
  switch (event.kind) {
    case 'send':
      return `send ${event.msg} ${event.preview} to ${event.to}`;
    case 'deliver':
      return `receive ${event.msg} ${trace.textAt(event.send, 'preview') ?? ''} from ${event.from}`;
    case 'connect':
      return `connect to ${event.to}:${event.port}`;
    case 'accept':
      return `accept ${event.from}`;
    case 'refuse':
      return `refused by ${event.from}`;
    case 'close':
    case 'reset':
      return `${event.kind} to ${event.to}`;
    case 'start':
      return `start ${event.command}`;
    case 'spawn':
      return `spawn ${event.child}`;
    case 'exit':
      return `exit ${event.code}`;
    case 'signal':
      return event.to === undefined ? event.name : `${event.name} to ${event.to}`;
    case 'log':
      return `${event.stream}: ${event.text}`;
    case 'effect':
      return `effect ${event.name}`;
    case 'span':
      return `${event.op} ${event.name} ${event.detail ?? ''}`;
    case 'file':
      return `${event.op} ${event.path}`;
    case 'input':
      return `input ${event.text}`;
    default:
      return event.kind;
  }
}

/** Where the message of event `id`, a send, arrived, or NO_EVENT. */
export function arrivalOf(trace: TraceStore, id: number): number {
  return trace.followersOf(id).find((it) => trace.kindAt(it) === 'deliver') ?? NO_EVENT;
}

/** True for a message that nobody waits for: heartbeats, polls. Pictures fold them away. */
export function isBackground(trace: TraceStore, id: number): boolean {
  return trace.messageOf(id) >= 0 && trace.roleAt(id) === 'background';
}
