// Where the network is cut: a hatched strip between two columns for as long as it lasts. Columns
// that are no neighbours get a line in the gutter instead.

import { NO_EVENT } from '#lib/trace/store.ts';
import type { Cut } from './picture.ts';
import type { Sketch } from './scene.ts';

const STRIP_WIDTH = 10;

export function drawCuts(sketch: Sketch): void {
  const { picture, columns, fromY, toY, endY } = sketch;
  for (const cut of picture.cuts) {
    const y1 = sketch.yOf(cut.fromId);
    const y2 = cut.toId === NO_EVENT ? endY : sketch.yOf(cut.toId);
    if (y2 < fromY || y1 > toY) continue;
    let hasNeighbours = false;
    for (let column = 0; column + 1 < columns.nodes.length; column++) {
      if (!isApart(cut, columns.nodes[column]!, columns.nodes[column + 1]!)) continue;
      hasNeighbours = true;
      const x = (columns.xs[column]! + columns.xs[column + 1]!) / 2;
      drawStrip(sketch, cut, x, y1, y2, column);
      if (cut.isOneWay) drawDirection(sketch, cut, x, y1, column);
    }
    if (!hasNeighbours) drawStrip(sketch, cut, columns.gutter - STRIP_WIDTH, y1, y2, -1);
  }
}

function isApart({ groups: [left, right] }: Cut, a: string, b: string): boolean {
  return (left.includes(a) && right.includes(b)) || (left.includes(b) && right.includes(a));
}

/** Which way nothing passes: an arrow above the strip, beside its sign. */
function drawDirection({ scene, columns }: Sketch, cut: Cut, x: number, y: number, column: number) {
  const isRight = cut.groups[0].includes(columns.nodes[column]!);
  scene.marks.push({
    ...{ shape: 'mark', key: `cut-${cut.fromId}-${column}-way`, symbol: 'head' },
    ...{ firstId: cut.fromId, lastId: cut.fromId, ink: 'fault', fromY: y },
    ...(isRight ? { x: x + 18, angle: 0 } : { x: x - 18, angle: Math.PI }),
    y: y - 8,
  });
}

function drawStrip(
  { scene, places, toY }: Sketch,
  cut: Cut,
  x: number,
  y1: number,
  y2: number,
  column: number,
): void {
  const key = `cut-${cut.fromId}-${column}`;
  const named = { firstId: cut.fromId, lastId: cut.fromId };
  scene.strokes.push({
    ...{ shape: 'rect', key, ...named, hatch: 'fault' },
    ...{ x: x - STRIP_WIDTH / 2, y: y1, width: STRIP_WIDTH, height: Math.min(y2, toY) - y1 },
  });
  const mark = { shape: 'mark', ...named, x, angle: 0 } as const;
  scene.marks.push({ ...mark, key, symbol: 'cut', y: y1 - 8, ink: 'fault', fromY: y1 });
  places.block(x, y1 - 8, 7, 6);
  if (cut.toId === NO_EVENT) return;
  scene.marks.push({
    ...mark,
    key: `${key}-mend`,
    symbol: 'mend',
    y: y2 + 9,
    ink: 'ink-3',
    fromY: y2,
  });
  places.block(x, y2 + 9, 7, 6);
}
