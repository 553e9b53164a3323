import { describe, expect, test } from 'vitest';
import { compileTypeScript, type CompileOptions, type SourceFiles } from './compile.ts';

function diagnose(source: string, options: CompileOptions = {}): string[] {
  return diagnoseAll({ 'a.ts': source }, options);
}

function diagnoseAll(files: SourceFiles, options: CompileOptions = {}): string[] {
  return compileTypeScript(files, options).diagnostics.map(
    ({ file, line, column, code, message }) => `${file}:${line}:${column} ${code}: ${message}`,
  );
}

describe('the text of a program', () => {
  test('is one expression, with the facts of each module', () => {
    const { text, modules } = compileTypeScript({
      'b.ts': 'export const x = 1; export default function f() { return x.toFixed(); }',
      'a.ts': "import { x } from './b'; console.log(x);",
      'notes.md': '# not a program',
      'types.d.ts': 'declare const y: number;',
    });
    const program = (0, eval)(text) as Record<string, { info: unknown }>;
    expect(Object.keys(program)).toEqual(['a.ts', 'b.ts']);
    expect(program['b.ts']!.info).toEqual(modules['b.ts']);
    expect(modules).toMatchObject({
      'a.ts': { index: 0, imports: ['b.ts'], wanted: [[['x', 1]]] },
      'b.ts': { index: 1, exports: ['x', 'default'], functions: ['<module>', 'f'] },
    });
  });

  test('is safe inside a script element', () => {
    const { text } = compileTypeScript({
      'a.ts':
        "const s = '</script><!--\u2028'; const r = /<\\/script/; const t = `</SCRIPT>`; s + r + t;",
    });
    expect(text).not.toMatch(/<\/script|<!--|\u2028/i);
    expect(() => (0, eval)(text)).not.toThrow();
  });

  test('is the same however often and in whatever order files are given', () => {
    const first = compileTypeScript({ 'a.ts': 'export {}', 'b.ts': 'export {}' }).text;
    expect(compileTypeScript({ 'b.ts': 'export {}', 'a.ts': 'export {}' }).text).toBe(first);
  });

  test('keeps our names out of reach, even of a program that uses them', () => {
    const { text } = compileTypeScript({
      'a.ts': 'const $ = 1, $m = 2, $_c = 3; console.log($, $m, $_c, $__d);',
    });
    expect(text).toContain('$___m');
    expect(text).toContain('$__d is not defined');
  });
});

describe('a learner reads', () => {
  test.each([
    ['a syntax error with its place', 'const x = ;', 'a.ts:1:11 syntax: unexpected token'],
    [
      'every recoverable syntax error',
      'let a; let a;',
      "a.ts:1:12 syntax: identifier 'a' has already been declared",
    ],
    [
      'of import()',
      "await import('x');",
      'a.ts:1:7 dynamic-import: import() is not supported: use import … from at the top of the file',
    ],
    [
      'of import.meta',
      'import.meta.url;',
      'a.ts:1:1 import-meta: import.meta is not available here',
    ],
    [
      'of decorators',
      '@dec class A {}',
      'a.ts:1:1 decorator: decorators are not supported: call the function that wraps instead',
    ],
    ['of using', 'using x = y;', 'a.ts:1:1 using: using is not supported: use try … finally'],
    [
      'of import = require',
      "import x = require('x');",
      'a.ts:1:1 import-equals: import x = require() is not supported: use import … from',
    ],
    [
      'of export =',
      'export = 1;',
      'a.ts:1:1 export-equals: export = is not supported: use export default',
    ],
    [
      'of assigning an import',
      "import { x } from './a'; console.log(x); x = 2;",
      'a.ts:1:42 import-assigned: x is imported and cannot be assigned here',
    ],
  ])('%s', (_what, source, expected) => {
    expect(diagnose(source)).toContain(expected);
  });

  test('with is refused, as in every module', () => {
    expect(diagnose('with (a) {}')[0]).toMatch(/^a\.ts:1:\d+ syntax: /);
  });

  test('which modules there are', () => {
    expect(
      diagnoseAll(
        { 'a.ts': "\nimport { x } from 'clery';", 'tasks.ts': '' },
        { builtins: ['node', 'celery'] },
      ),
    ).toEqual([
      "a.ts:2:19 unknown-module: unknown module: 'clery'; modules here: node, celery, ./tasks.ts",
    ]);
  });

  test('what a module exports', () => {
    const files = {
      'a.ts': "import { ad } from './tasks'; import { slep } from 'node'; ad; slep;",
      'tasks.ts': "export const add = 1; export * from './more';",
      'more.ts': 'export const mul = 2;',
    };
    expect(diagnoseAll(files, { builtins: { node: ['sleep'] } })).toEqual([
      "a.ts:1:10 unknown-export: './tasks' does not export ad; it exports add, mul",
      "a.ts:1:40 unknown-export: 'node' does not export slep; it exports sleep",
    ]);
  });

  test('mistakes of all files, and no text', () => {
    const { text, diagnostics } = compileTypeScript({ 'b.ts': 'let = 1', 'a.ts': 'const' });
    expect(diagnostics.map(({ file }) => file)).toEqual(['a.ts', 'b.ts']);
    expect(text).toBe('');
  });
});

test.each(['./tasks', './tasks.ts', 'tasks', './tasks.js'])(
  'a file may be imported as %s',
  (specifier) => {
    const files = {
      'a.ts': `import { x } from '${specifier}'; x;`,
      'tasks.ts': 'export const x = 1;',
    };
    expect(compileTypeScript(files).modules['a.ts']!.imports).toEqual(['tasks.ts']);
  },
);

test('imports that are only types ask for nothing', () => {
  expect(diagnose("import type { A } from './nowhere'; let x: A;")).toEqual([]);
});

test('a built-in module goes before a file of the same name, unless the path says so', () => {
  const files = { 'a.ts': "import 'node'; import './node';", 'node.ts': '' };
  expect(compileTypeScript(files, { builtins: ['node'] }).modules['a.ts']!.imports).toEqual([
    'node',
    'node.ts',
  ]);
});
