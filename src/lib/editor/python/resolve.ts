// What a name in a learner's file stands for: through imports, aliases, the learner's other files,
// calls and decorators, as far as that can be told without running anything.

import { PACKAGES_FOLDER } from '#lib/protocol/package-files.ts';
import type { Entry, Names } from './names.ts';
import { outlineOf, type Binding, type Link, type Outline } from './outline.ts';

/** A chain of imports and aliases is followed so far: it may lead in a circle. */
const DEPTH_MAX = 12;

/** Installed packages, by path below `site-packages/`. What was read of them is kept while they stay. */
export class Packages {
  readonly files: Readonly<Record<string, string>>;
  readonly outlines = new Map<string, Outline>();

  /** @param files of the experiment */
  constructor(files: Readonly<Record<string, string>>) {
    const modules = Object.entries(files).filter(([path]) => isModule(path));
    this.files = Object.fromEntries(
      modules.map(([path, text]) => [path.slice(PACKAGES_FOLDER.length), text]),
    );
  }

  /** Whether an experiment has these packages and no others. */
  areThoseOf(files: Readonly<Record<string, string>>): boolean {
    const paths = Object.keys(files).filter(isModule);
    const isKnown = (path: string): boolean =>
      this.files[path.slice(PACKAGES_FOLDER.length)] === files[path];
    return paths.length === Object.keys(this.files).length && paths.every(isKnown);
  }
}

function isModule(path: string): boolean {
  return path.startsWith(PACKAGES_FOLDER) && path.endsWith('.py');
}

/** The learner's files and the modules that they can import. */
export class Resolver {
  readonly #own: Readonly<Record<string, string>>;
  readonly #packages: Packages;
  /** Of both, the learner's first. */
  readonly #files: Readonly<Record<string, string>>;
  readonly #names: Names;
  readonly #outlines = new Map<string, Outline>();
  readonly #exported = new Map<string, Record<string, Entry>>();

  /**
   * @param files text by path
   * @param names may be empty: then the learner's own names are known
   */
  constructor(
    files: Readonly<Record<string, string>>,
    names: Names,
    packages: Packages = new Packages({}),
  ) {
    this.#own = files;
    this.#packages = packages;
    this.#files = { ...packages.files, ...files };
    this.#names = names;
  }

  outline(path: string): Outline {
    const outlines = path in this.#own ? this.#outlines : this.#packages.outlines;
    const known = outlines.get(path) ?? outlineOf(this.#files[path] ?? '');
    outlines.set(path, known);
    return known;
  }

  /** Every module that can be imported, with what is below it. */
  modules(): string[] {
    const own = Object.keys(this.#files)
      .filter((path) => path.endsWith('.py'))
      .map((path) => path.replace(/(?:\/__init__)?\.py$/, '').replaceAll('/', '.'));
    const others = Object.keys(this.#names).filter((name) => name !== 'builtins');
    return [...new Set([...own, ...others])].sort();
  }

  /**
   * A module by its name. The learner's own go first; an installed package goes before our face of it.
   * (It is not told from the library, which would go before it.)
   */
  module(name: string): Entry | null {
    const file = this.#fileOf(name);
    if (file !== undefined) return { kind: 'module', names: this.#exports(file) };
    const found = this.#names[name];
    const below = this.modules().filter((one) => one.startsWith(`${name}.`));
    if (!found && below.length === 0) return null;
    const inner = below.map((one) => one.slice(name.length + 1).split('.')[0]!);
    const modules = Object.fromEntries(inner.map((one) => [one, { kind: 'module' } as Entry]));
    return { kind: 'module', ...found, names: { ...modules, ...found?.names } };
  }

  #fileOf(module: string): string | undefined {
    const path = module.replaceAll('.', '/');
    return [`${path}.py`, `${path}/__init__.py`].find((one) => one in this.#files);
  }

  /** What `from module import` of a file can name. */
  importable(module: string, path: string): Readonly<Record<string, Entry>> {
    return this.module(module.startsWith('.') ? relativeTo(path, module) : module)?.names ?? {};
  }

  /** What is known at a line of a file without any prefix: the file's names and those of `import *`. */
  visible(path: string): Map<string, Entry> {
    const { bindings, stars } = this.outline(path);
    const entries = new Map<string, Entry>(Object.entries(this.#names['builtins']?.names ?? {}));
    for (const star of stars) {
      for (const [name, entry] of Object.entries(this.importable(star, path))) {
        entries.set(name, entry);
      }
    }
    for (const binding of bindings) {
      entries.set(binding.name, this.#entryOf(binding, path, 0) ?? { kind: 'value' });
    }
    return entries;
  }

  /**
   * Follows `a.b(1).c` in a file.
   *
   * @param line where it stands: of several bindings the nearest above counts
   * @returns what its last link stands for; of a link that is called, what the call gives
   */
  resolve(chain: readonly Link[], path: string, line: number, depth = 0): Entry | null {
    const [first, ...rest] = chain;
    if (!first || depth > DEPTH_MAX) return null;
    // What is imported as `a.b` is reached through `a`.
    let dotted: string | null = null;
    let entry = this.#named(first.name, path, line, depth);
    if (entry?.kind === 'module') dotted = this.#binding(first.name, path, line)?.module ?? null;
    if (first.isCalled) entry = this.#called(entry);
    for (const link of rest) {
      if (!entry) return null;
      const here: Entry = this.#valueOf(entry);
      let next: Entry | null = here.names?.[link.name] ?? null;
      if (dotted !== null) {
        dotted = `${dotted}.${link.name}`;
        if (!next || next.kind === 'module') next = this.module(dotted);
      }
      entry = link.isCalled ? this.#called(next) : next;
    }
    return entry;
  }

  /** The names that can stand behind the chain and a dot. */
  members(chain: readonly Link[], path: string, line: number): Readonly<Record<string, Entry>> {
    const entry = this.resolve(chain, path, line);
    return (entry && this.#valueOf(entry).names) ?? {};
  }

  #binding(name: string, path: string, line: number): Binding | undefined {
    const all = this.outline(path).bindings.filter((one) => one.name === name);
    return all.findLast((one) => one.line <= line) ?? all[0];
  }

  #named(name: string, path: string, line: number, depth: number): Entry | null {
    const binding = this.#binding(name, path, line);
    if (binding) return this.#entryOf(binding, path, depth);
    for (const star of this.outline(path).stars) {
      const found = this.importable(star, path)[name];
      if (found) return found;
    }
    return this.#names['builtins']?.names?.[name] ?? null;
  }

  #entryOf(binding: Binding, path: string, depth: number): Entry | null {
    if (depth > DEPTH_MAX) return null;
    const { kind, module = '', original = '', line } = binding;
    if (kind === 'module') return this.module(module);
    if (kind === 'import') return this.#imported(module, original, path, depth + 1);
    if (kind === 'class') return this.#classOf(binding, path, depth + 1);
    const [from] = binding.from ?? [];
    if (kind === 'function') return this.#functionOf(binding, path, depth + 1);
    // `x = x.y` refers to the binding above it.
    const value = from && this.resolve(from, path, line - 1, depth + 1);
    return value ?? { kind: 'value' };
  }

  #imported(module: string, original: string, path: string, depth: number): Entry | null {
    const absolute = module.startsWith('.') ? relativeTo(path, module) : module;
    const file = this.#fileOf(absolute);
    if (file !== undefined) {
      const binding = this.#offered(file).findLast(({ name }) => name === original);
      if (binding) return this.#entryOf(binding, file, depth);
    }
    const found = this.module(absolute)?.names?.[original];
    return found && found.kind !== 'module' ? found : this.module(`${absolute}.${original}`);
  }

  #classOf(binding: Binding, path: string, depth: number): Entry {
    const names: Record<string, Entry> = {};
    for (const base of binding.from ?? []) {
      Object.assign(names, this.resolve(base, path, binding.line - 1, depth)?.names);
    }
    let signature = '()';
    for (const member of binding.members ?? []) {
      const entry = this.#entryOf(member, path, depth) ?? { kind: 'value' };
      const isMethod = entry.kind === 'function' && entry.signature !== undefined;
      const seen = isMethod ? { ...entry, signature: withoutSelf(entry.signature!) } : entry;
      if (member.name === '__init__') signature = seen.signature ?? signature;
      names[member.name] = seen;
    }
    return { kind: 'class', signature, names, ...(binding.doc && { doc: binding.doc }) };
  }

  /** A function; what its decorator makes of it gives it members. */
  #functionOf(binding: Binding, path: string, depth: number): Entry {
    const { signature = '()', doc } = binding;
    const entry: Entry = { kind: 'function', signature, ...(doc && { doc }) };
    for (const decorator of binding.from ?? []) {
      const chain = decorator.map((link) => ({ ...link }));
      chain.at(-1)!.isCalled = true;
      const made = this.resolve(chain, path, binding.line, depth);
      if (made?.names) return { ...entry, names: made.names };
    }
    return entry;
  }

  /** The names that a file offers to others. */
  #exports(path: string): Record<string, Entry> {
    const known = this.#exported.get(path);
    if (known) return known;
    // Files that import each other find what is there so far.
    const names: Record<string, Entry> = {};
    this.#exported.set(path, names);
    const { stars } = this.outline(path);
    for (const star of stars) Object.assign(names, this.importable(star, path));
    for (const one of this.#offered(path)) {
      names[one.name] = this.#entryOf(one, path, 1) ?? { kind: 'value' };
    }
    return names;
  }

  #offered(path: string): Binding[] {
    return this.outline(path).bindings.filter(({ isLocal }) => !isLocal);
  }

  /** What a call gives: an instance has the names of its class. */
  #called(entry: Entry | null): Entry | null {
    if (!entry) return null;
    if (entry.kind === 'class') return { kind: 'value', names: entry.names ?? {} };
    return entry.returns === undefined ? null : this.#instance(entry.returns);
  }

  /** A property is what it gives. */
  #valueOf(entry: Entry): Entry {
    if (entry.kind !== 'value' || entry.returns === undefined) return entry;
    return this.#instance(entry.returns) ?? entry;
  }

  #instance(dotted: string): Entry | null {
    const at = dotted.lastIndexOf('.');
    const made = this.#names[dotted.slice(0, at)]?.names?.[dotted.slice(at + 1)];
    return made ? { kind: 'value', names: made.names ?? {} } : null;
  }
}

function withoutSelf(signature: string): string {
  return signature.replace(/^\(\s*(?:self|cls)\s*(?:,\s*)?/, '(');
}

/** `from .shop import x` in `a/b.py` is about `a.shop`. */
function relativeTo(path: string, module: string): string {
  const dots = /^\.+/.exec(module)![0].length;
  const folders = path.split('/').slice(0, -dots);
  const rest = module.slice(dots);
  return [...folders, ...(rest === '' ? [] : [rest])].join('.');
}
