// Compiled programs at work, against Node.js itself where there is something to compare with.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { transformWithOxc } from 'vite';
import { describe, expect, test } from 'vitest';
import type { CompiledModules } from '#lib/node/link.ts';
import { runCompiled, type Outcome } from './bench-process.ts';
import { compileTypeScript } from './compile.ts';

function runAll(files: Record<string, string>, budgetNs?: number): Outcome {
  const { text, diagnostics } = compileTypeScript(files, { builtins: ['node', 'bench'] });
  expect(diagnostics).toEqual([]);
  return runCompiled((0, eval)(text) as CompiledModules, Object.keys(files)[0]!, budgetNs);
}

const run = (source: string, budgetNs?: number): Outcome => runAll({ 'a.ts': source }, budgetNs);

async function nativeLines(source: string): Promise<string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lightcone-'));
  try {
    const { code } = await transformWithOxc(source, 'program.ts', { target: 'esnext' });
    const file = path.join(folder, 'program.mjs');
    writeFileSync(file, code);
    return execFileSync(process.execPath, [file], { encoding: 'utf8' })
      .replace(/\n$/, '')
      .split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('KT4 a compiled program prints what Node.js prints', () => {
  test.each(['jobs', 'async', 'language', 'classes'])('%s', async (name) => {
    const file = new URL(`../../../../tests/fixtures/typescript/${name}.ts`, import.meta.url);
    const source = readFileSync(file, 'utf8');
    const { lines, failure } = run(source);
    expect(failure).toBeNull();
    // `typeof fetch` is the one difference meant.
    expect(lines).toEqual(
      (await nativeLines(source)).map((line) =>
        line.replace(/^undefined function function/, 'undefined function undefined'),
      ),
    );
  });
});

describe('modules', () => {
  test('have live bindings, also through a cycle', () => {
    const { lines } = runAll({
      'a.ts':
        "import { next, count } from './b'; export const name = () => 'a'; next(); next(); console.log(count);",
      'b.ts':
        "import { name } from './a'; export let count = 0; export function next() { count++; } console.log(typeof next);",
    });
    expect(lines).toEqual(['function', '2']);
  });

  test('are evaluated once, dependencies first, and wait at the top level', () => {
    const { lines } = runAll({
      'a.ts': "import './b'; import './c'; console.log('a');",
      'b.ts': "import { sleep } from 'node'; import './c'; await sleep(1); console.log('b');",
      'c.ts': "console.log('c');",
    });
    expect(lines).toEqual(['c', 'b', 'a']);
  });

  test('re-export names, all names and namespaces', () => {
    const { lines } = runAll({
      'a.ts':
        "import * as b from './b'; import d, { one as uno, ns } from './b'; console.log(Object.keys(b), uno, d, ns.two);",
      'b.ts': "export { one, default } from './c'; export * from './c'; export * as ns from './c';",
      'c.ts': "export const one = 1, two = 2; export default 'def';",
    });
    expect(lines).toEqual(["['default', 'ns', 'one', 'two'] 1 def 2"]);
  });

  test('cannot be used before they have run', () => {
    const { failure } = runAll({
      'a.ts': "import { use } from './b'; export const late = 1; use();",
      'b.ts': "import { late } from './a'; export const use = () => late;\nuse();",
    });
    expect(failure).toBe(
      'ReferenceError: late is used before its line has run\n    at use (b.ts:1)\n    at <module> (b.ts:2)',
    );
  });

  test('say when a built-in module lacks a name', () => {
    expect(run("import { slep } from 'node';\nslep(1);").failure).toBe(
      "SyntaxError: 'node' does not export slep (a.ts:1); it exports sleep",
    );
  });

  test('have no this', () => {
    expect(run('console.log(this, (() => this)());').lines).toEqual(['undefined undefined']);
  });
});

describe('NODE8 a traceback', () => {
  test("is the learner's own lines, across awaits, callbacks and methods", () => {
    const source = [
      'class Bank {',
      '  async take(n: number) {',
      '    await null;',
      "    if (n > 5) throw new RangeError('too much');",
      '  }',
      '}',
      'async function main() {',
      '  await Promise.all(',
      '    [1, 9].map(async (n) => {',
      '      await new Bank().take(n);',
      '    }),',
      '  );',
      '}',
      'await main();',
    ];
    expect(run(source.join('\n')).failure).toBe(
      [
        'RangeError: too much',
        '    at Bank.take (a.ts:4)',
        '    at <anonymous> (a.ts:10)',
        '    at main (a.ts:8)',
        '    at <module> (a.ts:14)',
      ].join('\n'),
    );
  });

  test('of an engine-made error has our words', () => {
    expect(run('function f(o: any) {\n  return o.a.b;\n}\nf({});').failure).toBe(
      "TypeError: undefined has no property 'b'\n    at f (a.ts:2)\n    at <module> (a.ts:4)",
    );
  });

  test('comes for unhandled rejections and for callbacks of timers', () => {
    expect(run("async function f() {\n  throw new Error('lost');\n}\nf();").failure).toContain(
      'at f (a.ts:2)',
    );
    expect(run("setTimeout(() => {\n  throw new Error('late');\n});").failure).toContain(
      '<anonymous> (a.ts:2)',
    );
  });
});

describe('KT8 a program that waits for ever', () => {
  test('is suspended at known lines', () => {
    const { suspendedAt } = run(
      'const never = new Promise(() => {});\nconst f = async () => {\n  await never;\n};\nawait f();',
    );
    expect(suspendedAt.filter((it) => it !== '?')).toEqual(['a.ts:3', 'a.ts:5']);
  });
});

describe('NODE7 the meter', () => {
  test('counts iterations, calls and awaits', () => {
    const base = run('').usedNs;
    const cost = (source: string) => (run(source).usedNs - base) / 50;
    expect(cost('for (let i = 0; i < 10; i++) {}')).toBe(10);
    expect(cost('const f = () => 1; f(); f();')).toBe(2);
    expect(cost('await null;')).toBe(4);
    expect(cost('const f = async () => {}; await f();')).toBe(5);
  });

  test.each([
    ['a loop', 'let n = 0;\nfor (;;) n++;', 2],
    ['a loop without a body', '\nwhile (true);', 2],
    ['a loop inside try', 'try {\n  for (;;) {}\n} catch {\n  console.log(1);\n}', 2],
    [
      'a loop that a finally defends',
      'for (;;) {\n  try {\n    for (;;) {}\n  } finally {\n    continue;\n  }\n}',
      3,
    ],
    [
      'a promise that catches',
      'new Promise(() => {\n  for (;;) {}\n}).catch(() => console.log(1));',
      2,
    ],
    ['an await without end', '\nfor (;;) await null;', 2],
    ['a generator', 'function* g() {\n  for (;;) yield 1;\n}\nfor (const x of g());', 2],
  ])(
    'stops %s at its line',
    (_what, source, line) => {
      const { failure, lines } = run(source, 100_000_000);
      expect(failure).toBe(`stopped: cpu at line ${line}`);
      expect(lines).toEqual([]);
    },
    20_000,
  );

  test.each([
    ['push', 'const a: number[] = [];\nfor (;;) a.push(1);'],
    ['a list that grows', 'let head: unknown = null;\nfor (;;) head = { head };'],
    ['spread', 'let a = [1];\nfor (;;) a = [...a, ...a];'],
    ['new Array', 'const a: unknown[] = [];\nfor (;;) a.push(new Array(1e6));'],
    ['a length', '\nnew Array(1e9).fill(0);'],
    ['promises that wait for each other', '\nconst f = (): any => Promise.resolve().then(f); f();'],
  ])(
    'stops a program that allocates without bound by %s',
    (_what, source) => {
      expect(run(source).failure).toBe('stopped: memory at line 2');
    },
    20_000,
  );

  test('lets a program catch its own recursion, at the same depth each time', () => {
    const { lines } = run(
      'let d = 0; const f = () => { d++; f(); };\nfor (const _ of [1, 2]) { d = 0; try { f(); } catch (e) { console.log(d, (e as Error).name); } }',
    );
    expect(lines).toEqual(['996 RangeError', '996 RangeError']);
  });

  test('counts recursion through defaults, fields, getters and generators', () => {
    for (const source of [
      'const f = (a = f()): any => a; f();',
      'class R { next: R = new R(); }\nnew R();',
      'const o: any = { get x() { return o.x; } }; o.x;',
      'function* g(): any { yield* g(); }\ng().next();',
      'const f = async (): Promise<void> => f(); await f();',
    ]) {
      expect(run(source).failure).toMatch(/^RangeError: calls nested too deep: the limit is 1000/);
    }
  });
});

describe('NODE3 what a program cannot reach', () => {
  test.each([
    [
      'fetch',
      'fetch(1)',
      "fetch is not available here: nodes talk through a model or the sockets of 'node'",
    ],
    ['eval', "eval('1')", 'eval is not available here: code cannot be made from text here'],
    [
      'process',
      'process.exit()',
      "process is not available here: the module 'node' has name, machine and onSignal",
    ],
    [
      'arguments of the module',
      'arguments[0]',
      'arguments is not available here: there is no function around this line',
    ],
    ['a name that means nothing', 'conut', 'conut is not defined'],
    ['assigning one', 'conut = 1', 'conut is not defined'],
    ['destructuring into one', '[conut] = [1]', 'conut is not defined'],
  ])('%s', (_what, source, message) => {
    const { failure } = run(`// @ts-nocheck\n${source};`);
    expect(failure?.split('\n')[0]).toBe(`ReferenceError: ${message}`);
  });

  test('typeof of an absent name is undefined', () => {
    expect(run('console.log(typeof fetch, typeof window, typeof setTimeout);').lines).toEqual([
      'undefined undefined function',
    ]);
  });

  test('globalThis is the list of what there is, frozen', () => {
    const { lines } = run(
      "console.log(Object.isFrozen(globalThis), 'fetch' in globalThis, globalThis.globalThis === globalThis, globalThis.Promise === Promise);",
    );
    expect(lines).toEqual(['true false true true']);
  });

  test("a shadowed name is the learner's own", () => {
    expect(
      run("function f(fetch: any, self = 'me') { return { fetch, self }; }\nconsole.log(f(1));")
        .lines,
    ).toEqual(["{fetch: 1, self: 'me'}"]);
  });
});

describe('virtual time', () => {
  test('is what clocks, timers and dates tell', () => {
    const { lines } = run(
      'const t = setInterval(() => { console.log(performance.now(), new Date().toISOString()); if (performance.now() > 15) clearInterval(t); }, 10); console.log(Date.now());',
    );
    expect(lines).toEqual([
      '1767225600000',
      '10 2026-01-01T00:00:00.010Z',
      '20 2026-01-01T00:00:00.020Z',
    ]);
  });
});
