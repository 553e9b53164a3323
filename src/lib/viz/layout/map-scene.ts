// Everything that moves on the map at an instant, placed: dots with the way they have come, crosses of
// what was lost, and the words beside them. Pure geometry over the links and the messages under way.

import type { TimeAxis } from './axis.ts';
import { LabelPlaces, textWidth } from './labels.ts';
import { pathOn, pointOn, type MapLink } from './map-links.ts';
import type { LabelShape } from './shapes.ts';
import type { Topology } from './topology.ts';
import { isDead, shareOf, type Transit } from './transits.ts';

export interface MapDot {
  key: string;
  transit: Transit;
  x: number;
  y: number;
  /** From its sender to here. */
  path: string;
  /** It ends here in a cross. */
  isDead: boolean;
}

export interface MapScene {
  dots: MapDot[];
  labels: LabelShape[];
}

/** Above so many messages at once, words would cover them. */
const LABEL_LIMIT = 16;
/** The pointer finds a dot from so far away. */
const DOT_REACH = 16;
const LIFT = 9;
const DROP = 18;

export function layoutMapScene(
  map: Topology,
  links: readonly MapLink[],
  transits: readonly Transit[],
  axis: TimeAxis,
  atUs: number,
): MapScene {
  const byEnds = new Map<string, MapLink>();
  for (const link of links) {
    byEnds.set(`${link.a} ${link.b}`, link);
    byEnds.set(`${link.b} ${link.a}`, link);
  }
  const dots = transits.flatMap((transit): MapDot[] => {
    const link = byEnds.get(`${transit.from} ${transit.to}`);
    if (!link) return [];
    const share = shareOf(transit, axis, atUs);
    const key = `${transit.originId}-${transit.startUs}-${transit.endId}`;
    const place = pointOn(link, transit.from, share);
    const path = pathOn(link, transit.from, share);
    return [{ key, transit, ...place, path, isDead: isDead(transit, axis, atUs) }];
  });
  return { dots, labels: labelsOf(map, links, dots) };
}

/** Above a dot, else below it; left out where neither is free. */
function labelsOf(map: Topology, links: readonly MapLink[], dots: readonly MapDot[]): LabelShape[] {
  const told = dots.filter(({ transit }) => transit.role !== 'background');
  if (told.length > LABEL_LIMIT) return [];
  const places = new LabelPlaces();
  for (const { x, y } of map.nodes) places.block(x, y, map.cardWidth / 2, map.cardHeight / 2);
  for (const { handle } of links) places.block(handle.x, handle.y, 10, 10);
  for (const { key, transit, x, y } of told) {
    const text = transit.fate === 'unknown' ? `${transit.word} ?` : transit.word;
    const half = textWidth(text) / 2;
    const label: LabelShape = {
      ...{ shape: 'label', key, firstId: transit.originId, lastId: transit.endId, text },
      ...{ angle: 0, ink: 'ink', isMono: false, fromY: 0, anchor: 'middle' },
      x: Math.min(Math.max(x, half + 4), map.width - half - 4),
      y: y - LIFT,
    };
    places.place([label, { ...label, y: y + DROP }]);
  }
  return places.labels;
}

/** The message at a point: the nearest dot in reach, background ones last; null when there is none. */
export function dotAt({ dots }: MapScene, x: number, y: number): MapDot | null {
  let found: MapDot | null = null;
  let nearest = DOT_REACH;
  for (const dot of dots) {
    const penalty = dot.transit.role === 'background' ? DOT_REACH / 2 : 0;
    const distance = Math.hypot(dot.x - x, dot.y - y) + penalty;
    if (distance >= nearest) continue;
    nearest = distance;
    found = dot;
  }
  return found;
}
