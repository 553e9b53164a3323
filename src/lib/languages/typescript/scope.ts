// First half of a module's compilation, on the tree without types: what it imports and exports, and
// which names it takes from the global scope. Afterwards no import or export declaration is left, an
// imported name reads through its module's exports (a live binding), and a name that a simulated
// process does not have throws when it is used.

import { types as t, type NodePath } from '@babel/core';
import { absenceOf, GLOBAL_NAMES } from '#lib/node/global-names.ts';
import { call, declare, named, statement, type Names } from './names.ts';

/** An import or re-export as written, for the checks that need every module. */
export interface Request {
  readonly specifier: string;
  /** Names asked for; empty for `import 'x'`, `import * as x` and `export *`. */
  readonly names: { readonly name: string; readonly line: number; readonly column: number }[];
  readonly line: number;
  readonly column: number;
}

/** What a module's head says. */
export interface ModuleHead {
  readonly requests: Request[];
  /** Exported name to the expression that reads it. */
  readonly exports: Map<string, t.Expression>;
  /** Indexes into `requests` of `export * from`. */
  readonly stars: number[];
  /** Names of the global scope that the module uses. */
  readonly globals: Set<string>;
  /** Identifiers that mean a global, not a variable of the learner's. */
  readonly globalNodes: Set<t.Node>;
}

/** Reports a mistake at a node. */
export type Report = (node: t.Node, code: string, message: string) => void;

function exportedName(node: t.Identifier | t.StringLiteral): string {
  return t.isIdentifier(node) ? node.name : node.value;
}

function place(node: t.Node): { line: number; column: number } {
  return { line: node.loc?.start.line ?? 0, column: (node.loc?.start.column ?? -1) + 1 };
}

/** Turns the head of `program` into data and rewrites its names. */
export function readHead(program: NodePath<t.Program>, names: Names, report: Report): ModuleHead {
  const head: ModuleHead = {
    requests: [],
    exports: new Map(),
    stars: [],
    globals: new Set(),
    globalNodes: new Set(),
  };
  const reader = new HeadReader(program, names, report, head);
  reader.imports();
  reader.freeNames();
  reader.exports();
  return head;
}

class HeadReader {
  readonly #program: NodePath<t.Program>;
  readonly #names: Names;
  readonly #report: Report;
  readonly #head: ModuleHead;
  readonly #indexOf = new Map<string, number>();

  constructor(program: NodePath<t.Program>, names: Names, report: Report, head: ModuleHead) {
    this.#program = program;
    this.#names = names;
    this.#report = report;
    this.#head = head;
    program.scope.crawl();
  }

  #request(source: t.StringLiteral): number {
    const specifier = source.value;
    let index = this.#indexOf.get(specifier);
    if (index === undefined) {
      index = this.#head.requests.length;
      this.#indexOf.set(specifier, index);
      this.#head.requests.push({ specifier, names: [], ...place(source) });
    }
    return index;
  }

  #ask(index: number, node: t.Identifier | t.StringLiteral, name: string): void {
    this.#head.requests[index]!.names.push({ name, ...place(node) });
  }

  /** `$i0`, or `$i0.name` where a name is given. */
  #imported(index: number, name?: string): t.Expression {
    const module = this.#names.local(`i${index}`);
    if (name === undefined) return module;
    return t.isValidIdentifier(name, false)
      ? t.memberExpression(module, t.identifier(name))
      : t.memberExpression(module, t.stringLiteral(name), true);
  }

  imports(): void {
    for (const path of this.#program.get('body')) {
      if (!path.isImportDeclaration()) continue;
      const index = this.#request(path.node.source);
      for (const specifier of path.node.specifiers) {
        let name: string | undefined;
        if (t.isImportDefaultSpecifier(specifier)) name = 'default';
        else if (t.isImportSpecifier(specifier)) name = exportedName(specifier.imported);
        if (name !== undefined) this.#ask(index, specifier.local, name);
        this.#rebind(specifier.local.name, () => this.#imported(index, name));
      }
      path.remove();
    }
  }

  #rebind(local: string, read: () => t.Expression): void {
    const binding = this.#program.scope.getBinding(local);
    if (binding === undefined) return;
    for (const path of binding.constantViolations) {
      this.#report(
        path.node,
        'import-assigned',
        `${local} is imported and cannot be assigned here`,
      );
    }
    for (const path of binding.referencePaths) replaceName(path, read());
  }

  freeNames(): void {
    const found: NodePath<t.Identifier>[] = [];
    this.#program.traverse({
      Identifier: (path) => {
        if (isVariable(path) && !path.scope.hasBinding(path.node.name, { noGlobals: true }))
          found.push(path);
      },
    });
    for (const path of found) this.#bindFree(path);
  }

  #bindFree(path: NodePath<t.Identifier>): void {
    const { name } = path.node;
    if (name === 'undefined' || name === 'NaN' || name === 'Infinity') return;
    // Nodes of inserted reads, and `arguments` of a function of its own.
    if (name.startsWith(this.#names.prefix)) return;
    if (name === 'arguments' && hasOwnArguments(path)) return;
    if (GLOBAL_NAMES.has(name)) {
      this.#head.globals.add(name);
      this.#head.globalNodes.add(path.node);
      return;
    }
    if (path.parentPath.isUnaryExpression({ operator: 'typeof' })) {
      path.parentPath.replaceWith(t.stringLiteral('undefined'));
      return;
    }
    const absent = call(this.#names.support('absent'), t.stringLiteral(absenceOf(name)));
    // A target of an assignment has to stay a target.
    replaceName(path, isTarget(path) ? t.memberExpression(absent, t.identifier('x')) : absent);
  }

  exports(): void {
    for (const path of this.#program.get('body')) {
      if (path.isExportAllDeclaration()) {
        this.#head.stars.push(this.#request(path.node.source));
        path.remove();
      } else if (path.isExportDefaultDeclaration()) this.#exportDefault(path);
      else if (path.isExportNamedDeclaration()) this.#exportNamed(path);
    }
  }

  #exportDefault(path: NodePath<t.ExportDefaultDeclaration>): void {
    const { declaration } = path.node;
    const local = this.#names.local('default');
    this.#export('default', local, path.node);
    if (t.isFunctionDeclaration(declaration)) {
      if (declaration.id) this.#head.exports.set('default', t.identifier(declaration.id.name));
      else declaration.id = local;
      path.replaceWith(declaration);
    } else if (t.isClassDeclaration(declaration) && declaration.id) {
      this.#head.exports.set('default', t.identifier(declaration.id.name));
      path.replaceWith(declaration);
    } else {
      const value = t.isClassDeclaration(declaration)
        ? t.toExpression(declaration)
        : (declaration as t.Expression);
      const isNameless = (t.isFunction(value) || t.isClass(value)) && !('id' in value && value.id);
      const bound = declare('const', {
        [local.name]: isNameless ? named('default', value) : value,
      });
      path.replaceWith(t.inherits(bound, path.node));
    }
  }

  #exportNamed(path: NodePath<t.ExportNamedDeclaration>): void {
    const { declaration, source, specifiers } = path.node;
    if (declaration) {
      for (const name of Object.keys(t.getOuterBindingIdentifiers(declaration))) {
        this.#export(name, t.identifier(name), declaration);
      }
      path.replaceWith(declaration);
      return;
    }
    const index = source ? this.#request(source) : -1;
    for (const specifier of specifiers) this.#exportSpecifier(specifier, index);
    path.remove();
  }

  #exportSpecifier(specifier: t.ExportNamedDeclaration['specifiers'][number], index: number): void {
    const name = exportedName(specifier.exported);
    if (t.isExportNamespaceSpecifier(specifier))
      this.#export(name, this.#imported(index), specifier);
    else if (t.isExportSpecifier(specifier)) {
      // `local` is a plain name, or an expression once an import was rebound; with `from`, a name there.
      if (index < 0) return this.#export(name, specifier.local, specifier);
      const asked = specifier.local as t.Identifier | t.StringLiteral;
      this.#ask(index, asked, exportedName(asked));
      this.#export(name, this.#imported(index, exportedName(asked)), specifier);
    }
  }

  #export(name: string, value: t.Expression, node: t.Node): void {
    if (this.#head.exports.has(name))
      this.#report(node, 'export-twice', `${name} is exported twice`);
    this.#head.exports.set(name, value);
  }
}

/** Whether an identifier stands for a variable, read or written. */
function isVariable(path: NodePath<t.Identifier>): boolean {
  return path.isReferencedIdentifier() || isTarget(path);
}

/** Whether an identifier is assigned, in whatever pattern. */
function isTarget(path: NodePath<t.Identifier>): boolean {
  const { node, parent, parentPath } = path;
  if (t.isAssignmentExpression(parent) || t.isForXStatement(parent)) return parent.left === node;
  if (t.isUpdateExpression(parent) || t.isArrayPattern(parent) || t.isRestElement(parent))
    return true;
  if (t.isAssignmentPattern(parent)) return parent.left === node;
  return (
    t.isObjectProperty(parent) &&
    parent.value === node &&
    !!parentPath?.parentPath?.isObjectPattern()
  );
}

function hasOwnArguments(path: NodePath): boolean {
  for (let it = path.getFunctionParent(); it !== null; it = it.getFunctionParent()) {
    if (!it.isArrowFunctionExpression()) return true;
  }
  return false;
}

function replaceName(path: NodePath, value: t.Expression): void {
  const { parent } = path;
  value.loc = path.node.loc ?? null;
  if (t.isObjectProperty(parent) && parent.shorthand) parent.shorthand = false;
  // A call of `$i0.f` must not pass the module as `this`.
  if (
    (t.isCallExpression(parent) || t.isOptionalCallExpression(parent)) &&
    parent.callee === path.node
  ) {
    path.replaceWith(t.sequenceExpression([t.numericLiteral(0), value]));
  } else if (t.isTaggedTemplateExpression(parent) && parent.tag === path.node) {
    path.replaceWith(t.sequenceExpression([t.numericLiteral(0), value]));
  } else if (t.isExportSpecifier(parent)) {
    parent.local = value as t.Identifier;
  } else {
    path.replaceWith(value);
  }
  path.skip();
}

/** The statements that open a compiled module: its names, then its exports, then the rest. */
export function headStatements(head: ModuleHead, names: Names): t.Statement[] {
  const statements: t.Statement[] = [
    declare('const', { [names.local('m').name]: names.support('meter') }),
  ];
  if (head.globals.size > 0) {
    const properties = [...head.globals]
      .sort()
      .map((name) => t.objectProperty(t.identifier(name), t.identifier(name), false, true));
    statements.push(
      t.variableDeclaration('const', [
        t.variableDeclarator(t.objectPattern(properties), names.support('globals')),
      ]),
    );
  }
  head.requests.forEach((_request, index) => {
    const module = t.memberExpression(names.support('imports'), t.numericLiteral(index), true);
    statements.push(declare('const', { [names.local(`i${index}`).name]: module }));
  });
  const getters = [...head.exports].map(([name, value]) =>
    t.objectProperty(t.stringLiteral(name), t.arrowFunctionExpression([], value)),
  );
  // The first resumption makes the exports known, the second begins the module itself.
  statements.push(statement(call(names.support('exports'), t.objectExpression(getters))));
  statements.push(statement(t.yieldExpression(null)));
  return statements;
}
