// Names and small syntax trees of the code we insert. Inserted names start with a prefix that no name
// of the learner's file starts with, so that neither side can reach the other's.

import { types as t } from '@babel/core';

/** The names one compiled module uses for our own things. */
export class Names {
  readonly prefix: string;
  #count = 0;

  /** @param taken every identifier of the file */
  constructor(taken: Iterable<string>) {
    let prefix = '$';
    for (const name of taken) while (name.startsWith(prefix)) prefix += '_';
    this.prefix = prefix;
  }

  /** The linker's support object. */
  env(): t.Identifier {
    return t.identifier(this.prefix);
  }

  /** `$.<member>` */
  support(member: string): t.MemberExpression {
    return t.memberExpression(this.env(), t.identifier(member));
  }

  /** `$m.<member>` */
  meter(member: string): t.MemberExpression {
    return t.memberExpression(this.local('m'), t.identifier(member));
  }

  /** A fixed inserted name, `$c`. */
  local(name: string): t.Identifier {
    return t.identifier(this.prefix + name);
  }

  /** A name used once, `$g1`. */
  fresh(stem: string): string {
    return `${this.prefix}${stem}${++this.#count}`;
  }
}

export function call(
  callee: t.Expression,
  ...args: (t.Expression | t.SpreadElement)[]
): t.CallExpression {
  return t.callExpression(callee, args);
}

export function assign(target: t.LVal, value: t.Expression): t.AssignmentExpression {
  return t.assignmentExpression('=', target, value);
}

export function int(value: number): t.NumericLiteral {
  return t.numericLiteral(value);
}

export function statement(expression: t.Expression): t.ExpressionStatement {
  return t.expressionStatement(expression);
}

export function declare(
  kind: 'const' | 'let',
  entries: Record<string, t.Expression | null>,
): t.VariableDeclaration {
  return t.variableDeclaration(
    kind,
    Object.entries(entries).map(([name, init]) => t.variableDeclarator(t.identifier(name), init)),
  );
}

/** `(() => { … })()` */
export function immediately(body: t.Statement[]): t.CallExpression {
  return call(t.arrowFunctionExpression([], t.blockStatement(body)));
}

/** A function expression under a name that the syntax alone would not give it: `{ "x": f }["x"]`. */
export function named(name: string | undefined, value: t.Expression): t.Expression {
  if (name === undefined) return value;
  return t.memberExpression(
    t.objectExpression([t.objectProperty(t.stringLiteral(name), value, true)]),
    t.stringLiteral(name),
    true,
  );
}
