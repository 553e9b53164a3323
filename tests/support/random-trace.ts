// Random but lawful traces for tests and benches of what reads them: processes that send, receive,
// work and die, on a clock that never runs backwards. No simulator is involved.

import { RandomStream } from '#lib/protocol/random.ts';
import { TraceWriter } from '#lib/trace/writer.ts';
import type { TraceEvent } from '#lib/protocol/trace.ts';

export interface RandomTraceOptions {
  seed: number;
  nodeCount: number;
  eventCount: number;
  /** Mean virtual time from one event to the next. Default 1000. */
  meanGapUs?: number;
}

/** So many messages are under way at a time at most. */
const FLIGHT_LIMIT = 40;

interface Flight {
  id: number;
  from: string;
  to: string;
  conn: number;
}

/** The JSON Lines of a random trace, header and end included. */
export function randomTrace({
  seed,
  nodeCount,
  eventCount,
  meanGapUs = 1000,
}: RandomTraceOptions): string {
  const stream = new RandomStream(seed, 'random-trace');
  const nodes = Array.from({ length: nodeCount }, (_, index) => `n${index + 1}`);
  const flights: Flight[] = [];
  const last = new Map<string, number>();
  const open = new Set<string>();
  const changes: number[] = [];
  const parts: string[] = [];
  const writer = new TraceWriter((text) => parts.push(text));
  let ordinal = 0;
  let tUs = 0;
  let id = 0;
  const below = (bound: number) => stream.below(bound, 1, ordinal++);
  const emit = (event: TraceEvent) => {
    writer.event(event);
    // What the network does begins no turn.
    if (event.kind !== 'lose' && event.kind !== 'drop') last.set(event.node, id);
    return id++;
  };
  writer.header({ lightcone: 1, build: 'random', seed, nodes });
  for (const node of nodes) {
    emit({ tUs: 0, kind: 'start', node, incarnation: 1, command: 'node', parent: undefined });
  }
  while (id < eventCount) {
    if (below(4) > 0) tUs += below(2 * meanGapUs);
    const node = nodes[below(nodeCount)]!;
    const choice = flights.length > FLIGHT_LIMIT ? 50 : below(100);
    if (choice < 40) {
      const to = nodes[below(nodeCount)]!;
      const msg = ['call', 'reply', 'ack'][below(3)]!;
      const cause = last.get(node);
      const conn = below(50);
      const sent = emit({
        ...{ tUs, kind: 'send', node, cause, conn, to, proto: 'node', msg, bytes: below(5000) },
        preview: '',
      });
      flights.push({ id: sent, from: node, to, conn });
    } else if (choice < 85 && flights.length > 0) {
      const { id: send, from, to, conn } = flights.splice(below(flights.length), 1)[0]!;
      const fate = below(20);
      if (fate === 0) {
        emit({ tUs, kind: 'lose', node: from, cause: send, send, reason: 'loss' });
      } else if (fate === 1) {
        emit({ tUs, kind: 'drop', node: to, cause: send, send, reason: 'closed' });
      } else {
        const named = { send, from, conn, proto: 'node', msg: 'call' };
        emit({ tUs, kind: 'deliver', node: to, cause: send, ...named });
      }
    } else if (choice < 92) {
      emit({ tUs, kind: 'effect', node, cause: last.get(node), name: `e${below(9)}` });
    } else if (choice < 93) {
      emit({ tUs, kind: 'fault', node: '', fault: { heal: true } });
    } else if (choice < 95) {
      // The file that an earlier change, or nobody, left.
      const saw =
        changes.length > 0 && below(3) > 0 ? changes.at(-1 - below(changes.length)) : undefined;
      const op = below(2) === 0 ? 'append' : 'read';
      const change = emit({
        tUs,
        kind: 'file',
        node,
        cause: last.get(node),
        op,
        path: '/a',
        bytes: 1,
        saw,
      });
      if (op === 'append') changes.push(change);
    } else {
      const span = below(3);
      const key = `${node} ${span}`;
      const op = open.delete(key) ? 'end' : 'begin';
      if (op === 'begin') open.add(key);
      emit({ tUs, kind: 'span', node, op, span, name: 'work' });
    }
  }
  writer.end({ tUs, reason: 'event-limit', waiting: [], deadlocks: [] });
  return parts.join('');
}
