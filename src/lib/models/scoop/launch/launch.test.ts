import { describe, expect, test } from 'vitest';
import { dealt, readHostFile, sharesOf } from './hosts.ts';
import { readLaunchOptions, UsageError } from './options.ts';

const words = (line: string): string[] => line.split(' ');

describe('the command line', () => {
  test('options stand before the program, its own words behind it', () => {
    const line = '-n 4 -vv --host a b b main.py -n 7';
    expect(readLaunchOptions(words(line))).toEqual({
      size: 4,
      hosts: ['a', 'b', 'b'],
      hostFile: null,
      verbosity: 2,
      isQuiet: false,
      program: 'main.py',
      rest: ['-n', '7'],
    });
  });

  test.each([
    ['-n', 'argument -n: expected one argument'],
    ['-n x main.py', "argument -n: invalid int value: 'x'"],
    ['-n 4', 'the following arguments are required: executable'],
    ['--tunnel main.py', 'unrecognized arguments: --tunnel'],
  ])('%s: %s', (line, problem) => {
    expect(() => readLaunchOptions(words(line))).toThrow(UsageError);
    expect(() => readLaunchOptions(words(line))).toThrow(problem);
  });
});

test('hosts share the workers', () => {
  const shares = sharesOf(['a', 'b', 'b']);
  const counts = (size: number | null): number[] => dealt(shares, size).map((it) => it.workerCount);
  expect([null, 6, 2, 1].map(counts)).toEqual([[1, 2], [3, 3], [1, 1], [1]]);
  expect(readHostFile('a 2 # fast\n\n# none\nb\n')).toEqual([
    { host: 'a', workerCount: 2 },
    { host: 'b', workerCount: 1 },
  ]);
});
