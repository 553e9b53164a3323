// The names that a Python file binds, found without an interpreter: a reading of its lines that
// survives code which is half typed. It knows imports, functions, classes and assignments, and nothing
// of scopes: of two bindings the one nearer above counts.

import { tokensOf } from '../highlight.ts';

/** One step of `a.b(1).c`: a name, and whether it is called. */
export interface Link {
  name: string;
  isCalled: boolean;
}

export interface Binding {
  name: string;
  /** Counts from 1. */
  line: number;
  kind: 'module' | 'import' | 'class' | 'function' | 'value';
  /** Bound within a function: a parameter, or in its body. Other files do not see it. */
  isLocal?: boolean;
  /** `module`: what the name stands for. `import`: where it comes from. */
  module?: string;
  /** `import`: its name over there. */
  original?: string;
  /** `class` and `function`: what it takes. */
  signature?: string;
  doc?: string;
  /** `class`: what its body and `self` bind. */
  members?: Binding[];
  /** `class`: what it is derived from. `value`: what it is. `function`: its decorators. */
  from?: Link[][];
}

export interface Outline {
  bindings: Binding[];
  /** Modules of which all names are imported. */
  stars: string[];
}

/** The code with the insides of strings and comments blanked out: as long as before, line by line. */
export function blanked(code: string): string {
  return tokensOf(code, 'python')
    .map(({ type, text }) => {
      if (type === 'comment') return text.replace(/[^\n]/g, ' ');
      if (type !== 'string') return text;
      return text.replace(/[^\n]/g, (_, at: number) =>
        at === 0 || at === text.length - 1 ? '"' : ' ',
      );
    })
    .join('');
}

/** A signature and a docstring are read so many lines far. */
const SIGNATURE_LINES_MAX = 20;
const DOC_LINES_MAX = 40;

/** The lines that brackets and backslashes join. */
interface Statement {
  line: number;
  indent: number;
  text: string;
}

/** Cuts code, without the insides of its strings, into statements. */
export function statementsOf(code: string): Statement[] {
  const statements: Statement[] = [];
  let open: Statement | null = null;
  let depth = 0;
  for (const [index, text] of code.split('\n').entries()) {
    // A line that begins like a statement ends one whose bracket was never closed.
    if (open && depth > 0 && /^(?:def|class|import|from|async|@)\b/.test(text)) open = null;
    if (!open) {
      if (text.trim() === '') continue;
      open = { line: index + 1, indent: text.length - text.trimStart().length, text: '' };
      statements.push(open);
      depth = 0;
    }
    for (const char of text) {
      if ('([{'.includes(char)) depth++;
      else if (')]}'.includes(char)) depth--;
    }
    const isJoined = text.endsWith('\\');
    open.text += ` ${isJoined ? text.slice(0, -1).trim() : text.trim()}`;
    if (depth <= 0 && !isJoined) open = null;
  }
  return statements.map((one) => ({ ...one, text: one.text.trim() }));
}

/** Cuts `a.b(1).c` into its links; null for anything else. */
export function chainOf(expression: string): Link[] | null {
  const links: Link[] = [];
  let rest = expression.trim().replace(/^await\s+/, '');
  for (;;) {
    const found = /^([\p{L}_][\p{L}\p{N}_]*)\s*/u.exec(rest);
    if (!found) return null;
    rest = rest.slice(found[0].length);
    let isCalled = false;
    if (rest.startsWith('(')) {
      const end = closingOf(rest);
      if (end < 0) return null;
      isCalled = true;
      rest = rest.slice(end + 1).trimStart();
    }
    links.push({ name: found[1]!, isCalled });
    if (rest === '') return links;
    if (!rest.startsWith('.')) return null;
    rest = rest.slice(1).trimStart();
  }
}

/** Position of the bracket that closes the first one; -1 when it is open. */
function closingOf(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    if ('([{'.includes(text[at]!)) depth++;
    else if (')]}'.includes(text[at]!) && --depth === 0) return at;
  }
  return -1;
}

const NAME = '[\\p{L}_][\\p{L}\\p{N}_]*';
const DEFINITION = new RegExp(`^(?:async\\s+)?(def|class)\\s+(${NAME})\\s*(.*)$`, 'su');
const IMPORT = /^import\s+(.+)$/s;
const FROM = /^from\s+([.\w]+)\s+import\s*(.*)$/s;
const ASSIGNMENT = new RegExp(`^(self\\.)?(${NAME})\\s*(?::[^=]+)?=(?!=)\\s*(.*)$`, 'su');
/** `for a, b in`, `a, b =` */
const TARGETS = new RegExp(
  `^(?:(?:async\\s+)?for\\s+)?((?:${NAME}\\s*,\\s*)*${NAME})\\s*(?:in\\b|=(?!=))`,
  'u',
);
const HANDLES = /^(?:async\s+)?(?:with|except)\b\s*\(?/;
const HANDLED = new RegExp(`([^,]+(?:\\(.*?\\))?)\\s+as\\s+(${NAME})`, 'gu');
const PARAMETER = new RegExp(`^\\*{0,2}(${NAME})`, 'u');

/** Reads a file. */
export function outlineOf(source: string): Outline {
  return new Reader(source).outline;
}

class Reader {
  readonly outline: Outline = { bindings: [], stars: [] };
  readonly #lines: readonly string[];
  readonly #statements: readonly Statement[];
  /** Bodies that are open: their indentation is deeper than `indent`. */
  readonly #bodies: { indent: number; members: Binding[]; isClass: boolean }[] = [];
  #decorators: Link[][] = [];

  constructor(source: string) {
    this.#lines = source.split('\n');
    this.#statements = statementsOf(blanked(source));
    for (const [index, statement] of this.#statements.entries()) this.#read(statement, index);
  }

  #read(statement: Statement, index: number): void {
    const { text, indent } = statement;
    while ((this.#bodies.at(-1)?.indent ?? -1) >= indent) this.#bodies.pop();
    if (text.startsWith('@')) {
      const chain = chainOf(text.slice(1));
      if (chain) this.#decorators.push(chain);
      return;
    }
    const definition = DEFINITION.exec(text);
    if (definition) this.#define(statement, index, definition);
    else this.#bind(statement);
    this.#decorators = [];
  }

  /** What stands in the body of a class belongs to it; all else is as if it stood in the file. */
  #add(binding: Binding): void {
    const body = this.#bodies.at(-1);
    if (body?.isClass) body.members.push(binding);
    else if (body) this.#addLocal(binding);
    else this.outline.bindings.push(binding);
  }

  #addLocal(binding: Binding): void {
    this.outline.bindings.push({ ...binding, isLocal: true });
  }

  #define({ line, indent }: Statement, index: number, found: RegExpExecArray): void {
    const [, word, name = '', rest = ''] = found;
    const doc = this.#docAfter(index, indent);
    const base = { name, line, ...(doc && { doc }) };
    const members: Binding[] = [];
    const isClass = word === 'class';
    if (isClass) {
      const bases = split(rest.startsWith('(') ? rest.slice(1, closingOf(rest)) : '');
      const from = bases.map(chainOf).filter((chain) => chain !== null);
      this.#add({ ...base, kind: 'class', members, from });
    } else {
      const signature = this.#signatureAt(line, name);
      this.#add({ ...base, kind: 'function', signature, from: this.#decorators });
      for (const parameter of split(signature.slice(1, -1))) {
        const own = PARAMETER.exec(parameter)?.[1];
        if (own) this.#addLocal({ name: own, line, kind: 'value' });
      }
    }
    this.#bodies.push({ indent, members, isClass });
  }

  #bind({ line, text }: Statement): void {
    const imported = IMPORT.exec(text);
    const from = FROM.exec(text);
    const assignment = ASSIGNMENT.exec(text);
    if (imported) this.#import(line, imported[1]!);
    else if (from) this.#importFrom(line, from[1]!, from[2]!);
    else if (assignment) this.#assign(line, assignment);
    else if (HANDLES.test(text)) {
      for (const [, value = '', name = ''] of text.replace(HANDLES, '').matchAll(HANDLED)) {
        this.#add({ name, line, kind: 'value', ...fromOf(value) });
      }
    } else {
      const targets = TARGETS.exec(text);
      for (const name of targets ? split(targets[1]!) : [])
        this.#add({ name, line, kind: 'value' });
    }
  }

  #import(line: number, modules: string): void {
    for (const part of split(modules)) {
      const [module = '', alias] = part.split(/\s+as\s+/);
      const first = module.split('.')[0]!;
      this.#add({ name: alias ?? first, line, kind: 'module', module: alias ? module : first });
    }
  }

  #importFrom(line: number, module: string, names: string): void {
    for (const part of split(names.replace(/[()]/g, ''))) {
      const [original = '', alias] = part.split(/\s+as\s+/);
      if (original === '*') this.outline.stars.push(module);
      else this.#add({ name: alias ?? original, line, kind: 'import', module, original });
    }
  }

  #assign(line: number, [, self, name = '', value = '']: RegExpExecArray): void {
    const binding: Binding = { name, line, kind: 'value', ...fromOf(value) };
    if (!self) return this.#add(binding);
    this.#bodies.findLast(({ isClass }) => isClass)?.members.push(binding);
  }

  /** The parameters as they are written, with the strings that were blanked out. */
  #signatureAt(line: number, name: string): string {
    const text = this.#lines.slice(line - 1, line + SIGNATURE_LINES_MAX).join('\n');
    const start = text.indexOf('(', text.indexOf(name));
    const end = start < 0 ? -1 : closingOf(text.slice(start));
    return end < 0 ? '()' : text.slice(start, start + end + 1).replace(/\s+/g, ' ');
  }

  /** The docstring that follows a definition. */
  #docAfter(index: number, indent: number): string | undefined {
    const next = this.#statements[index + 1];
    if (!next || next.indent <= indent || !next.text.startsWith('"')) return undefined;
    const text = this.#lines.slice(next.line - 1, next.line + DOC_LINES_MAX).join('\n');
    const found = /^\s*[ru]?("""|'''|"|')([\s\S]*?)\1/i.exec(text)?.[2] ?? '';
    return found.trim().replace(/\n[ \t]+/g, '\n') || undefined;
  }
}

function fromOf(value: string): { from?: Link[][] } {
  const chain = chainOf(value);
  return chain ? { from: [chain] } : {};
}

/** Cuts at the commas outside of brackets. */
export function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const char of text) {
    if ('([{'.includes(char)) depth++;
    if (')]}'.includes(char)) depth--;
    if (char === ',' && depth === 0) {
      parts.push(part);
      part = '';
    } else part += char;
  }
  return [...parts, part].map((one) => one.trim()).filter((one) => one !== '');
}
