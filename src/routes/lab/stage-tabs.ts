// What the stage can show beside the picture and its table of events. A panel is one entry here; its
// code is loaded when somebody looks at it.

import type { Component } from 'svelte';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { LessonJson } from '#lib/lessons/schema.ts';
import type { Session } from '#lib/session/session.svelte.ts';
import { hasChannels } from '#lib/session/facts.ts';

type TraceStore = NonNullable<Session['trace']>;

/** What a panel is told; it takes of it what it needs. */
export interface PanelProps {
  session: Session;
  trace: TraceStore;
  /** Of the trace: changes when it has grown. */
  revision: number;
  cursorUs: number;
  /** The node whose knowledge is shown; null shows everything. */
  lens: string | null;
  selectedId: number | null;
  onselect: (id: number | null) => void;
  onsource: (file: string, line: number) => void;
}

export interface StageTab {
  /** Its word in `show` of lesson.json. */
  view: LessonJson['show'][number];
  /** The letter that opens it while the focus is on the stage. */
  key: string;
  name: () => string;
  /** The run has something to show there. */
  isThere: (trace: TraceStore, session: Session) => boolean;
  load: () => Promise<{ default: Component<PanelProps> }>;
}

/** Protocols by which objects of other processes are used. */
const REMOTE_OBJECTS = ['pyro4', 'rpyc'];

export const STAGE_TABS: readonly StageTab[] = [
  {
    view: 'map',
    key: 'm',
    name: m.tab_map,
    isThere: ({ header }) => (header?.nodes.length ?? 0) > 1,
    load: () => import('./MapPanel.svelte'),
  },
  {
    view: 'ledger',
    key: 't',
    name: m.tab_work,
    isThere: ({ sends, changes }) => sends.length + changes.length > 0,
    load: () => import('#lib/viz/LedgerView.svelte'),
  },
  {
    view: 'workers',
    key: 'g',
    name: m.tab_workers,
    isThere: ({ changes, protocols }) => changes.length > 0 && protocols.has('scoop'),
    load: () => import('#lib/viz/GanttView.svelte'),
  },
  {
    view: 'objects',
    key: 'o',
    name: m.tab_objects,
    isThere: ({ protocols }) => REMOTE_OBJECTS.some((it) => protocols.has(it)),
    load: () => import('#lib/viz/ObjectTables.svelte'),
  },
  {
    view: 'jobs',
    key: 'j',
    name: m.tab_jobs,
    isThere: ({ protocols }) => protocols.has('disco'),
    load: () => import('./JobPanel.svelte'),
  },
  {
    view: 'channels',
    key: 'k',
    name: m.tab_channels,
    isThere: hasChannels,
    load: () => import('./ChannelsPanel.svelte'),
  },
  {
    view: 'waits',
    key: 'w',
    name: m.tab_waits,
    isThere: ({ hasWaits }) => hasWaits,
    load: () => import('#lib/viz/WaitView.svelte'),
  },
  {
    view: 'nodes',
    key: 'n',
    name: m.tab_nodes,
    isThere: ({ eventCount }) => eventCount > 0,
    load: () => import('#lib/viz/NodesView.svelte'),
  },
  {
    view: 'charts',
    key: 'h',
    name: m.tab_charts,
    isThere: ({ sends, changes }) => sends.length + changes.length > 0,
    load: () => import('#lib/viz/ChartsView.svelte'),
  },
  {
    view: 'compare',
    key: 'c',
    name: m.tab_compare,
    isThere: (_, { kept }) => kept.length > 0,
    load: () => import('./CompareView.svelte'),
  },
  {
    view: 'browser',
    key: 'b',
    name: m.tab_browser,
    isThere: ({ protocols }) => protocols.has('http'),
    load: () => import('./BrowserPanel.svelte'),
  },
];
