// What is typed, as CPython's compiler sees it: the checker of the page in a thread of Node.js.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '#lib/protocol/errors.ts';
import { SyntaxChecker } from '#lib/runtime/syntax-checker.ts';
import { PYTHON_FILES, pythonAssets } from '../../scripts/python-assets.ts';

/** How a thread of Node.js becomes one that the worker's script knows: see bin/sandbox.mjs. */
const SHIM = `require('node:worker_threads').parentPort.on('message', (data) => {
  globalThis.onmessage({ data });
});`;

describe('what is typed', () => {
  let worker: Worker | null = null;
  let startCount = 0;
  let start: (port: MessagePort) => void;

  const checker = new SyntaxChecker((port) => {
    void worker?.terminate();
    worker = null;
    if (port) start(port);
  });

  const check = (source: string): Promise<readonly Finding[]> => checker.check('main.py', source);
  /** `line:column-endLine:endColumn message`. */
  const places = async (source: string): Promise<string[]> =>
    (await check(source)).map(
      ({ line, column, endLine, endColumn, severity, message }) =>
        `${line}:${column}-${endLine}:${endColumn} ${severity} ${message}`,
    );

  beforeAll(async () => {
    const folder = await pythonAssets();
    const bytes = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
      new Uint8Array(await readFile(path.join(folder, name)));
    const { module: wasm, stdlib, snapshot } = PYTHON_FILES;
    const module = await WebAssembly.compile(await bytes(wasm));
    const assets = { module, stdlib: await bytes(stdlib), snapshot: await bytes(snapshot) };
    const script = await readFile(path.join(folder, PYTHON_FILES.script), 'utf8');
    start = (port) => {
      startCount++;
      worker = new Worker(`${SHIM}\n${script}`, { eval: true, env: {} });
      worker.postMessage({ assets });
      worker.postMessage({ check: port }, [port as never]);
    };
  }, 120_000);

  afterAll(() => {
    checker.close();
    void worker?.terminate();
  });

  test.each([
    ['print(1)\n', []],
    ['x = (1,\ny = 2\n', ["1:5-1:0 error SyntaxError: '(' was never closed"]],
    ["x = 'abc\n", ['1:5-1:0 error SyntaxError: unterminated string literal (detected at line 1)']],
    [
      "x = 1\ny = '''abc\n\n",
      ['2:5-2:0 error SyntaxError: unterminated triple-quoted string literal (detected at line 3)'],
    ],
    [
      'def f():\nprint(1)\n',
      [
        '2:1-2:6 error IndentationError: expected an indented block after function definition on line 1',
      ],
    ],
    ['a\r\n  b\r\n', ['2:2-2:0 error IndentationError: unexpected indent']],
    [
      'if 1:\n\tx\n        y\n',
      ['3:1-3:0 error TabError: inconsistent use of tabs and spaces in indentation'],
    ],
    [
      'if x = 1: pass',
      ["1:4-1:9 error SyntaxError: invalid syntax. Maybe you meant '==' or ':=' instead of '='?"],
    ],
    ['return 1\n', ["1:1-1:9 error SyntaxError: 'return' outside function"]],
    ['\0', ['1:0-1:0 error SyntaxError: source code string cannot contain null bytes']],
    [
      '"\ud800"',
      [
        "1:0-1:0 error UnicodeEncodeError: 'utf-8' codec can't encode character '\\ud800' in position 1: surrogates not allowed",
      ],
    ],
  ])('%j has the words and the place of CPython', async (source, expected) => {
    expect(await places(source)).toEqual(expected);
  });

  test('columns count what an editor counts, not characters', async () => {
    expect(await places('𝒳𝒳 = "𝒳" 5\n')).toEqual(['1:13-1:14 error SyntaxError: invalid syntax']);
  });

  test('what CPython warns of is a warning, once', async () => {
    expect(await places('a = "\\d"\na is 1\na is 1\n')).toEqual([
      expect.stringMatching(/^1:0-1:0 warning SyntaxWarning: "\\d" is an invalid escape sequence/),
      `2:0-2:0 warning SyntaxWarning: "is" with 'int' literal. Did you mean "=="?`,
      `3:0-3:0 warning SyntaxWarning: "is" with 'int' literal. Did you mean "=="?`,
    ]);
  });

  test('nesting too deep for the compiler is answered', async () => {
    expect(await places('('.repeat(300))).toEqual([
      '1:201-1:0 error SyntaxError: too many nested parentheses',
    ]);
    expect(await places('lambda:'.repeat(5_000) + '1')).toEqual([
      '1:0-1:0 error MemoryError: Parser stack overflowed - Python source too complex to parse',
    ]);
    expect(await places('-'.repeat(5_000) + '1')).toEqual([
      expect.stringMatching(/^1:0-1:0 error RecursionError: Stack overflow/),
    ]);
    expect(startCount).toBe(1);
  });

  test('a compiler that dies of what it is asked is replaced', async () => {
    // 30 000 levels of a sum overflow the engine's own stack.
    const [deadly, next] = [check('x+'.repeat(30_000) + '1'), places('x = (')];
    expect(await deadly).toEqual([]);
    expect(await next).toEqual(["1:5-1:0 error SyntaxError: '(' was never closed"]);
    expect(startCount).toBe(2);
  });

  test('nothing is answered after the end', async () => {
    checker.close();
    expect(await check('x = (')).toEqual([]);
  });
});
