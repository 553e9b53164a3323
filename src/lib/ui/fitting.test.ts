import { expect, test } from 'vitest';
import { fitting } from './fitting.ts';

const row = { widths: [50, 40, 30, 60, 20], moreWidth: 40 };

test('a row with room for all needs no menu', () => {
  expect(fitting({ ...row, room: 200, guest: -1 })).toEqual([0, 1, 2, 3, 4]);
});

test('without room the last ones go behind the menu, whose button takes its own', () => {
  expect(fitting({ ...row, room: 199, guest: -1 })).toEqual([0, 1, 2]);
  expect(fitting({ ...row, room: 130, guest: -1 })).toEqual([0, 1]);
});

test('one that came out of the menu stands last, whatever must make room for it', () => {
  expect(fitting({ ...row, room: 199, guest: 4 })).toEqual([0, 1, 2, 4]);
  expect(fitting({ ...row, room: 199, guest: 3 })).toEqual([0, 1, 3]);
  expect(fitting({ ...row, room: 60, guest: 3 })).toEqual([3]);
});

test('a guest that has room anyway moves nothing', () => {
  expect(fitting({ ...row, room: 199, guest: 1 })).toEqual([0, 1, 2]);
});

test('before anything is measured all are in the row', () => {
  expect(fitting({ widths: [0, 0, 0], room: 0, moreWidth: 0, guest: 2 })).toEqual([0, 1, 2]);
});
