// What the stage's parts hand to each other and to the page.

export type { JobLine, Result } from '#lib/trace/disco-jobs.ts';

import type { FaultAction, NetworkVerb, NodeVerb } from '#lib/protocol/faults.ts';

/** The verbs that a node's head and menu offer at once. */
export type FaultVerb = Exclude<NodeVerb, 'signal' | 'input' | 'skew' | 'speed'>;

/** The four that a life line's menu and a node's head show, in their order. */
export const HEAD_VERBS = ['kill', 'powerOff', 'pause', 'restart'] as const;

/** What can be done to one message. */
export type MessageVerb = 'drop' | 'delay' | 'duplicate';

/** How much later a message comes when nobody says otherwise, in milliseconds. */
export const DELAY_MS = 100;

/** Something is broken at a moment: an entry of faults.json without its time. */
export type StrikeFault = (action: FaultAction, atUs: number) => void;

/** Something is done to the message that event `id` sends. */
export type StrikeMessage = (action: FaultAction, id: number) => void;

/** What can be done with a node's column: moved to another place, counted from the left, or hidden. */
export type ArrangeNode = (node: string, to: number | 'hidden') => void;

/** Where a menu of faults is open: for a node at a moment, and for the message it was opened at. */
export interface MenuPlace {
  node: string;
  atUs: number;
  /** In the window. */
  x: number;
  y: number;
  messageId: number | null;
}

/** What a search has found, for those who show it. */
export interface Found {
  /** Of all matches together. */
  ids: ReadonlySet<number>;
  /** The same, ascending. */
  rows: readonly number[];
  /** The one that is looked at. */
  current: { ids: readonly number[] } | null;
}

/** A fault as the strip in the gutter shows it. */
export interface FaultMark {
  /** The page's own name for it. */
  id: string;
  /** When it strikes, or struck when a pattern set it off. */
  atUs: number;
  verb: NodeVerb | NetworkVerb | 'other';
  /** The node, process, link or message it is about; for other faults a few words. */
  target: string;
  /** It cannot be moved in time, as it waits for a pattern. */
  isFixed?: boolean | undefined;
}

/** A button that the lesson points at. */
export interface NodeHint {
  node: string;
  verb: FaultVerb;
}
