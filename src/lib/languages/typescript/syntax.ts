// Questions about a piece of syntax, asked before it is rewritten.

import { types as t } from '@babel/core';

/** A function with parameters and a body, of whatever spelling. */
export type FunctionNode = t.Function;

type Visit = (node: t.Node) => boolean | undefined;

function childrenOf(node: t.Node): t.Node[] {
  const found: t.Node[] = [];
  for (const key of t.VISITOR_KEYS[node.type] ?? []) {
    const child = (node as unknown as Record<string, unknown>)[key];
    if (Array.isArray(child))
      found.push(...(child as (t.Node | null)[]).filter((it) => it !== null));
    else if (child) found.push(child as t.Node);
  }
  return found;
}

/**
 * Whether `visit` returns true for a node below `root`, `root` included. Where it returns false, the
 * search does not go deeper.
 */
export function someNode(root: t.Node, visit: Visit): boolean {
  const verdict = visit(root);
  if (verdict !== undefined) return verdict;
  return childrenOf(root).some((child) => someNode(child, visit));
}

/** The parts of a class that run where the class stands: heritage and computed keys. */
function outerPartsOfClass(node: t.Class): t.Node[] {
  const keys = node.body.body.flatMap((member) =>
    'computed' in member && member.computed && 'key' in member ? [member.key as t.Node] : [],
  );
  return node.superClass ? [node.superClass, ...keys] : keys;
}

function isCallLike(node: t.Node): boolean {
  return (
    t.isCallExpression(node) ||
    t.isOptionalCallExpression(node) ||
    t.isNewExpression(node) ||
    t.isTaggedTemplateExpression(node) ||
    t.isAwaitExpression(node) ||
    t.isYieldExpression(node)
  );
}

/** Whether evaluating `node` here may call something. */
export function hasCall(node: t.Node): boolean {
  return someNode(node, (it) => {
    if (t.isFunction(it)) return false;
    return isCallLike(it) || undefined;
  });
}

const ACTIVE: ReadonlySet<string> = new Set([
  'MemberExpression',
  'OptionalMemberExpression',
  'SpreadElement',
  'RestElement',
  'ObjectPattern',
  'ArrayPattern',
  'ThrowStatement',
  'TryStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
  'ClassExpression',
  'ClassDeclaration',
]);

/**
 * Whether evaluating `node` here may call, throw or loop: whether a line must be on record for it.
 * Arithmetic on plain variables is not active, although `+` on objects may call.
 */
export function isActive(node: t.Node): boolean {
  return someNode(node, (it) => {
    if (t.isFunction(it)) return false;
    if (isCallLike(it) || ACTIVE.has(it.type)) return true;
    if (t.isTemplateLiteral(it) && it.expressions.length > 0) return true;
    if (t.isBinaryExpression(it) && (it.operator === 'in' || it.operator === 'instanceof'))
      return true;
    return undefined;
  });
}

/** Whether evaluating `node` does more than name a value: such a statement puts its line on record. */
export function isWorthALine(node: t.Node): boolean {
  return someNode(node, (it) => {
    if (t.isFunction(it)) return false;
    return (
      isActive(it) ||
      t.isBinary(it) ||
      t.isAssignmentExpression(it) ||
      LITERALS.has(it.type) ||
      undefined
    );
  });
}

const LITERALS: ReadonlySet<string> = new Set(['ArrayExpression', 'ObjectExpression']);

const LOOPS: ReadonlySet<string> = new Set([
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
]);

/** Making a class takes as long and as much as making so many functions. */
const CLOSURES_PER_CLASS = 16;

/**
 * Functions that running `node` once makes, a class as several; those in loops are counted by the
 * loops.
 */
export function closureCount(node: t.Node): number {
  let count = 0;
  someNode(node, (it) => {
    if (it !== node && (t.isFunction(it) || t.isClass(it))) {
      count += t.isClass(it) ? CLOSURES_PER_CLASS : 1;
      return false;
    }
    return it !== node && LOOPS.has(it.type) ? false : undefined;
  });
  return count;
}

/** Whether a plain function needs no frame: it can neither call, nor throw, nor loop. */
export function isTrivial(node: FunctionNode): boolean {
  if (node.async || node.generator) return false;
  if (!node.params.every((param) => t.isIdentifier(param))) return false;
  return !isActive(node.body) && closureCount(node) === 0;
}

/** What a function takes from the scope of `this` around it. */
export interface Borrowed {
  this: boolean;
  arguments: boolean;
  newTarget: boolean;
  super: boolean;
}

/** What a function's own body (nested arrows included) uses of `this`, `arguments` and the like. */
export function borrowedBy(node: FunctionNode): Borrowed {
  const found: Borrowed = { this: false, arguments: false, newTarget: false, super: false };
  const visit: Visit = (it) => {
    if (t.isThisExpression(it)) found.this = true;
    else if (t.isSuper(it)) found.this = found.super = true;
    else if (t.isIdentifier(it, { name: 'arguments' })) found.arguments = true;
    else if (t.isMetaProperty(it) && it.meta.name === 'new') found.newTarget = true;
    else if (t.isClass(it)) {
      for (const part of outerPartsOfClass(it)) someNode(part, visit);
      return false;
    } else if (t.isObjectMethod(it)) {
      if (it.computed) someNode(it.key, visit);
      return false;
    } else if (t.isFunction(it) && !t.isArrowFunctionExpression(it)) return false;
    return undefined;
  };
  for (const part of [...node.params, node.body]) someNode(part, visit);
  return found;
}

/** Whether heritage or keys of a class await or yield, so that the class cannot move into a function. */
export function suspendsInHead(node: t.Class): boolean {
  return outerPartsOfClass(node).some((part) =>
    someNode(part, (it) => {
      if (t.isFunction(it)) return false;
      return t.isAwaitExpression(it) || t.isYieldExpression(it) || undefined;
    }),
  );
}

/** Whether the name of a function expression is used in its body. */
export function mentions(node: t.Node, name: string): boolean {
  return someNode(node, (it) => t.isIdentifier(it, { name }) || undefined);
}

/** Variables declared in a function's own body: what its frame has to hold. */
export function localCount(node: FunctionNode): number {
  let count = node.params.length;
  someNode(node.body, (it) => {
    if (t.isFunction(it) || t.isClass(it)) return false;
    if (t.isVariableDeclarator(it)) count++;
    return undefined;
  });
  return count;
}

export function lineOfNode(node: t.Node): number {
  return node.loc?.start.line ?? 0;
}

/** The name a property key gives to a function. */
export function keyName(key: t.Node, isComputed: boolean): string | undefined {
  if (t.isPrivateName(key)) return `#${key.id.name}`;
  if (t.isStringLiteral(key)) return key.value;
  if (
    t.isMemberExpression(key) &&
    t.isIdentifier(key.object, { name: 'Symbol' }) &&
    t.isIdentifier(key.property)
  ) {
    return `[Symbol.${key.property.name}]`;
  }
  if (isComputed) return undefined;
  if (t.isIdentifier(key)) return key.name;
  if (t.isNumericLiteral(key)) return String(key.value);
  return undefined;
}
