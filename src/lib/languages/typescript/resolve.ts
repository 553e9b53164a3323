// Which file or built-in module an import means, and whether it exports what is asked of it.

import type { Diagnostic } from '#lib/protocol/errors.ts';
import { exportNames } from '#lib/protocol/export-names.ts';
import type { CompileOptions, Mention, ModuleInfo, ModuleTable } from './compile.ts';
import type { ModuleHead } from './scope.ts';

interface Draft {
  readonly path: string;
  readonly index: number;
  readonly mentioned: readonly Mention[];
  readonly head: ModuleHead | null;
  readonly functions: readonly string[];
}

/** Names per built-in module; null where they are not known. */
type Builtins = ReadonlyMap<string, readonly string[] | null>;

function builtinsOf(given: NonNullable<CompileOptions['builtins']>): Builtins {
  return Array.isArray(given)
    ? new Map((given as readonly string[]).map((name) => [name, null]))
    : new Map(Object.entries(given as Readonly<Record<string, readonly string[]>>));
}

/** `a/./b/../c` to `a/c`; undefined when it leaves the folder. */
function normalised(path: string): string | undefined {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function resolve(
  from: string,
  specifier: string,
  paths: ReadonlySet<string>,
  builtins: Builtins,
): string | undefined {
  const isRelative = specifier.startsWith('./') || specifier.startsWith('../');
  if (!isRelative && builtins.has(specifier)) return specifier;
  const folder = isRelative ? from.slice(0, from.lastIndexOf('/') + 1) : '';
  const path = normalised(folder + specifier);
  if (path === undefined) return undefined;
  const candidates = [path, `${path}.ts`, path.replace(/\.js$/, '.ts'), `${path}/index.ts`];
  return candidates.find((it) => paths.has(it));
}

function allowed(paths: ReadonlySet<string>, builtins: Builtins, from: string): string {
  const own = [...paths].filter((path) => path !== from).map((path) => `./${path}`);
  return [...builtins.keys(), ...own].join(', ') || 'none';
}

/**
 * Resolves every import of every module, and reports those that lead nowhere.
 *
 * @returns the table of modules, in the order of their indexes
 */
export function resolveRequests(
  drafts: readonly Draft[],
  given: NonNullable<CompileOptions['builtins']>,
  diagnostics: Diagnostic[],
): ModuleTable {
  const builtins = builtinsOf(given);
  const paths = new Set(drafts.map(({ path }) => path));
  const modules: Record<string, ModuleInfo> = {};
  for (const { path, index, mentioned, head, functions } of drafts) {
    const target = ({ specifier }: Mention) => resolve(path, specifier, paths, builtins);
    const requests = head?.requests ?? [];
    // Re-exports are requests and no imports; an import may be both or, without a use, only mentioned.
    const unknown = new Map(
      [...mentioned, ...requests]
        .filter((it) => target(it) === undefined)
        .map((it) => [`${it.specifier} ${it.line}`, it]),
    );
    for (const mention of unknown.values()) {
      diagnostics.push(unknownModule(path, mention, allowed(paths, builtins, path)));
    }
    const imports = requests.map((request) => target(request) ?? request.specifier);
    const exports = [...(head?.exports.keys() ?? [])];
    const wanted = requests.map((request) =>
      request.names.map(({ name, line }): [string, number] => [name, line]),
    );
    modules[path] = { index, imports, wanted, exports, stars: head?.stars ?? [], functions };
  }
  for (const draft of drafts) checkNames(draft, modules, builtins, diagnostics);
  return modules;
}

function unknownModule(
  file: string,
  { specifier, line, column }: Mention,
  names: string,
): Diagnostic {
  const message = `unknown module: '${specifier}'; modules here: ${names}`;
  return { file, line, column, code: 'unknown-module', message };
}

/** Every name a module exports, `export *` followed; null when that cannot be known. */
function exportsOf(
  target: string,
  modules: Readonly<Record<string, ModuleInfo>>,
  builtins: Builtins,
  seen: Set<string> = new Set(),
): Set<string> | null {
  const module = modules[target];
  if (module === undefined || !Object.hasOwn(modules, target)) {
    const names = builtins.get(target);
    return names ? new Set(names) : null;
  }
  const found = new Set(module.exports);
  if (seen.has(target)) return found;
  seen.add(target);
  for (const star of module.stars) {
    const more = exportsOf(module.imports[star]!, modules, builtins, seen);
    if (more === null) return null;
    for (const name of more) if (name !== 'default') found.add(name);
  }
  return found;
}

function checkNames(
  { path, head }: Draft,
  modules: Readonly<Record<string, ModuleInfo>>,
  builtins: Builtins,
  diagnostics: Diagnostic[],
): void {
  head?.requests.forEach((request, index) => {
    const target = modules[path]!.imports[index]!;
    // A file that did not compile exports nothing yet; its own mistakes are reported.
    if (Object.hasOwn(modules, target) && modules[target]!.functions.length === 0) return;
    const known = exportsOf(target, modules, builtins);
    if (known === null) return;
    for (const { name, line, column } of request.names) {
      if (known.has(name)) continue;
      const message = `'${request.specifier}' does not export ${name}; it exports ${exportNames([...known], name)}`;
      diagnostics.push({ file: path, line, column, code: 'unknown-export', message });
    }
  });
}
