// Learners' TypeScript to one JavaScript expression that a host splices into the text of a worker, or
// evaluates (design, section 5). The expression is an object: module path to CompiledModule.
//
// Babel parses, strips the types and prints; what happens in between is ours (scope.ts, lower.ts).
// Types are not checked: the editor does that.

import {
  parseSync,
  transformFromAstSync,
  types as t,
  type NodePath,
  type PluginObject,
} from '@babel/core';
import transformTypeScript from '@babel/plugin-transform-typescript';
import type { Diagnostic } from '#lib/protocol/errors.ts';
import { checkSyntax, diagnosticOfParseError } from './diagnose.ts';
import { lowerModule } from './lower.ts';
import { Names } from './names.ts';
import { resolveRequests } from './resolve.ts';
import { headStatements, readHead, type ModuleHead } from './scope.ts';

/** Program files by path, e.g. `{ 'tasks.ts': '…' }`. Files that are not TypeScript are ignored. */
export type SourceFiles = Readonly<Record<string, string>>;

export interface CompileOptions {
  /**
   * Modules that come with the product, and the names each exports where they are known:
   * `{ node: ['sleep', 'name'] }`, or the module names alone.
   */
  readonly builtins?: readonly string[] | Readonly<Record<string, readonly string[]>>;
}

/** What is known of a module without running it. */
export interface ModuleInfo {
  /** Index of the file, the upper bits of every position in it. */
  readonly index: number;
  /** What each import resolves to: a path of the table or the name of a built-in module. */
  readonly imports: readonly string[];
  /** Per import, the names asked for and the lines they are asked on. */
  readonly wanted: readonly (readonly (readonly [name: string, line: number])[])[];
  /** Exported names, without those of `export *`. */
  readonly exports: readonly string[];
  /** Indexes into `imports` of `export * from`. */
  readonly stars: readonly number[];
  /** Names of its functions; a function id is `index * 2^16 + place in this list + 1`. */
  readonly functions: readonly string[];
}

/** Path to module, in the order of `index`. */
export type ModuleTable = Readonly<Record<string, ModuleInfo>>;

export interface CompiledProgram {
  /** A JavaScript expression; empty when there are diagnostics. */
  readonly text: string;
  readonly modules: ModuleTable;
  /** The learner's mistakes, by file and place. */
  readonly diagnostics: Diagnostic[];
}

interface Draft {
  readonly path: string;
  readonly index: number;
  /** Modules that imports name, types or not. */
  mentioned: Mention[];
  head: ModuleHead | null;
  functions: string[];
  code: string;
}

/** A module specifier where it stands. */
export interface Mention {
  readonly specifier: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Compiles every TypeScript file of a program.
 *
 * @param files all files of the experiment; those that do not end in `.ts` are ignored
 */
export function compileTypeScript(
  files: SourceFiles,
  options: CompileOptions = {},
): CompiledProgram {
  const diagnostics: Diagnostic[] = [];
  const drafts = Object.keys(files)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .sort()
    .map((path, index) => compileModule(path, index, files[path]!, diagnostics));
  const modules = resolveRequests(drafts, options.builtins ?? [], diagnostics);
  diagnostics.sort(
    (a, b) =>
      Number(a.file > b.file) - Number(a.file < b.file) || a.line - b.line || a.column - b.column,
  );
  const text = diagnostics.length > 0 ? '' : programText(drafts, modules);
  return { text, modules, diagnostics };
}

const PARSER_PLUGINS = ['typescript', 'decorators'] as const;

function compileModule(
  path: string,
  index: number,
  source: string,
  diagnostics: Diagnostic[],
): Draft {
  const draft: Draft = { path, index, mentioned: [], head: null, functions: [], code: '' };
  const report = (node: t.Node, code: string, message: string): void => {
    const { line = 0, column = -1 } = node.loc?.start ?? {};
    diagnostics.push({ file: path, line, column: column + 1, code, message });
  };
  const before = diagnostics.length;
  try {
    const tree = parseSync(source, {
      ...SHARED_OPTIONS,
      filename: path,
      sourceType: 'module',
      parserOpts: { plugins: [...PARSER_PLUGINS], errorRecovery: true },
    });
    if (tree === null) return draft;
    for (const error of tree.errors ?? []) diagnostics.push(diagnosticOfParseError(path, error));
    if (diagnostics.length === before) checkSyntax(tree, report);
    if (diagnostics.length > before) return draft;
    draft.mentioned = mentionsOf(tree);
    const result = transformFromAstSync(tree, source, {
      ...SHARED_OPTIONS,
      filename: path,
      compact: false,
      comments: false,
      generatorOpts: { jsescOption: { minimal: true } },
      plugins: [[transformTypeScript, {}], () => modulePlugin(draft, report)],
    });
    draft.code = result?.code ?? '';
  } catch (error) {
    diagnostics.push(diagnosticOfParseError(path, error));
  }
  return draft;
}

const SHARED_OPTIONS = {
  // Given, so that nobody asks `process` for them: a page has none.
  cwd: '/',
  envName: 'production',
  configFile: false,
  babelrc: false,
  highlightCode: false,
  browserslistConfigFile: false,
} as const;

/** Runs after the types are gone: everything that is ours, in one pass over the whole program. */
function modulePlugin(
  draft: Draft,
  report: (node: t.Node, code: string, message: string) => void,
): PluginObject {
  return {
    name: 'lightcone-module',
    visitor: {
      Program: {
        exit(program: NodePath<t.Program>) {
          const names = new Names(identifiersOf(program.node));
          const head = readHead(program, names, report);
          const lowered = lowerModule(program.node.body, {
            fileIndex: draft.index,
            names,
            globalNodes: head.globalNodes,
          });
          draft.head = head;
          draft.functions = lowered.functions;
          const body = t.blockStatement(
            [...headStatements(head, names), ...lowered.body],
            [t.directive(t.directiveLiteral('use strict'))],
          );
          program.node.directives = [];
          program.node.body = [
            t.expressionStatement(t.functionExpression(null, [names.env()], body, true)),
          ];
        },
      },
    },
  };
}

/** An import that nothing uses disappears with the types, but its module must be there all the same. */
function mentionsOf(tree: t.File): Mention[] {
  return tree.program.body.flatMap((node) => {
    if (!t.isImportDeclaration(node) || node.importKind === 'type') return [];
    const { line = 0, column = -1 } = node.source.loc?.start ?? {};
    return [{ specifier: node.source.value, line, column: column + 1 }];
  });
}

function identifiersOf(program: t.Program): Set<string> {
  const found = new Set<string>();
  t.traverseFast(program, (node) => {
    if (t.isIdentifier(node)) found.add(node.name);
  });
  return found;
}

/** `(function*($){…});` as Babel prints an expression statement, to an expression. */
function expressionOf(code: string): string {
  return code.replace(/;\s*$/, '');
}

function programText(drafts: readonly Draft[], modules: ModuleTable): string {
  const entries = drafts.map(
    ({ path, code }) =>
      `${JSON.stringify(path)}:{info:${JSON.stringify(modules[path])},run:${expressionOf(code)}}`,
  );
  return spliceable(`({${entries.join(',\n')}})`);
}

/**
 * Makes a text safe inside a script element and in every parser: only literals can hold these, since
 * operators are printed apart.
 */
function spliceable(text: string): string {
  return text
    .replace(/<(?=\/script|!--)/gi, '\\x3c')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029');
}
