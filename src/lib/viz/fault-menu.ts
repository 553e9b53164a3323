// What the menu of a life line or a message offers, as data: the component only draws it. A menu
// has pages, so that links and signals do not stand in the way of the four things done most.

import { m } from '#lib/i18n/paraglide/messages.js';
import type { FaultAction } from '#lib/protocol/faults.ts';
import type { NetworkFacts } from '#lib/trace/network.ts';
import type { Orientation } from './layout/orientation.ts';
import { DELAY_MS, type FaultVerb, type MessageVerb } from './types.ts';
import { messageVerbWords, verbWords } from './words.ts';

export type MenuIcon =
  | FaultVerb
  | MessageVerb
  | 'cut'
  | 'mend'
  | 'signal'
  | 'to'
  | 'from'
  | 'both'
  | 'up'
  | 'down'
  | 'upDown'
  | 'isolate'
  | 'hide'
  | 'clock'
  | 'cpu';

export interface MenuEntry {
  key: string;
  icon: MenuIcon;
  name: string;
  /** One line, where the name does not say it all. */
  effect?: string;
  /** What it does: breaks something, does it to the message, or shows another page. */
  does:
    | { action: FaultAction; of: 'node' | 'message' }
    | { page: MenuPage }
    | { column: number | 'hidden' };
}

export type MenuPage = 'first' | 'column' | 'links' | 'signals' | 'clock';

export interface MenuGroup {
  /** What its entries are about; absent for the node itself. */
  name?: string;
  entries: MenuEntry[];
}

export interface MenuOptions {
  node: string;
  nodes: readonly string[];
  isPaused: boolean;
  /** The word of the message that the menu was opened at, or null. */
  message: string | null;
  network: NetworkFacts;
  /** The columns as they stand, where they can be moved and hidden; absent where there are none. */
  columns?: readonly string[] | undefined;
  /** Where time goes across, the columns are rows. Default: down. */
  orientation?: Orientation | undefined;
}

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1'] as const;

export function menuGroups(page: MenuPage, options: MenuOptions): MenuGroup[] {
  if (page === 'column') return [{ entries: columnEntries(options) }];
  if (page === 'links') return linkGroups(options);
  if (page === 'signals') return [{ entries: SIGNALS.map((name) => signalEntry(options, name)) }];
  if (page === 'clock') return [{ entries: clockEntries(options) }];
  const groups: MenuGroup[] = [];
  if (options.message !== null) {
    const entries = (['drop', 'delay', 'duplicate'] as const).map(messageEntry);
    groups.push({ name: options.message, entries });
  }
  groups.push({ name: options.node, entries: nodeEntries(options) });
  return groups;
}

/** What is done to a message, as faults.json says it. */
export function messageAction(verb: MessageVerb, delayMs: number = DELAY_MS): FaultAction {
  if (verb === 'delay') return { delay: delayMs };
  return verb === 'drop' ? { drop: true } : { duplicate: true };
}

function messageEntry(verb: MessageVerb): MenuEntry {
  const does = { action: messageAction(verb), of: 'message' } as const;
  return { key: verb, icon: verb, ...messageVerbWords(verb), does };
}

/** Past its neighbour on either side; the last one that is shown stays. */
function columnEntries({ node, columns = [], orientation }: MenuOptions): MenuEntry[] {
  const at = columns.indexOf(node);
  const entries: MenuEntry[] = [];
  const add = (key: string, icon: MenuIcon, name: string, column: number | 'hidden') =>
    entries.push({ key, icon, name, does: { column } });
  const isRow = orientation === 'across';
  const before: [MenuIcon, string] = isRow ? ['up', m.row_up()] : ['from', m.column_left()];
  const after: [MenuIcon, string] = isRow ? ['down', m.row_down()] : ['to', m.column_right()];
  if (at > 0) add('before', ...before, at - 1);
  if (at < columns.length - 1) add('after', ...after, at + 1);
  if (columns.length > 1) add('hide', 'hide', m.column_hide(), 'hidden');
  return entries;
}

function nodeEntries(options: MenuOptions): MenuEntry[] {
  const { node, nodes, isPaused, columns } = options;
  const verbs: FaultVerb[] = ['kill', 'powerOff', isPaused ? 'resume' : 'pause', 'restart'];
  const entries = verbs.map((verb): MenuEntry => {
    const action = { [verb]: node } as unknown as FaultAction;
    return { key: verb, icon: verb, ...verbWords(verb), does: { action, of: 'node' } };
  });
  if (nodes.length > 1) {
    entries.push({
      ...{ key: 'links', icon: 'cut', does: { page: 'links' } },
      ...{ name: m.menu_links(), effect: m.menu_links_effect() },
    });
  }
  entries.push({
    ...{ key: 'signals', icon: 'signal', does: { page: 'signals' } },
    ...{ name: m.menu_signals(), effect: m.menu_signals_effect() },
  });
  entries.push({
    ...{ key: 'clock', icon: 'clock', does: { page: 'clock' } },
    ...{ name: m.menu_clock(), effect: m.menu_clock_effect() },
  });
  if (columns && columns.length > 1) {
    const isRow = options.orientation === 'across';
    entries.push({
      ...{ key: 'column', icon: isRow ? 'upDown' : 'both', does: { page: 'column' } },
      ...{ name: isRow ? m.menu_row() : m.menu_column(), effect: m.menu_column_effect() },
    });
  }
  return entries;
}

/** Of the node's machine: who shares it is meant too. */
function clockEntries({ node }: MenuOptions): MenuEntry[] {
  const entry = (
    key: string,
    icon: MenuIcon,
    [name, effect]: [string, string],
    action: FaultAction,
  ): MenuEntry => ({ key, icon, name, effect, does: { action, of: 'node' } });
  const effect = m.clock_effect();
  return [
    entry('ahead', 'clock', [m.clock_ahead(), effect], { skew: node, ms: 1000 }),
    entry('behind', 'clock', [m.clock_behind(), effect], { skew: node, ms: -1000 }),
    entry('slow', 'cpu', [m.cpu_slow(), m.cpu_slow_effect()], { speed: node, factor: 0.1 }),
    entry('normal', 'cpu', [m.cpu_normal(), m.cpu_normal_effect()], { speed: node, factor: 1 }),
  ];
}

function signalEntry({ node }: MenuOptions, name: string): MenuEntry {
  const effects: Record<string, () => string> = {
    SIGTERM: m.signal_sigterm_effect,
    SIGINT: m.signal_sigint_effect,
    SIGHUP: m.signal_sighup_effect,
    SIGUSR1: m.signal_sigusr1_effect,
  };
  return {
    ...{ key: name, icon: 'signal', name, effect: effects[name]!() },
    does: { action: { signal: node, name }, of: 'node' },
  };
}

function linkGroups({ node, nodes, network }: MenuOptions): MenuGroup[] {
  const others = nodes.filter((other) => other !== node);
  const groups = others.map((other): MenuGroup => ({
    name: `${node} ↔ ${other}`,
    entries: linkEntries(node, other, network),
  }));
  const all: MenuEntry[] = [];
  if (others.length > 1) {
    all.push({
      ...{ key: 'isolate', icon: 'isolate', name: m.net_isolate(), effect: m.net_isolate_effect() },
      does: { action: { partition: [[node], others] }, of: 'node' },
    });
  }
  if (network.isPartitioned) {
    all.push({
      ...{ key: 'heal', icon: 'mend', name: m.net_heal(), effect: m.net_heal_effect() },
      does: { action: { heal: true }, of: 'node' },
    });
  }
  return all.length > 0 ? [{ entries: all }, ...groups] : groups;
}

function linkEntries(node: string, other: string, { cuts }: NetworkFacts): MenuEntry[] {
  const isOut = cuts.has(`${node}->${other}`);
  const isIn = cuts.has(`${other}->${node}`);
  const both = `${node}<->${other}`;
  const entries: MenuEntry[] = [];
  const add = (icon: MenuIcon, name: string, action: FaultAction) =>
    entries.push({ key: `${icon} ${other}`, icon, name, does: { action, of: 'node' } });
  if (!isOut && !isIn) add('both', m.net_cut_both(), { cut: both });
  if (!isOut) add('to', m.net_cut_way({ from: node, to: other }), { cut: `${node}->${other}` });
  if (!isIn) add('from', m.net_cut_way({ from: other, to: node }), { cut: `${other}->${node}` });
  if (isOut || isIn) add('mend', m.net_mend(), { mend: both });
  return entries;
}
