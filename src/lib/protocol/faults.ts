// What can go wrong, and when: the entries of faults.json.

/** Picks messages as they are committed. `nth` counts from 1 and defaults to 1. */
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
  | {
      readonly partition: readonly [readonly string[], readonly string[]];
      readonly oneWay?: boolean | undefined;
    }
  | { readonly heal: true };

/** One entry of faults.json. */
export type Fault = FaultAction & ({ readonly atMs: number } | { readonly on: FaultPattern });

/** Verbs that name one process or node. */
export const NODE_VERBS = ['kill', 'powerOff', 'restart', 'pause', 'resume', 'signal'] as const;
export type NodeVerb = (typeof NODE_VERBS)[number];

/** The verb of a fault, whichever it is. */
export function verbOf(fault: FaultAction): NodeVerb | 'partition' | 'heal' {
  for (const verb of NODE_VERBS) if (verb in fault) return verb;
  return 'partition' in fault ? 'partition' : 'heal';
}
