import { expect, test } from 'vitest';
import { exportNames } from './export-names.ts';

const MANY = [
  'sleep',
  'Skip',
  'Channel',
  'Sequence',
  'choice',
  'poison',
  'retire',
  'Spawn',
  'Process',
];

test('a message lists few names, and of many those that were perhaps meant', () => {
  expect(exportNames([], 'x')).toBe('nothing');
  expect(exportNames(['mul', 'add'], 'ad')).toBe('add, mul');
  expect(exportNames(MANY, 'One2OneChannel')).toBe('9 names, among them Channel');
  expect(exportNames(MANY, 'slep')).toBe('9 names, among them sleep');
  expect(exportNames(MANY, 'proc')).toBe('9 names, among them Process');
  expect(exportNames(MANY, 'xrange')).toBe('9 names');
});
