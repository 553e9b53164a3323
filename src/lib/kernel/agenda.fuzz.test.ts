// Random changes against a plain list.

import { expect, test } from 'vitest';
import { RandomStream } from '#lib/protocol/random.ts';
import { Agenda } from './agenda.ts';
import type { Process } from './process.ts';

for (const seed of [1, 2, 3]) {
  test(`KT2 an agenda knows who comes first, second and before a bound, seed ${seed}`, () => {
    const random = new RandomStream(seed, 'agenda');
    const agenda = new Agenda();
    const processes = Array.from({ length: 20 }, (_, index) => ({ index }) as Process);
    const timesUs = processes.map(() => Infinity);
    for (let step = 0; step < 2_000; step++) {
      const index = random.below(processes.length, 0, step);
      const tUs = random.draw(1, step) < 0.2 ? Infinity : random.below(30, 2, step);
      agenda.set(processes[index]!, tUs);
      timesUs[index] = tUs;
      const inOrder = processes
        .filter((process) => timesUs[process.index]! < Infinity)
        .sort((a, b) => timesUs[a.index]! - timesUs[b.index]! || a.index - b.index);
      expect(agenda.first()).toBe(inOrder[0]);
      expect(agenda.second()).toBe(inOrder[1]);
      expect(agenda.firstUs()).toBe(inOrder[0] ? timesUs[inOrder[0].index] : Infinity);
      const boundUs = random.below(32, 3, step);
      const before = agenda.before(boundUs).map((process) => process.index);
      expect(before.sort((a, b) => a - b)).toEqual(
        processes.filter((process) => timesUs[process.index]! < boundUs).map(({ index }) => index),
      );
    }
  });
}
