import { describe, expect, test } from 'vitest';
import type { LessonPart, LessonStep } from '#lib/lessons/markdown.ts';
import { beatsOf, moveOf, stageScale, typeScale } from './beats.ts';

const html = (...blocks: string[]): LessonPart => ({ type: 'html', html: blocks.join('|') });
const directive = (name: string): LessonPart => ({ type: 'directive', name, attributes: {} });
const step = (id: string, ...parts: LessonPart[]): LessonStep => ({
  id,
  title: id,
  parts,
  terms: [],
});

/** As "step.part.blocks deed". */
const beats = (...steps: LessonStep[]): string[] =>
  beatsOf(steps, (text) => text.split('|')).map(
    (beat) => `${beat.step}.${beat.part}.${beat.blocks} ${beat.deed ?? '-'}`,
  );

describe('beats', () => {
  test('paragraphs come one by one, and what the text asks for is done as it appears', () => {
    expect(beats(step('a', html('one', 'two'), directive('predict'), directive('run')))).toEqual([
      '0.0.1 -',
      '0.0.2 -',
      '0.1.1 -',
      '0.2.1 run',
    ]);
  });

  test('a node is broken where the run has stopped, with a press of its own', () => {
    expect(beats(step('a', html('one')), step('b', directive('kill')))).toEqual([
      '0.0.1 -',
      '1.0.1 run-to-mark',
      '1.0.1 strike',
    ]);
  });

  test('a change, a solution and a check are read before they are tried', () => {
    expect(
      beats(step('a', directive('change'), directive('solution'), directive('check'))),
    ).toEqual([
      '0.0.1 -',
      '0.0.1 press',
      '0.1.1 -',
      '0.1.1 open',
      '0.1.1 press',
      '0.2.1 -',
      '0.2.1 press',
    ]);
  });

  test('a step of a title alone has a press', () => {
    expect(beats(step('a'))).toEqual(['0.-1.0 -']);
  });
});

describe('keys', () => {
  test('a remote control leads on wherever the focus is', () => {
    for (const isTaken of [false, true]) {
      expect(moveOf('PageDown', isTaken)).toBe('next');
      expect(moveOf('PageUp', isTaken)).toBe('back');
      expect(moveOf('F5', isTaken)).toBe('full');
    }
    expect([moveOf('.', false), moveOf('B', false)]).toEqual(['black', 'black']);
  });

  test('whoever types, types', () => {
    for (const key of ['b', '.', ' ', 'ArrowRight', 'Escape']) expect(moveOf(key, true)).toBeNull();
    expect(moveOf('x', false)).toBeNull();
  });
});

describe('sizes', () => {
  test('type grows with the window, from a projector of 768 lines to a wall', () => {
    expect(typeScale(768)).toBe(1.6);
    expect([typeScale(300), typeScale(2160)]).toEqual([1.2, 3]);
  });

  test('the stage grows as far as its nodes fit', () => {
    expect(stageScale(1.6, 740, 3)).toBe(1.6);
    expect(stageScale(1.6, 732, 4)).toBe(1.5);
    expect(stageScale(1.6, 528, 5)).toBe(1);
    expect(stageScale(1.6, 300, 5)).toBe(1);
  });
});
