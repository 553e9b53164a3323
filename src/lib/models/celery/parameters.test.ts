import { expect, test } from 'vitest';
import { callFault, parametersOf, placed } from './parameters.ts';

type Callable = (...args: unknown[]) => unknown;
const f = (callable: unknown): Callable => callable as Callable;
const call = (positional: unknown[], keywords: Record<string, unknown> = {}) => ({
  positional,
  keywords,
});

test.each([
  [function add(_a: number, _b: number) {}, ['_a', '_b']],
  [async (_x: number) => {}, ['_x']],
  [(a: number, { b }: { b: number }, ...rest: unknown[]) => [a, b, rest], ['a', 'arg2', 'rest']],
  [function g(_a = [1, 2], _b = (x: number) => x) {}, ['_a', '_b']],
  [() => 1, []],
])('%s has its parameters', (callable, names) => {
  expect(parametersOf(f(callable)).map(({ name }) => name)).toEqual(names);
});

const three = f(function three(_a: number, _b: number, _c = 3) {});

test.each([
  [call([]), "three() missing 2 required positional arguments: '_a' and '_b'"],
  [call([1]), "three() missing 1 required positional argument: '_b'"],
  [call([1, 2, 3, 4]), 'three() takes from 2 to 3 positional arguments but 4 were given'],
  [call([1, 2], { z: 1 }), "three() got an unexpected keyword argument 'z'"],
  [call([1, 2], { _a: 1 }), "three() got multiple values for argument '_a'"],
  [call([1], { _b: 2 }), null],
  [call([1, 2]), null],
])('SEMANTICS 1.2 a call that does not fit is named as in Python: %#', (values, fault) => {
  expect(callFault(three, 'three', values)).toBe(fault);
});

test('keyword arguments go where the function names them', () => {
  expect(placed(three, call([1], { _c: 9 }))).toEqual([1, undefined, 9]);
});

test('what the compile step declares goes before the source', () => {
  const callable = f(function h(_a: number, _b?: number) {});
  const declared = [
    { name: '_a', isOptional: false, isRest: false },
    { name: '_b', isOptional: true, isRest: false },
  ];
  Object.assign(callable, { [Symbol.for('lightcone.parameters')]: declared });
  expect(callFault(callable, 'h', call([1]))).toBeNull();
});
