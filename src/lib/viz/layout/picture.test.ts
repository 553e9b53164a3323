import { expect, test } from 'vitest';
import { TraceStore } from '#lib/trace/store.ts';
import { Picture } from './picture.ts';

function cutsOf(...faults: object[]) {
  const picture = new Picture();
  picture.extend(
    TraceStore.from(
      faults
        .map(
          (fault, index) => `${JSON.stringify({ tUs: index, kind: 'fault', node: '', fault })}\n`,
        )
        .join(''),
    ),
  );
  return picture.cuts.map(({ fromId, toId, groups, isOneWay }) => [
    ...[fromId, toId, isOneWay ? groups.flat().join('->') : groups.flat().sort().join('<->')],
  ]);
}

test('NET4 a cut lasts until it is mended, a partition until it is healed', () => {
  expect(
    cutsOf(
      { cut: 'a<->b' },
      { partition: [['a'], ['c']], oneWay: true },
      { mend: 'a<->b' },
      { heal: true },
    ),
  ).toEqual([
    [0, 2, 'a<->b'],
    [1, 3, 'a->c'],
  ]);
});

test('a link that is cut the other way too, or mended one way, goes on as another strip', () => {
  expect(cutsOf({ cut: 'a->b' }, { cut: 'b->a' }, { mend: 'a->b' }, { cut: 'b->a' })).toEqual([
    [0, 1, 'a->b'],
    [1, 2, 'a<->b'],
    [2, -1, 'b->a'],
  ]);
});
