// What the stage's parts hand to each other and to the page.

import type { NodeVerb } from '#lib/protocol/faults.ts';

/** The verbs that the stage offers for a node. */
export type FaultVerb = Exclude<NodeVerb, 'signal' | 'input' | 'skew' | 'speed'>;

/** The four that a life line's menu and a node's head show, in their order. */
export const HEAD_VERBS = ['kill', 'powerOff', 'pause', 'restart'] as const;

/** A fault as the strip in the gutter shows it. */
export interface FaultMark {
  /** The page's own name for it. */
  id: string;
  /** When it strikes, or struck when a pattern set it off. */
  atUs: number;
  verb: NodeVerb | 'partition' | 'heal' | 'other';
  /** The node or process it is about; for other faults a few words. */
  target: string;
  /** It cannot be moved in time, as it waits for a pattern. */
  isFixed?: boolean | undefined;
}

/** A button that the lesson points at. */
export interface NodeHint {
  node: string;
  verb: FaultVerb;
}
