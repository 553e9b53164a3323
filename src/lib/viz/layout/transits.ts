// Messages under way at an instant, for the map: which, and how far each has come. A message moves
// evenly along the axis of time, as the dot in the diagram does, so that both show the same share of
// the way, and playback moves it without jumps. What is lost dies on the way and leaves a cross for a
// little while; through a lens a message whose end nobody knows stands still with a question mark.

import type { Role } from '#lib/protocol/wire.ts';
import type { Lens } from '#lib/trace/lens.ts';
import { nodeOf, NO_EVENT, type TraceStore } from '#lib/trace/store.ts';
import type { TimeAxis } from './axis.ts';

export interface Transit {
  /** The event that sent it, and what this part of its way ends with; NO_EVENT when that is not known. */
  originId: number;
  endId: number;
  /** Nodes. */
  from: string;
  to: string;
  role: Role;
  word: string;
  startUs: number;
  endUs: number;
  /** It is a copy of one that is, or was, under way. */
  isCopy: boolean;
  /** `lost` dies at `reach`; `refused` turns back at the other end. */
  fate: 'arrives' | 'lost' | 'refused' | 'unknown';
  /** How much of the way it goes. */
  reach: number;
}

/** As in the diagram; at a cut a little before the middle, where the switch of the link is. */
const LOST_SHARE = 0.6;
const CUT_SHARE = 0.4;
/** It takes at least so many pixels of the axis to come there. */
const LOST_DROP = 22;
/** Where a message stands of which the lens knows no end. */
const UNKNOWN_SHARE = 0.3;
/** A cross stays while time moves so many pixels along the axis. */
const CROSS_PX = 88;
/** Through a lens so many messages are looked back for one whose end is unknown. */
const LOOK_BACK = 2000;

/** Lost messages that still have a cross are at most so many. */
const CROSS_LIMIT = 200;

/**
 * What is under way between nodes at `atUs`, and what was lost shortly before.
 *
 * @param openIds of events at or before `atUs` of which something is still open then
 */
export function transitsAt(
  trace: TraceStore,
  axis: TimeAxis,
  openIds: readonly number[],
  atUs: number,
): Transit[] {
  const found: Transit[] = [];
  for (const id of openIds) {
    if (!trace.isOrigin(id)) continue;
    for (const leg of legsOf(trace, id)) {
      if (leg.startUs <= atUs && leg.endUs > atUs) found.push(leg);
    }
  }
  const { losses } = trace;
  const last = losses.lastAtMost(trace.lastAtOrBefore(atUs));
  for (let at = last; at >= 0 && at > last - CROSS_LIMIT; at--) {
    const id = losses.data[at]!;
    if (axis.yAt(atUs) - axis.yAt(trace.timeAt(id)) > CROSS_PX) break;
    for (const leg of legsOf(trace, trace.openerAt(id))) if (leg.endId === id) found.push(leg);
  }
  return found;
}

/** Of each direction between two nodes the latest message that the lens knows to have left, and no more. */
export function transitsKnown(trace: TraceStore, lens: Lens): Transit[] {
  const found = new Map<string, Transit>();
  const { data } = trace.sends;
  const last = trace.sends.lastAtMost(lens.apexId);
  for (let at = last; at >= 0 && at > last - LOOK_BACK; at--) {
    const id = data[at]!;
    if (!lens.has(id)) continue;
    const [leg] = legsOf(trace, id);
    if (!leg || found.has(`${leg.from} ${leg.to}`)) continue;
    if (trace.followersOf(id).some((follower) => lens.has(follower))) continue;
    const unknown = { endId: NO_EVENT, endUs: Infinity, fate: 'unknown', reach: 1 } as const;
    found.set(`${leg.from} ${leg.to}`, { ...leg, ...unknown });
  }
  return [...found.values()];
}

/** The way of a message, try by try and copy by copy; none for one that stays within a node. */
function legsOf(trace: TraceStore, origin: number): Transit[] {
  const from = trace.processAt(origin).node;
  const leg = {
    ...{ originId: origin, endId: NO_EVENT, from, to: nodeOf(trace.textAt(origin, 'to') ?? '') },
    ...{ role: trace.roleAt(origin), word: trace.textAt(origin, 'msg') ?? trace.kindAt(origin) },
    ...{ startUs: trace.timeAt(origin), endUs: Infinity, isCopy: false },
    ...{ fate: 'unknown', reach: 1 },
  } satisfies Transit as Transit;
  if (leg.to === '' || leg.to === from) return [];
  const legs = [leg];
  let ended = 0;
  for (const id of trace.followersOf(origin)) {
    const kind = trace.kindAt(id);
    if (kind === 'retransmit' || kind === 'duplicate') {
      legs.push({ ...leg, startUs: trace.timeAt(id), isCopy: kind === 'duplicate' });
    } else if (ended < legs.length) {
      legs[ended] = { ...legs[ended]!, endId: id, endUs: trace.timeAt(id), ...fateOf(trace, id) };
      ended++;
    }
  }
  return legs;
}

function fateOf(trace: TraceStore, id: number): Pick<Transit, 'fate' | 'reach'> {
  const kind = trace.kindAt(id);
  if (kind === 'refuse') return { fate: 'refused', reach: 1 };
  // It arrived, and nobody wanted it.
  if (kind === 'drop') return { fate: 'lost', reach: 1 };
  if (kind !== 'lose') return { fate: 'arrives', reach: 1 };
  const isAtCut = ['partition', 'cut'].includes(trace.textAt(id, 'reason')!);
  return { fate: 'lost', reach: isAtCut ? CUT_SHARE : LOST_SHARE };
}

/** How far a message has come at an instant: its share of the way from sender to receiver. */
export function shareOf(transit: Transit, axis: TimeAxis, atUs: number): number {
  const { fate, startUs, endUs, reach } = transit;
  if (fate === 'unknown') return UNKNOWN_SHARE;
  const come = axis.yAt(atUs) - axis.yAt(startUs);
  const way = axis.yAt(endUs) - axis.yAt(startUs);
  if (fate === 'lost') return Math.min(1, come / fallOf(way)) * reach;
  const share = way <= 0 ? 1 : Math.min(1, come / way);
  return fate === 'refused' ? 1 - Math.abs(1 - 2 * share) : share;
}

/** It is lost and has come to where that is drawn. */
export function isDead({ fate, startUs, endUs }: Transit, axis: TimeAxis, atUs: number): boolean {
  if (fate !== 'lost' || atUs < endUs) return false;
  return axis.yAt(atUs) - axis.yAt(startUs) >= fallOf(axis.yAt(endUs) - axis.yAt(startUs));
}

/** Most are lost as they leave: they are seen to go a bit of their way, as in the diagram. */
function fallOf(way: number): number {
  return Math.min(Math.max(way, LOST_DROP), 3 * LOST_DROP);
}
