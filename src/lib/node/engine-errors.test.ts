import { describe, expect, test } from 'vitest';
import { InvariantError } from '#lib/protocol/errors.ts';
import {
  hasLearnerFrames,
  noteFrame,
  normaliseError,
  simErrors,
  traceback,
  wordsFor,
  type ProgramPlaces,
} from './engine-errors.ts';

// The same mistake in the words of V8 and of SpiderMonkey, recorded from both.
const PAIRS: [name: string, v8: string, spiderMonkey: string, words: string][] = [
  [
    'TypeError',
    "Cannot read properties of undefined (reading 'x')",
    'can\'t access property "x", o is undefined',
    "undefined has no property 'x'",
  ],
  [
    'TypeError',
    "Cannot set properties of null (setting 'a b')",
    'can\'t access property "a b", o is null',
    "null has no property 'a b'",
  ],
  [
    'TypeError',
    "Cannot read properties of undefined (reading '0')",
    "can't access property 0, a[1] is undefined",
    "undefined has no property '0'",
  ],
  [
    'TypeError',
    "Cannot read properties of undefined (reading 'Symbol(s)')",
    'can\'t access property Symbol("s"), o is undefined',
    "undefined has no property 'Symbol(s)'",
  ],
  [
    'TypeError',
    "Cannot destructure property 'a' of 'x' as it is null.",
    'x is null',
    'null has no properties to take out',
  ],
  [
    'TypeError',
    "Cannot destructure property 'a' of 'undefined' as it is undefined.",
    '(destructured parameter) is undefined',
    'undefined has no properties to take out',
  ],
  ['TypeError', 'o.foo is not a function', 'o.foo is not a function', 'o.foo is not a function'],
  [
    'TypeError',
    'f(...) is not a function',
    'f() is not a function',
    'called value is not a function',
  ],
  [
    'TypeError',
    '(0 , $i0.add) is not a function',
    '(0, $i0.add) is not a function',
    'add is not a function',
  ],
  [
    'TypeError',
    'undefined is not a function',
    'missing argument 0 when calling function Array.prototype.map',
    'called value is not a function',
  ],
  ['TypeError', 'o.x is not a constructor', 'o.x is not a constructor', 'o.x is not a constructor'],
  [
    'TypeError',
    'x is not iterable',
    "can't access property Symbol.iterator, x is undefined",
    'value is not iterable: for...of, spread and [a] = … need an array or the like',
  ],
  [
    'TypeError',
    'Assignment to constant variable.',
    "invalid assignment to const 'c'",
    'a const cannot be assigned again',
  ],
  [
    'TypeError',
    "Cannot assign to read only property 'a' of object '#<Object>'",
    '"a" is read-only',
    "property 'a' is read-only",
  ],
  [
    'TypeError',
    'Cannot add property b, object is not extensible',
    'can\'t define property "b": Object is not extensible',
    "property 'b' cannot be added: the object is frozen",
  ],
  [
    'TypeError',
    'Cannot mix BigInt and other types, use explicit conversions',
    "can't convert BigInt to number",
    'bigint and number do not mix: convert one with Number(…) or BigInt(…)',
  ],
  [
    'TypeError',
    "Class constructor A cannot be invoked without 'new'",
    "class constructors must be invoked with 'new'",
    'a class cannot be called without new',
  ],
  [
    'TypeError',
    "Converting circular structure to JSON\n    --> starting at object with constructor 'Object'",
    'cyclic object value',
    'JSON cannot hold a value that contains itself',
  ],
  [
    'TypeError',
    'Cannot read private member #x from an object whose class did not declare it',
    "can't access private field or method: object is not the right class",
    'a private member was used on an object of another class',
  ],
  [
    'ReferenceError',
    "Cannot access 'x' before initialization",
    "can't access lexical declaration 'x' before initialization",
    'x is used before its line has run',
  ],
  ['RangeError', 'Invalid array length', 'invalid array length', 'invalid array length'],
  [
    'RangeError',
    'toFixed() digits argument must be between 0 and 100',
    'precision 101 out of range',
    'number of digits out of range',
  ],
  [
    'SyntaxError',
    "Expected property name or '}' in JSON at position 1 (line 1 column 2)",
    'JSON.parse: end of data while reading object contents at line 1 column 2 of the JSON data',
    'text is not valid JSON',
  ],
  [
    'SyntaxError',
    'Invalid regular expression: /(/: Unterminated group',
    'unterminated parenthetical',
    'invalid regular expression',
  ],
];

test.each(PAIRS)('%s "%s" has one wording in both engines', (name, v8, spiderMonkey, words) => {
  expect(wordsFor(name, v8)).toBe(words);
  expect(wordsFor(name, spiderMonkey)).toBe(words);
});

function caught(action: () => unknown): Error {
  try {
    action();
  } catch (error) {
    return normaliseError(error) as Error;
  }
  throw new Error('nothing was thrown');
}

describe('a normalised error', () => {
  test('made by the engine has our words and no property of the engine', () => {
    const error = caught(() => (undefined as unknown as { x: number }).x);
    expect(error.message).toBe("undefined has no property 'x'");
    expect(error).toBeInstanceOf(TypeError);
    expect(Object.getOwnPropertyNames(error)).toEqual(['message']);
  });

  test("made by the learner keeps the learner's words, whatever they resemble", () => {
    const error = caught(() => {
      throw new simErrors.TypeError('x is not iterable');
    });
    expect(error.message).toBe('x is not iterable');
    expect(error).toBeInstanceOf(TypeError);
  });

  test('of a class of the learner is an instance of it', () => {
    class Overdraft extends simErrors.RangeError {
      override name = 'Overdraft';
    }
    const error = caught(() => {
      throw new Overdraft('too much');
    });
    expect(error).toBeInstanceOf(Overdraft);
    expect(error).toBeInstanceOf(RangeError);
    expect(String(error)).toBe('Overdraft: too much');
  });

  test('that means our own bug keeps its stack', () => {
    expect(
      caught(() => {
        throw new InvariantError('broken');
      }).stack,
    ).toContain('engine-errors.test');
  });

  test('may be no error at all', () => {
    for (const value of [5, 'text', null, undefined, { message: 'm' }]) {
      expect(normaliseError(value)).toBe(value);
    }
  });
});

describe('NODE8 a traceback', () => {
  const program: ProgramPlaces = {
    place: (position) => (position === 0 ? undefined : `tasks.ts:${position}`),
    functionName: (id) => ['', '<module>', 'boom'][id]!,
  };

  test("names the learner's functions and lines, innermost first", () => {
    const error = new simErrors.Error('boom');
    noteFrame(error, 2, 22);
    noteFrame(error, 1, 5);
    expect(traceback(error, program)).toBe(
      'Error: boom\n    at boom (tasks.ts:22)\n    at <module> (tasks.ts:5)',
    );
    expect(hasLearnerFrames(error)).toBe(true);
  });

  test('shows what was thrown when it is no error', () => {
    noteFrame(5, 2, 22);
    expect(traceback(5, program)).toBe('uncaught value: 5\n    at boom (tasks.ts:22)');
  });

  test('follows causes, even in a circle', () => {
    const inner = new simErrors.Error('inner');
    const outer = new simErrors.Error('outer', { cause: inner });
    inner.cause = outer;
    expect(traceback(outer, program).split('\n').slice(0, 2)).toEqual([
      'Error: outer',
      'caused by Error: inner',
    ]);
  });

  test('keeps forty frames of a recursion without end', () => {
    const error = new simErrors.RangeError('deep');
    for (let i = 1; i <= 1_000; i++) noteFrame(error, 2, i);
    const lines = traceback(error, program).split('\n');
    expect(lines).toHaveLength(42);
    expect(lines.at(-1)).toBe('    … 960 more calls');
  });

  test('survives a getter that throws', () => {
    class Hostile extends simErrors.Error {
      override get message(): string {
        throw new Error('gotcha');
      }
    }
    expect(traceback(new Hostile(), program)).toBe('Error');
  });
});
