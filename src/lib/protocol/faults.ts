// What can go wrong, and when: the entries of faults.json.

import type { Distribution, LinkChange } from './cluster.ts';
import { InvariantError } from './errors.ts';
import { usFromMs } from './time.ts';

/**
 * Picks messages as they are committed. `nth` counts from 1 and defaults to 1. It counts over the
 * whole run, so a message word with `from`, `to` and `nth` names one message, in every replay.
 */
export type FaultPattern = (
  { readonly send: string } | { readonly beforeSend: string } | { readonly deliver: string }
) & {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly nth?: number | undefined;
  readonly every?: boolean | undefined;
};

/** The verbs. Names are nodes or processes (`w1`, `w1/2`), links `a->b` or `a<->b`, times milliseconds. */
export type FaultAction =
  | { readonly kill: string }
  | { readonly powerOff: string }
  | { readonly restart: string }
  | { readonly pause: string }
  | { readonly resume: string }
  | { readonly signal: string; readonly name: string }
  /** A line typed at the process's keyboard; several when there are newlines in it. */
  | { readonly input: string; readonly text: string }
  /** The wall clock of a machine moves by `ms`, forward or back. */
  | { readonly skew: string; readonly ms: number }
  /** A machine's CPU runs at `factor` times the speed that cluster.json gives it. */
  | { readonly speed: string; readonly factor: number }
  | {
      readonly partition: readonly [readonly string[], readonly string[]];
      readonly oneWay?: boolean | undefined;
    }
  | { readonly heal: true }
  | { readonly cut: string }
  | { readonly mend: string }
  | { readonly link: string; readonly set: LinkSet }
  | MessageAction;

/** What can happen to one message; only with a pattern. */
export type MessageAction =
  | { readonly drop: true }
  /** Milliseconds that it takes longer. */
  | { readonly delay: number }
  | { readonly duplicate: true };

/** New values of a link, as in cluster.json; what is absent stays. */
export interface LinkSet {
  readonly latencyMs?: number | undefined;
  readonly jitterMs?: number | undefined;
  readonly distribution?: Distribution | undefined;
  readonly loss?: number | undefined;
  readonly duplicate?: number | undefined;
  readonly bandwidthKbps?: number | undefined;
}

/** One entry of faults.json. */
export type Fault = FaultAction & ({ readonly atMs: number } | { readonly on: FaultPattern });

/** Verbs that name one process, node or machine. */
export const NODE_VERBS = [
  'kill',
  'powerOff',
  'restart',
  'pause',
  'resume',
  'signal',
  'input',
  'skew',
  'speed',
] as const;
export type NodeVerb = (typeof NODE_VERBS)[number];

/** Verbs that touch links or single messages. */
export const NETWORK_VERBS = [
  'partition',
  'heal',
  'cut',
  'mend',
  'link',
  'drop',
  'delay',
  'duplicate',
] as const;
export type NetworkVerb = (typeof NETWORK_VERBS)[number];

/** The verb of a fault, whichever it is. */
export function verbOf(fault: FaultAction): NodeVerb | NetworkVerb {
  for (const verb of NODE_VERBS) if (verb in fault) return verb;
  for (const verb of NETWORK_VERBS) if (verb in fault) return verb;
  throw new InvariantError(`invariant broken: a fault has a verb: ${JSON.stringify(fault)}`);
}

/** True for what touches only the message that it strikes (KT3). */
export function isMessageAction(action: FaultAction): action is MessageAction {
  return 'drop' in action || 'delay' in action || 'duplicate' in action;
}

const LINK = /^([^<>]+?)(<?)->([^<>]+)$/;

/** The directions that `a->b` or `a<->b` names, as pairs; none when it is no name of a link. */
export function linkNames(link: string): [string, string][] {
  const match = LINK.exec(link);
  if (!match) return [];
  const [, from, both, to] = match as unknown as [string, string, string, string];
  return both
    ? [
        [from, to],
        [to, from],
      ]
    : [[from, to]];
}

/** A change as people write it, in the units of the network: 0 ms counts as 1 µs (NET1). */
export function linkChange(set: LinkSet): LinkChange {
  const { latencyMs, jitterMs, distribution, loss, duplicate, bandwidthKbps } = set;
  return {
    ...(latencyMs === undefined ? {} : { latencyUs: Math.max(1, usFromMs(latencyMs)) }),
    ...(jitterMs === undefined ? {} : { jitterUs: usFromMs(jitterMs) }),
    ...(distribution === undefined ? {} : { distribution }),
    ...(loss === undefined ? {} : { loss }),
    ...(duplicate === undefined ? {} : { duplicate }),
    ...(bandwidthKbps === undefined ? {} : { bandwidthKbps }),
  };
}
