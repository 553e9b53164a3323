// How every node stands at a time: what it is, what it does or waits for, and since when. Of other nodes a
// lens tells nothing of this: what its node knows of them is when it last heard.

import { doingAfter, openAfter } from './doing.ts';
import { nodeFactsAt, type NodeFacts } from './facts.ts';
import { NO_EVENT, type TraceStore } from './store.ts';

export interface NodeState extends NodeFacts {
  node: string;
  /** Since when it stands like this; null before its first event. */
  sinceUs: number | null;
  /** The work that it began last, and how many pieces it has in hand. */
  work: { id: number; text: string; count: number } | null;
  wait: NodeWait | null;
  /** Processes of it that are there, besides its own. */
  childCount: number;
}

export interface NodeWait {
  id: number;
  what: string;
  /** `client.ts:7`. */
  line: string | undefined;
  /** Who could end it, where it was told. */
  by: readonly string[];
}

/** @param nodes in which order they are told */
export function nodeStatesAt(
  trace: TraceStore,
  nodes: readonly string[],
  atUs: number,
): NodeState[] {
  const last = trace.lastAtOrBefore(atUs);
  const doing = doingAfter(trace, openAfter(trace, last), last);
  return nodes.map((node) => {
    const facts = nodeFactsAt(trace, node, atUs);
    const { work, wait } = doing.get(node) ?? { work: null, wait: null };
    const isBusy = facts.status === 'busy' && work !== null;
    const isWaiting = facts.status === 'waiting' && wait !== null;
    return {
      ...{ ...facts, node },
      sinceUs: isBusy
        ? trace.timeAt(work.id)
        : isWaiting
          ? trace.timeAt(wait.id)
          : standsSince(trace, node, atUs),
      work: isBusy ? { id: work.id, text: work.name, count: work.count } : null,
      wait: isWaiting ? waitOf(trace, wait.id) : null,
      childCount: livingChildren(trace, node, atUs),
    };
  });
}

function waitOf(trace: TraceStore, id: number): NodeWait {
  const by = trace.textAt(id, 'by');
  return {
    ...{ id, what: trace.textAt(id, 'what')!, line: trace.textAt(id, 'line') },
    by: by === undefined ? [] : by.split(' '),
  };
}

/** The latest change of how one of its processes stands; of a dead node, its own. */
function standsSince(trace: TraceStore, node: string, atUs: number): number | null {
  const own = trace.process(node);
  if (!own) return null;
  const { life, sinceId } = trace.standingAt(own, atUs);
  let latest = sinceId;
  if (life === 'alive') {
    for (const process of trace.processesOf(node)) {
      latest = Math.max(latest, trace.standingAt(process, atUs).sinceId);
    }
  }
  return latest === NO_EVENT ? null : trace.timeAt(latest);
}

function livingChildren(trace: TraceStore, node: string, atUs: number): number {
  return trace.processesOf(node).filter((process) => {
    const { life } = trace.standingAt(process, atUs);
    return process.name !== node && (life === 'alive' || life === 'paused');
  }).length;
}
