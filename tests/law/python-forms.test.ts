// How Python programs start, speak and end: what tests/fixtures/python-forms prints under CPython.

import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { readFolder } from '../../bin/experiment.ts';
import { runFiles, type Outcome } from '../support/run-files.ts';

const PROGRAMS = fileURLToPath(new URL('../fixtures/python-forms/', import.meta.url));

describe('a Python program', () => {
  let outcome: Outcome;

  beforeAll(async () => {
    const cluster = {
      nodes: {
        text: { run: `python -u -c "import sys; print(sys.argv); [][0]" a` },
        module: { run: 'python -m shop.tool x y' },
        package: { run: 'python3 -m shop' },
        missing: { run: 'python -m nope' },
        // Interpreters that start all at once take long to answer.
        beside: { run: 'python sub/main.py', env: { PYTHONPATH: 'lib' }, startMs: 1 },
        streams: { run: 'python streams.py', stdin: ['one', 'two', '\u0004'], startMs: 1 },
        broken: { run: 'python broken.py', startMs: 1 },
      },
    };
    outcome = await runFiles(cluster, await readFolder(PROGRAMS));
  }, 120_000);

  test('NODE1 starts from the text in its command, and its traceback shows that', () => {
    expect(outcome.lines('text')).toEqual([
      "['-c', 'a']",
      'Traceback (most recent call last):',
      '  File "<string>", line 1, in <module>',
      '    import sys; print(sys.argv); [][0]',
      '                                 ~~^^^',
      'IndexError: list index out of range',
    ]);
    expect(outcome.exitCode('text')).toBe(1);
  });

  test('NODE1 starts as a module of a package; sys.exit with a text prints it and gives 1', () => {
    expect(outcome.lines('module')).toEqual([
      'import shop',
      "__main__ shop shop.tool ['x', 'y'] 3 shop.prices",
      'no such ghost',
    ]);
    expect(outcome.exitCode('module')).toBe(1);
  });

  test('NODE8 an interrupt that nobody handles is exit code 130, after what atexit holds', () => {
    expect(outcome.lines('package')).toEqual([
      'import shop',
      'main of shop 3',
      'Traceback (most recent call last):',
      '  File "shop/__main__.py", line 7, in <module>',
      '    raise KeyboardInterrupt',
      'KeyboardInterrupt',
      'at exit',
    ]);
    expect(outcome.exitCode('package')).toBe(130);
  });

  test('NODE8 a module that does not exist ends the process as CPython does', () => {
    expect(outcome.lines('missing')).toEqual(['/usr/bin/python3: No module named nope']);
    expect(outcome.exitCode('missing')).toBe(1);
  });

  test('NODE1 imports what lies beside its script and in PYTHONPATH; os._exit flushes nothing', () => {
    expect(outcome.lines('beside')).toEqual([
      'sub/main.py beside the script from PYTHONPATH sub/main.py',
    ]);
    expect(outcome.exitCode('beside')).toBe(7);
  });

  test('NODE5 reads lines until one is the end of input, and shows what has no newline yet', () => {
    expect(outcome.lines('streams')).toEqual([
      'no newline yet',
      'bytes é',
      'descriptor',
      'to stderr',
      'one',
      "'one\\n'",
      'two',
      "'two\\n'",
      'prompt> EOFError EOF when reading a line',
      "'' and no newline",
    ]);
    expect(outcome.exitCode('streams')).toBe(0);
    const begun = outcome.events.filter(({ kind }) => kind === 'partial');
    expect(begun).toMatchObject([
      { tUs: 1010, text: 'no newline' },
      { text: 'prompt> ' },
      { text: "'' and no newline" },
    ]);
    const toStderr = outcome.events.filter(
      (event) => 'stream' in event && event.node === 'streams' && event.stream === 'stderr',
    );
    expect(toStderr).toMatchObject([{ kind: 'log', text: 'to stderr' }]);
  });

  test('NODE8 a syntax error in it is told as CPython tells it', () => {
    expect(outcome.lines('broken')).toEqual([
      '  File "broken.py", line 2',
      '    def f(:',
      '          ^',
      'SyntaxError: invalid syntax',
    ]);
    expect(outcome.exitCode('broken')).toBe(1);
  });
});
