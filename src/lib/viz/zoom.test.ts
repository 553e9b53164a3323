import { expect, test } from 'vitest';
import { TimeAxis } from './layout/axis.ts';
import { scaled, stepped } from './zoom.ts';

const axis = new TimeAxis('steps');
for (let tUs = 1000; tUs < 1e6; tUs += 1000) axis.addRow(tUs);

function walk(from: number, ...steps: Parameters<typeof stepped>[2][]): number {
  axis.zoom = from;
  for (const step of steps) axis.zoom = stepped(axis, 600, step);
  return axis.zoom;
}

test('two steps double the size, and the way back leads over the full size', () => {
  expect(walk(1, 'out', 'out')).toBeCloseTo(0.5);
  expect(walk(1, 'out', 'in')).toBe(1);
  expect(walk(0.9, 'in')).toBe(1);
  expect(walk(1.1, 'out')).toBe(1);
  expect(walk(0.2, 'full')).toBe(1);
});

test('it goes neither beyond the whole run nor beyond twice the size', () => {
  const whole = walk(1, 'whole');
  axis.zoom = whole;
  expect(axis.lastY).toBeLessThan(600);
  expect(axis.lastY).toBeGreaterThan(500);
  expect(walk(whole, 'out')).toBe(whole);
  expect(walk(1, 'in', 'in', 'in')).toBe(2);
  axis.zoom = 0.5;
  expect(scaled(axis, 600, 1e-9)).toBe(whole);
});

test('a run that is in view already has nothing to zoom out to', () => {
  const short = new TimeAxis('steps');
  short.addRow(1000);
  expect(stepped(short, 600, 'out')).toBe(1);
});
