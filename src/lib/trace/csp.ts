// Processes of CSP and their channels at a time: who holds which end, who is blocked where and with which
// value, what met last, and the circle of those that can never go on. Made of what PyCSP tells of itself,
//
//   state  `pycsp processes/<name>`   { state, holds: ['read A', 'write B'] }
//   state  `pycsp channels/<name>`    { state, writers, readers, writing, reading, buffer?, met? }
//   state  `pycsp deadlock`           { stuck, cycle: [process, channel, …] }
//
// in either language. A pure function of (trace, time, who is known). What does not have the shape that it
// should have is left out: a trace may come from anywhere.

import type { JsonValue } from '#lib/protocol/trace.ts';
import type { TraceStore } from './store.ts';

export type Side = 'write' | 'read';

export interface CspProcess {
  /** Of the picture: `node name`. */
  key: string;
  node: string;
  name: string;
  /** `running`, `returned`, `poisoned`, `retired`, `failed`. */
  state: string;
}

export interface CspChannel {
  key: string;
  node: string;
  name: string;
  /** `open`, `poisoned`, `retired`. */
  state: string;
  writers: number;
  readers: number;
  /** What lies in it; null for a channel without a buffer. */
  buffer: readonly string[] | null;
  capacity: number;
  met: Meeting | null;
}

/** The last value that went through a channel: a meeting, unless a buffer was one of the sides. */
export interface Meeting {
  count: number;
  value: string;
  /** Null: the buffer. */
  from: string | null;
  to: string | null;
  /** Who had waited for the other. */
  waited: string | null;
  tUs: number;
  /** The event that tells of it. */
  id: number;
}

/** What a process has to do with a channel. */
export interface CspLink {
  process: string;
  channel: string;
  side: Side;
  /** It is blocked there now; of a write, with this value. */
  isBlocked: boolean;
  value: string | null;
  /** It went through here last of all. */
  isMeeting: boolean;
  /** Part of a circle that nothing can open. */
  isDeadlock: boolean;
}

export interface CspPicture {
  processes: CspProcess[];
  channels: CspChannel[];
  links: CspLink[];
  /** The circle of a deadlock, process and channel in turn, by their names; empty without one. */
  cycle: readonly string[];
}

type Fields = Readonly<Record<string, JsonValue>>;

interface Told {
  node: string;
  name: string;
  id: number;
  /** The first that was told of it. */
  firstId: number;
}

const PROCESSES = 'pycsp processes/';
const CHANNELS = 'pycsp channels/';
const DEADLOCK = 'pycsp deadlock';
/** The program itself. */
const MAIN = '__INIT__';
/** PyCSP tells of its channels at the very start. */
const LOOK_MAX = 400;

/** The run uses channels. */
export function hasChannels(trace: TraceStore): boolean {
  const { changes } = trace;
  const end = Math.min(changes.length, LOOK_MAX);
  for (let position = 0; position < end; position++) {
    if (trace.textAt(changes.data[position]!, 'name')?.startsWith(CHANNELS)) return true;
  }
  return false;
}

/** @param isKnown leaves out what a lens has not seen */
export function cspAt(
  trace: TraceStore,
  atUs: number,
  isKnown?: (id: number) => boolean,
): CspPicture {
  const told = new Map<string, Told>();
  const locks = new Map<string, number>();
  const { changes } = trace;
  const end = changes.lastAtMost(trace.lastAtOrBefore(atUs)) + 1;
  for (let position = 0; position < end; position++) {
    const id = changes.data[position]!;
    const name = trace.textAt(id, 'name');
    if (!name?.startsWith('pycsp ') || (isKnown && !isKnown(id))) continue;
    const node = trace.processAt(id).name;
    if (name === DEADLOCK) locks.set(node, id);
    else if (name.startsWith(PROCESSES) || name.startsWith(CHANNELS)) {
      const key = `${node} ${name}`;
      told.set(key, { node, name, id, firstId: told.get(key)?.firstId ?? id });
      // Something has gone on after all: a signal came.
      locks.delete(node);
    }
  }
  return pictureOf(trace, [...told.values()], locks);
}

function pictureOf(
  trace: TraceStore,
  told: readonly Told[],
  locks: ReadonlyMap<string, number>,
): CspPicture {
  const processes = new Map<string, CspProcess>();
  const holds: { process: string; node: string; side: Side; name: string }[] = [];
  const channels: CspChannel[] = [];
  const blocks: { channel: string; process: string; side: Side; value: string | null }[] = [];
  const keyOf = (node: string, name: string): string => {
    const key = `${node} ${name}`;
    if (processes.has(key)) return key;
    // At a channel's home the processes of other nodes bear their node's name.
    const slash = name.lastIndexOf('/');
    if (slash > 0) return keyOf(name.slice(0, slash), name.slice(slash + 1));
    processes.set(key, { key, node, name, state: 'running' });
    return key;
  };
  for (const { node, name, id, firstId } of told.filter((it) => it.name.startsWith(PROCESSES))) {
    const fields = fieldsOf(trace, id);
    const own = name.slice(PROCESSES.length);
    const key = `${node} ${own}`;
    processes.set(key, { key, node, name: own, state: textIn(fields, 'state') ?? 'running' });
    // Whoever returns leaves its ends open: they still belong to it.
    for (const hold of textsIn(fieldsOf(trace, firstId), 'holds')) {
      const [side, ...rest] = hold.split(' ');
      if (side === 'read' || side === 'write') {
        holds.push({ process: key, node, side, name: rest.join(' ') });
      }
    }
  }
  for (const { node, name, id } of told.filter((it) => it.name.startsWith(CHANNELS))) {
    const fields = fieldsOf(trace, id);
    const channel = channelOf(trace, id, node, name.slice(CHANNELS.length), fields);
    channels.push(channel);
    for (const item of listIn(fields, 'writing')) {
      const { process, value } = item as { process?: unknown; value?: unknown };
      if (typeof process !== 'string') continue;
      const shown = typeof value === 'string' ? value : null;
      blocks.push({
        ...{ channel: channel.key, process: keyOf(node, process) },
        ...{ side: 'write', value: shown },
      });
    }
    for (const process of textsIn(fields, 'reading')) {
      const key = keyOf(node, process);
      blocks.push({ channel: channel.key, process: key, side: 'read', value: null });
    }
  }
  const links = new Map<string, CspLink>();
  const linkOf = (process: string, channel: string, side: Side): CspLink => {
    const key = JSON.stringify([process, channel, side]);
    const link = links.get(key) ?? {
      ...{ process, channel, side, value: null },
      ...{ isBlocked: false, isMeeting: false, isDeadlock: false },
    };
    links.set(key, link);
    return link;
  };
  for (const { process, node, side, name } of holds) {
    const channel = channelNamed(channels, node, name);
    if (channel) linkOf(process, channel.key, side);
  }
  for (const { process, channel, side, value } of blocks) {
    Object.assign(linkOf(process, channel, side), { isBlocked: true, value });
  }
  markMeeting(channels, (node, name, channel, side) => {
    linkOf(keyOf(node, name), channel, side).isMeeting = true;
  });
  const cycle = [...locks.values()].map((id) => textsIn(fieldsOf(trace, id), 'cycle'));
  for (const [index, node] of [...locks.keys()].entries()) {
    for (const link of ringOf(cycle[index]!, node, [...links.values()])) link.isDeadlock = true;
  }
  return {
    processes: [...processes.values()],
    channels,
    links: [...links.values()],
    cycle: cycle.find((it) => it.length > 0) ?? [],
  };
}

function channelOf(
  trace: TraceStore,
  id: number,
  node: string,
  name: string,
  fields: Fields,
): CspChannel {
  const met = fields['met'];
  const isMet = typeof met === 'object' && met !== null && !Array.isArray(met);
  return {
    key: `${node}#${name}`,
    ...{ node, name },
    state: textIn(fields, 'state') ?? 'open',
    writers: numberIn(fields, 'writers'),
    readers: numberIn(fields, 'readers'),
    buffer: 'capacity' in fields ? textsIn(fields, 'buffer') : null,
    capacity: numberIn(fields, 'capacity'),
    met: isMet ? meetingOf(trace, id, name, met as Fields) : null,
  };
}

/** When it was: the first that told of this meeting, a little before whatever the channel told since. */
function meetingOf(trace: TraceStore, id: number, name: string, met: Fields): Meeting {
  const count = numberIn(met, 'count');
  const { events } = trace.processAt(id);
  let found = id;
  for (let position = events.lastAtMost(id) - 1; position >= 0; position--) {
    const earlier = events.data[position]!;
    if (trace.kindAt(earlier) !== 'state') continue;
    if (trace.textAt(earlier, 'name') !== CHANNELS + name) continue;
    const before = fieldsOf(trace, earlier)['met'];
    if (numberIn((before ?? {}) as Fields, 'count') !== count) break;
    found = earlier;
  }
  return {
    count,
    value: textIn(met, 'value') ?? '',
    ...{ from: textIn(met, 'from'), to: textIn(met, 'to'), waited: textIn(met, 'waited') },
    ...{ tUs: trace.timeAt(found), id: found },
  };
}

/** Of all channels, the meeting that was last. */
function markMeeting(
  channels: readonly CspChannel[],
  mark: (node: string, name: string, channel: string, side: Side) => void,
): void {
  let last: CspChannel | null = null;
  for (const channel of channels) {
    if (channel.met && (!last || channel.met.id > last.met!.id)) last = channel;
  }
  if (!last?.met) return;
  const { from, to } = last.met;
  if (from !== null) mark(last.node, from, last.key, 'write');
  if (to !== null) mark(last.node, to, last.key, 'read');
}

/** The links of a circle: each process is blocked at a channel, whose other end the next one holds. */
function ringOf(cycle: readonly string[], node: string, links: readonly CspLink[]): CspLink[] {
  const ring: CspLink[] = [];
  for (let at = 0; at + 2 < cycle.length; at += 2) {
    const [from, name, to] = cycle.slice(at, at + 3) as [string, string, string];
    const channel = `${node}#${name}`;
    const blocked = links.find(
      (it) => it.channel === channel && it.process === `${node} ${from}` && it.isBlocked,
    );
    const other = links.find(
      (it) => it.channel === channel && it.process === `${node} ${to}` && it.side !== blocked?.side,
    );
    if (blocked) ring.push(blocked);
    if (other) ring.push(other);
  }
  return ring;
}

/** The node's own channel, or the one of that name that lives elsewhere. */
function channelNamed(
  channels: readonly CspChannel[],
  node: string,
  name: string,
): CspChannel | undefined {
  const named = channels.filter((it) => it.name === name);
  return named.find((it) => it.node === node) ?? named[0];
}

export function isProgram({ name }: CspProcess): boolean {
  return name === MAIN;
}

function fieldsOf(trace: TraceStore, id: number): Fields {
  const value = trace.valueAt(id, 'value');
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}

function textIn(fields: Fields, name: string): string | null {
  const value = fields[name];
  return typeof value === 'string' ? value : null;
}

function numberIn(fields: Fields, name: string): number {
  const value = fields[name];
  return typeof value === 'number' ? value : 0;
}

function listIn(fields: Fields, name: string): readonly JsonValue[] {
  const value = fields[name];
  return Array.isArray(value)
    ? (value as readonly JsonValue[]).filter((it) => typeof it === 'object' && it !== null)
    : [];
}

function textsIn(fields: Fields, name: string): string[] {
  const value = fields[name];
  return Array.isArray(value)
    ? (value as readonly JsonValue[]).filter((it): it is string => typeof it === 'string')
    : [];
}
