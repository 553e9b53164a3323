import { describe, expect, test, vi } from 'vitest';
import { LabelPlaces, runsBeside, shortenTo, textWidth } from './labels.ts';
import type { LabelShape } from './shapes.ts';

function label(text: string, x: number, y: number, angle = 0): LabelShape {
  return {
    ...{ shape: 'label', key: text, firstId: 0, lastId: 0, text, x, y, angle },
    ...{ anchor: 'middle', ink: 'ink', isMono: false, fromY: y },
  };
}

describe('labels', () => {
  test('the first stays, the second goes elsewhere or is left out', () => {
    const places = new LabelPlaces();
    expect(places.place([label('task', 100, 100)])).toBe(true);
    expect(places.place([label('ack', 105, 102)])).toBe(false);
    expect(places.place([label('ack', 105, 102), label('ack', 105, 120)])).toBe(true);
    expect(places.labels.map(({ y }) => y)).toEqual([100, 120]);
  });

  test('slanted ones are compared as they lie', () => {
    const places = new LabelPlaces();
    places.place([label('a long label here', 100, 100, 0.5)]);
    expect(places.place([label('x', 140, 85)])).toBe(true);
    expect(places.place([label('x', 130, 118)])).toBe(false);
  });

  test('they are compared however far down they reach', () => {
    const places = new LabelPlaces();
    places.place([label('a long label that goes down the page', 100, 100, Math.PI / 2)]);
    for (const y of [30, 70, 130, 170]) expect(places.place([label('x', 100, y)])).toBe(false);
    expect(places.place([label('x', 130, 130)])).toBe(true);
  });

  test('where no place is free any more, none is looked for', () => {
    const places = new LabelPlaces();
    places.close();
    const asked = vi.fn<() => LabelShape>(() => label('x', 0, 0));
    expect(
      places.place({
        *[Symbol.iterator]() {
          yield asked();
        },
      }),
    ).toBe(false);
    expect(asked).not.toHaveBeenCalled();
  });

  test('a mark keeps texts off', () => {
    const places = new LabelPlaces();
    places.block(50, 50, 6, 6);
    expect(places.place([label('x', 52, 54)])).toBe(false);
  });

  test('a level line is open where a level text stands on it', () => {
    const labels = [label('late', 300, 104), label('8', 100, 104), label('slant', 200, 104, 0.3)];
    const runs = runsBeside(labels, 100, [50, 400]);
    expect(runs).toHaveLength(3);
    expect(runs[0]).toEqual([50, 100 - textWidth('8') / 2 - 2]);
    expect(runs.at(-1)![1]).toBe(400);
    expect(runsBeside(labels, 130, [50, 400])).toEqual([[50, 400]]);
  });

  test('a text is cut to its room', () => {
    expect(shortenTo('tasks.add(4, 4)', 200)).toBe('tasks.add(4, 4)');
    const short = shortenTo('tasks.add(4, 4)', 56);
    expect(short.endsWith('…')).toBe(true);
    expect(textWidth(short)).toBeLessThanOrEqual(56);
    expect(textWidth('确认')).toBe(24);
  });
});
