// The ways to move the cursor from print to print, fault to fault, event to event of a node, and what
// is said of what a move came to; and the focus from pane to pane. By keys and by the menu of the run
// bar alike; loaded with the first.

import { m } from '#lib/i18n/paraglide/messages.js';
import { grouped } from '#lib/protocol/time.ts';
import type { Session } from '#lib/session/session.svelte.ts';
import type { Jump } from '#lib/ui/JumpMenu.svelte';
import {
  jumpNode,
  jumpTarget,
  latestEvent,
  type JumpFrom,
  type JumpKind,
} from '#lib/viz/layout/jumps.ts';
import { sentenceOf } from '#lib/viz/words.ts';

const JUMPS: Readonly<Record<string, readonly [JumpKind, 1 | -1]>> = {
  p: ['print', 1],
  P: ['print', -1],
  x: ['fault', 1],
  X: ['fault', -1],
  ']': ['node', 1],
  '[': ['node', -1],
};

/** What the stage shows beside the run. */
interface Seen {
  /** The event that is kept. */
  selectedId: number | null;
  showsBackground: boolean;
}

const fromOf = ({ cursorUs, lensNode }: Session, seen: Seen): JumpFrom => ({
  ...{ cursorUs, lens: lensNode },
  ...seen,
});

/**
 * Moves the cursor to the event that a key jumps to.
 *
 * @returns the event; null when there is none
 */
export function jump(session: Session, key: string, seen: Seen): number | null {
  const { trace } = session;
  const [kind, step] = JUMPS[key]!;
  const id = trace ? jumpTarget(trace, kind, step, fromOf(session, seen)) : -1;
  if (id < 0) return null;
  session.seek(trace!.timeAt(id));
  return id;
}

/** What there is to jump to, by the keys that do it. */
export function jumpList(session: Session, seen: Seen): Jump[] {
  const { trace } = session;
  const node = trace && jumpNode(trace, fromOf(session, seen));
  const ofNode = (node: string): Jump[] => [
    { id: ']', name: m.jump_node_next({ node }), key: ']' },
    { id: '[', name: m.jump_node_before({ node }), key: '[' },
  ];
  return [
    { id: 'p', name: m.jump_print_next(), key: 'P' },
    { id: 'P', name: m.jump_print_before(), key: 'Shift P' },
    { id: 'x', name: m.jump_fault_next(), key: 'X' },
    { id: 'X', name: m.jump_fault_before(), key: 'Shift X' },
    ...(node ? ofNode(node) : []),
    { id: 'Home', name: m.jump_beginning(), key: 'Home' },
    { id: 'End', name: m.jump_end(), key: 'End' },
  ];
}

/** An event that a jump came to, in words; null for none. */
export function jumpWords(session: Session, id: number | null): string {
  return id === null ? m.jump_none() : wordsAt(session, id);
}

/** What stands at the cursor, in words. */
export function cursorWords(session: Session, seen: Seen): string {
  const { trace } = session;
  const id = trace ? latestEvent(trace, fromOf(session, seen)) : -1;
  return id < 0 ? '' : wordsAt(session, id);
}

function wordsAt({ trace, cursorUs }: Session, id: number): string {
  const time = grouped(Math.round(cursorUs / 1000));
  return m.jump_said({ time, sentence: sentenceOf(trace!, id) });
}

/** What takes the focus in a pane: the page that is read, the tab that is chosen, else the first. */
const STOPS = [
  '.current h2, [role="tab"][aria-selected="true"]',
  'a[href], button:enabled, input:enabled, [tabindex="0"]',
];

/**
 * Moves the focus to another pane: lesson, code, output, stage, run bar. Tab alone leads through all
 * that is in each, and an editor keeps it.
 *
 * @param step 1 for the next one, -1 for the one before
 */
export function focusPane(step: 1 | -1): void {
  const stops = [
    ...document.querySelectorAll('main > :is(.learn, .code, .output, .watch, .runbar)'),
  ]
    .map((pane) => ({ pane, stop: stopIn(pane) }))
    .filter(({ stop }) => stop !== undefined);
  const at = stops.findIndex(({ pane }) => pane.contains(document.activeElement));
  const next = at < 0 && step < 0 ? -1 : (at + step) % stops.length;
  stops.at(next)?.stop?.focus();
}

function stopIn(pane: Element): HTMLElement | undefined {
  const found = STOPS.flatMap((stop) => [...pane.querySelectorAll<HTMLElement>(stop)]);
  return found.find((element) => element.getClientRects().length > 0);
}
