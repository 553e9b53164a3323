// Second half of a module's compilation: async functions become generators on our promises (KT4), and
// the meter is inserted (NODE7). See docs/languages/typescript.md for the shape of the output.
//
// Every function of the learner's that can call or throw gets a frame: it remembers the caller's line
// and depth, restores both however it ends, and notes itself on an exception that leaves it. So line
// attribution and tracebacks need no engine stack. Functions that cannot (`(a, b) => a + b`) count
// their tick and nothing else.

import { types as t } from '@babel/core';
import { ALLOCATION, positionOf } from '#lib/node/meter.ts';
import { assign, call, declare, immediately, int, named, statement, type Names } from './names.ts';
import {
  borrowedBy,
  closureCount,
  hasCall,
  isWorthALine,
  isTrivial,
  keyName,
  lineOfNode,
  localCount,
  mentions,
  suspendsInHead,
  type Borrowed,
  type FunctionNode,
} from './syntax.ts';

type Kind = 'plain' | 'generator' | 'async' | 'asyncGenerator';

/** Where `this` and its kin come from, shared by a function and the arrows in it. */
interface Lexical {
  /** Stand-in for `arguments` where a generator took over. */
  arguments?: string | undefined;
  newTarget?: string | undefined;
  superGet?: string | undefined;
  superSet?: string | undefined;
}

/** The function being rewritten. */
interface Frame {
  readonly kind: Kind;
  readonly lexical: Lexical;
  /** Whether allocations here are counted: everywhere but in the straight line of a module. */
  isCounting: boolean;
  /** Whether the function restores its caller's line, and so may put its own on record. */
  readonly hasFrame: boolean;
  /** The line on record at this point of the straight line, 0 when unknown. */
  line: number;
}

/** What surrounds a class member, for the generators of async methods. */
interface ClassContext {
  readonly name: string | undefined;
  /** Variables beside the class that keep such generators; null when the class cannot have any. */
  readonly caches: string[] | null;
}

/** Statements to run before a statement, and the statement itself. */
interface Lowered {
  readonly before: t.Statement[];
  readonly node: t.Statement;
}

const ENTRY_METHODS: ReadonlySet<string> = new Set(['push', 'unshift', 'add', 'set', 'append']);

/** Bytes per element of constructors that take a length. */
const SIZED_BYTES: Readonly<Record<string, number>> = {
  Array: 8,
  ArrayBuffer: 1,
  Uint8Array: 1,
  Int8Array: 1,
  Uint8ClampedArray: 1,
  Uint16Array: 2,
  Int16Array: 2,
  Uint32Array: 4,
  Int32Array: 4,
  Float32Array: 4,
  Float64Array: 8,
  BigInt64Array: 8,
  BigUint64Array: 8,
};

/** A frame with this many variables counts as two calls, and so on. */
const LOCALS_PER_CALL = 16;

/**
 * Functions that engines call on their own account, through frames of theirs: getters, conversions,
 * iterators, traps of proxies. They count as several calls: `{ ...o }` with a getter that spreads
 * again ends Chromium's stack after 288 levels, `Object.keys` of a proxy that asks again Firefox's
 * after 267.
 */
const CALLED_BY_ENGINE =
  /(?:^|\.)(?:toString|valueOf|toJSON|exec|\[Symbol\.\w+\]|apply|construct|set|has|ownKeys|getOwnPropertyDescriptor|getPrototypeOf|defineProperty|deleteProperty)$/;
const ENGINE_CALL_WEIGHT = 6;
/** Engines go on with a generator through frames of theirs, most of all in `new Set(generator())`. */
const GENERATOR_WEIGHT = 3;

function callWeight(node: FunctionNode, name: string): number {
  const isAccessor = 'kind' in node && (node.kind === 'set' || node.kind === 'get');
  const isByEngine = isAccessor || CALLED_BY_ENGINE.test(name);
  const ordinary = node.generator ? GENERATOR_WEIGHT : 1;
  const weight = isByEngine ? ENGINE_CALL_WEIGHT : ordinary;
  return weight + Math.floor(localCount(node) / LOCALS_PER_CALL);
}

export interface LowerOptions {
  readonly fileIndex: number;
  readonly names: Names;
  /** Identifiers that mean a global (see scope.ts). */
  readonly globalNodes: ReadonlySet<t.Node>;
}

/** Rewrites the statements of a module; `functions` receives the names of its functions. */
export function lowerModule(
  body: t.Statement[],
  options: LowerOptions,
): { body: t.Statement[]; functions: string[] } {
  const lowering = new Lowering(options);
  return { body: lowering.module(body), functions: lowering.functions };
}

function kindOf(node: FunctionNode): Kind {
  if (node.async) return node.generator ? 'asyncGenerator' : 'async';
  return node.generator ? 'generator' : 'plain';
}

class Lowering {
  /** Function names by index; 0 is the module itself. */
  readonly functions: string[] = ['<module>'];
  readonly #names: Names;
  readonly #fileIndex: number;
  readonly #globalNodes: ReadonlySet<t.Node>;
  readonly #hints = new WeakMap<t.Node, string>();

  constructor({ fileIndex, names, globalNodes }: LowerOptions) {
    this.#names = names;
    this.#fileIndex = fileIndex;
    this.#globalNodes = globalNodes;
  }

  module(body: t.Statement[]): t.Statement[] {
    return this.#statements(body, {
      kind: 'async',
      lexical: {},
      isCounting: false,
      hasFrame: true,
      line: 0,
    });
  }

  // ── Statements ────────────────────────────────────────────────────────────────────────────────

  #statements(list: t.Statement[], frame: Frame): t.Statement[] {
    const result: t.Statement[] = [];
    for (const node of list) {
      if (t.isFunctionDeclaration(node) && node.async) {
        result.push(...this.#asyncDeclaration(node, frame));
        continue;
      }
      const lowered = this.#statement(node, frame);
      result.push(...lowered.before, lowered.node);
    }
    return result;
  }

  #block(list: t.Statement[], frame: Frame): t.BlockStatement {
    frame.line = 0;
    const block = t.blockStatement(this.#statements(list, frame));
    frame.line = 0;
    return block;
  }

  /** A statement in a place of its own: the branch of an `if`, the body of a loop. */
  #branch(node: t.Statement, frame: Frame, first: t.Statement[] = []): t.BlockStatement {
    const block = this.#block(t.isBlockStatement(node) ? node.body : [node], frame);
    block.body.unshift(...first);
    return block;
  }

  /** Puts the line of `node` on record if `active` needs it. */
  #position(node: t.Node, active: t.Node | null | undefined, frame: Frame): t.Statement[] {
    const line = lineOfNode(node);
    if (!active || line === 0 || line === frame.line) return [];
    if (!frame.hasFrame || !isWorthALine(active)) return [];
    frame.line = line;
    return [statement(this.#setLine(line))];
  }

  #setLine(line: number): t.Expression {
    return assign(this.#names.meter('at'), int(positionOf(this.#fileIndex, line)));
  }

  /** An expression that runs again and again: its line is put on record each time. */
  #repeated(node: t.Expression, frame: Frame): t.Expression {
    const line = lineOfNode(node);
    const isPlaced = line > 0 && hasCall(node);
    const lowered = this.#expression(node, frame);
    return isPlaced ? t.sequenceExpression([this.#setLine(line), lowered]) : lowered;
  }

  #statement(node: t.Statement, frame: Frame): Lowered {
    switch (node.type) {
      case 'BlockStatement':
        return { before: [], node: this.#block(node.body, frame) };
      case 'ExpressionStatement':
        return this.#simple(node, node.expression, frame);
      case 'VariableDeclaration':
        return this.#simple(node, node, frame);
      case 'ReturnStatement':
        return this.#return(node, frame);
      case 'ThrowStatement':
        return this.#simple(node, node, frame);
      case 'IfStatement':
        return this.#if(node, frame);
      case 'ForStatement':
        return this.#for(node, frame);
      case 'ForInStatement':
        return this.#forEach(node, frame);
      case 'ForOfStatement':
        return node.await ? this.#forAwait(node, frame, []) : this.#forEach(node, frame);
      case 'WhileStatement':
      case 'DoWhileStatement':
        node.test = this.#repeated(node.test, frame);
        node.body = this.#loopBody(node.body, frame);
        return { before: [], node };
      case 'SwitchStatement':
        return this.#switch(node, frame);
      case 'TryStatement':
        return this.#try(node, frame);
      case 'LabeledStatement':
        return this.#labeled(node, frame, []);
      case 'ClassDeclaration':
        return this.#classDeclaration(node, frame);
      case 'FunctionDeclaration':
        return { before: [], node: this.#plainFunction(node, frame) };
      case 'DebuggerStatement':
        return { before: [], node: t.emptyStatement() };
      default:
        this.#children(node, frame);
        return { before: [], node };
    }
  }

  #simple(node: t.Statement, active: t.Node, frame: Frame): Lowered {
    const before = this.#position(node, active, frame);
    this.#children(node, frame);
    return { before, node };
  }

  #return(node: t.ReturnStatement, frame: Frame): Lowered {
    const lowered = this.#simple(node, node.argument ?? t.emptyStatement(), frame);
    if (frame.kind === 'asyncGenerator' && node.argument)
      node.argument = this.#awaitBox(node.argument);
    return lowered;
  }

  #if(node: t.IfStatement, frame: Frame): Lowered {
    const before = this.#position(node, node.test, frame);
    node.test = this.#expression(node.test, frame);
    node.consequent = this.#branch(node.consequent, frame);
    if (node.alternate) node.alternate = this.#branch(node.alternate, frame);
    frame.line = 0;
    return { before, node };
  }

  #switch(node: t.SwitchStatement, frame: Frame): Lowered {
    const before = this.#position(node, node.discriminant, frame);
    node.discriminant = this.#expression(node.discriminant, frame);
    for (const it of node.cases) {
      if (it.test) it.test = this.#expression(it.test, frame);
      frame.line = 0;
      it.consequent = this.#statements(it.consequent, frame);
    }
    frame.line = 0;
    return { before, node };
  }

  #try(node: t.TryStatement, frame: Frame): Lowered {
    node.block = this.#block(node.block.body, frame);
    if (node.handler) this.#catch(node.handler, frame);
    if (node.finalizer) node.finalizer = this.#block(node.finalizer.body, frame);
    return { before: [], node };
  }

  /** `catch (e)` sees errors in our words, and never the meter's stop. */
  #catch(node: t.CatchClause, frame: Frame): void {
    const { param } = node;
    node.body = this.#block(node.body.body, frame);
    if (t.isIdentifier(param)) {
      const caught = call(this.#names.meter('caught'), t.identifier(param.name));
      node.body.body.unshift(statement(assign(t.identifier(param.name), caught)));
      return;
    }
    const error = this.#names.local('e');
    const caught = call(this.#names.meter('caught'), error);
    node.param = error;
    const first = param
      ? t.variableDeclaration('let', [t.variableDeclarator(this.#pattern(param, frame), caught)])
      : statement(caught);
    node.body.body.unshift(first);
  }

  #labeled(node: t.LabeledStatement, frame: Frame, labels: t.Identifier[]): Lowered {
    const all = [...labels, node.label];
    const { body } = node;
    if (t.isLabeledStatement(body)) return this.#labeled(body, frame, all);
    if (t.isForOfStatement(body) && body.await) return this.#forAwait(body, frame, all);
    const { before, node: inner } = this.#statement(body, frame);
    return { before, node: withLabels(all, inner) };
  }

  // ── Loops ─────────────────────────────────────────────────────────────────────────────────────

  /** Counts a call or an iteration; `node` is where a stop would be reported. */
  #tick(node: t.Node, closures = 0): t.Statement {
    return t.ifStatement(this.#isOver(closures), statement(this.#over(node)));
  }

  #over(node: t.Node): t.Expression {
    return call(this.#names.meter('over'), int(positionOf(this.#fileIndex, lineOfNode(node))));
  }

  /** `++$m.n > $m.max`, and `($m.room -= bytes) < 0` where functions are made. */
  #isOver(closures = 0): t.Expression {
    const isOver = t.binaryExpression(
      '>',
      t.updateExpression('++', this.#names.meter('n'), true),
      this.#names.meter('max'),
    );
    if (closures === 0) return isOver;
    return t.logicalExpression('||', isOver, this.#isFull(closures * ALLOCATION.closure));
  }

  #isFull(bytes: number): t.Expression {
    const room = t.assignmentExpression('-=', this.#names.meter('room'), int(bytes));
    return t.binaryExpression('<', room, int(0));
  }

  #loopBody(node: t.Statement, frame: Frame): t.BlockStatement {
    const { isCounting } = frame;
    frame.isCounting = true;
    const block = this.#branch(node, frame, [this.#tick(node, closureCount(node))]);
    frame.isCounting = isCounting;
    return block;
  }

  #for(node: t.ForStatement, frame: Frame): Lowered {
    const before = this.#position(node, node.init, frame);
    if (t.isVariableDeclaration(node.init)) this.#children(node.init, frame);
    else if (node.init) node.init = this.#expression(node.init, frame);
    if (node.test) node.test = this.#repeated(node.test, frame);
    if (node.update) node.update = this.#repeated(node.update, frame);
    node.body = this.#loopBody(node.body, frame);
    return { before, node };
  }

  #forEach(node: t.ForInStatement | t.ForOfStatement, frame: Frame): Lowered {
    const before = this.#position(node, node, frame);
    if (t.isVariableDeclaration(node.left)) this.#children(node.left, frame);
    else node.left = this.#pattern(node.left, frame) as typeof node.left;
    node.right = this.#expression(node.right, frame);
    node.body = this.#loopBody(node.body, frame);
    return { before, node };
  }

  /**
   * ```
   * { const it = $.iterate(right); let open = false;
   *   try { label: for (;;) { const r = $.result(await it.next()); if (r.done) break; open = true; left = r.value; … open = false } }
   *   catch (e) { if (open) { open = false; await $.closeQuietly(it, e) } throw e }
   *   finally { if (open) await $.close(it) } }
   * ```
   * `open` says whether leaving the loop has to close the iterator.
   */
  #forAwait(node: t.ForOfStatement, frame: Frame, labels: t.Identifier[]): Lowered {
    const before = this.#position(node, node, frame);
    const [iterator, result, open, error] = ['it', 'r', 'o', 'e'].map((stem) =>
      t.identifier(this.#names.fresh(stem)),
    ) as [t.Identifier, t.Identifier, t.Identifier, t.Identifier];
    const setOpen = (value: boolean) =>
      statement(assign(t.cloneNode(open), t.booleanLiteral(value)));
    const line = lineOfNode(node);
    const next = call(t.memberExpression(t.cloneNode(iterator), t.identifier('next')));
    const iterable = this.#expression(node.right, frame);
    const value = t.memberExpression(t.cloneNode(result), t.identifier('value'));
    const bound = t.isVariableDeclaration(node.left)
      ? t.variableDeclaration(node.left.kind, [
          t.variableDeclarator(
            this.#pattern(node.left.declarations[0]!.id as t.LVal, frame) as t.Identifier,
            value,
          ),
        ])
      : statement(assign(this.#pattern(node.left, frame), value));
    const { isCounting } = frame;
    frame.isCounting = true;
    const body = this.#branch(node.body, frame);
    frame.isCounting = isCounting;
    const loop = t.forStatement(
      null,
      null,
      null,
      t.blockStatement([
        this.#tick(node),
        setOpen(false),
        ...(line > 0 ? [statement(this.#setLine(line))] : []),
        declare('const', {
          [result.name]: call(this.#names.support('result'), this.#await(next, frame)),
        }),
        t.ifStatement(
          t.memberExpression(t.cloneNode(result), t.identifier('done')),
          t.breakStatement(),
        ),
        setOpen(true),
        t.blockStatement([bound, body]),
      ]),
    );
    const close = (how: string, ...extra: t.Expression[]) =>
      statement(
        this.#await(call(this.#names.support(how), t.cloneNode(iterator), ...extra), frame),
      );
    const guarded = t.tryStatement(
      t.blockStatement([withLabels(labels, loop)]),
      t.catchClause(
        error,
        t.blockStatement([
          t.ifStatement(
            t.cloneNode(open),
            t.blockStatement([setOpen(false), close('closeQuietly', t.cloneNode(error))]),
          ),
          t.throwStatement(t.cloneNode(error)),
        ]),
      ),
      t.blockStatement([t.ifStatement(t.cloneNode(open), close('close'))]),
    );
    frame.line = 0;
    const opening = declare('const', {
      [iterator.name]: call(this.#names.support('iterate'), iterable),
    });
    const flag = declare('let', { [open.name]: t.booleanLiteral(false) });
    return { before, node: t.blockStatement([opening, flag, guarded]) };
  }

  // ── Expressions ───────────────────────────────────────────────────────────────────────────────

  /** Rewrites the children of a node in place. */
  #children(node: t.Node, frame: Frame): void {
    for (const key of t.VISITOR_KEYS[node.type] ?? []) {
      const holder = node as unknown as Record<
        string,
        t.Node | (t.Node | null)[] | null | undefined
      >;
      const child = holder[key];
      if (Array.isArray(child)) {
        holder[key] = child.map((it) => (it === null ? null : this.#node(it, frame)));
      } else if (child) {
        holder[key] = this.#node(child, frame);
      }
    }
  }

  #expression(node: t.Expression, frame: Frame): t.Expression {
    return this.#node(node, frame) as t.Expression;
  }

  #node(node: t.Node, frame: Frame): t.Node {
    switch (node.type) {
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return node.async ? this.#asyncExpression(node, frame) : this.#plainFunction(node, frame);
      case 'ObjectMethod':
        return this.#objectMethod(node, frame);
      case 'ClassExpression':
        return this.#classExpression(node, frame);
      case 'AwaitExpression':
        return this.#awaitExpression(node, frame);
      case 'YieldExpression':
        return this.#yieldExpression(node, frame);
      case 'VariableDeclarator':
        if (node.init && t.isIdentifier(node.id)) this.#hint(node.init, node.id.name);
        if (t.isPattern(node.id)) node.id = this.#pattern(node.id, frame) as t.ObjectPattern;
        if (node.init) node.init = this.#expression(node.init, frame);
        return node;
      case 'ObjectProperty':
        return this.#objectProperty(node, frame);
      case 'AssignmentExpression':
        return this.#assignment(node, frame);
      case 'BinaryExpression':
        this.#children(node, frame);
        if (node.operator === 'instanceof' && !this.#globalNodes.has(node.right)) {
          node.right = call(this.#names.meter('classOf'), node.right);
        }
        if (node.operator !== '**') return node;
        return call(this.#names.support('pow'), node.left as t.Expression, node.right);
      case 'ArrayExpression':
      case 'ObjectExpression':
        return this.#literal(node, frame);
      case 'CallExpression':
      case 'OptionalCallExpression':
      case 'NewExpression':
        return this.#call(node, frame);
      case 'MemberExpression':
        return this.#member(node, frame);
      case 'Identifier':
        return this.#identifier(node, frame);
      case 'MetaProperty':
        return frame.lexical.newTarget === undefined ? node : t.identifier(frame.lexical.newTarget);
      case 'ArrayPattern':
      case 'ObjectPattern':
        return this.#pattern(node, frame);
      case 'BlockStatement':
        return this.#block(node.body, frame);
      default:
        this.#children(node, frame);
        return node;
    }
  }

  #identifier(node: t.Identifier, frame: Frame): t.Identifier {
    const { lexical } = frame;
    if (node.name !== 'arguments' || lexical.arguments === undefined) return node;
    return t.identifier(lexical.arguments);
  }

  #objectProperty(node: t.ObjectProperty, frame: Frame): t.ObjectProperty {
    const name = keyName(node.key, node.computed);
    if (name !== undefined) this.#hint(node.value, name);
    if (node.computed) node.key = this.#expression(node.key as t.Expression, frame);
    if (
      t.isIdentifier(node.value, { name: 'arguments' }) &&
      frame.lexical.arguments !== undefined
    ) {
      node.shorthand = false;
    }
    node.value = this.#node(node.value, frame) as t.Expression;
    return node;
  }

  #hint(node: t.Node, name: string): void {
    const value = t.isAssignmentPattern(node) ? node.right : node;
    if (t.isFunction(value) || t.isClass(value)) this.#hints.set(value, name);
  }

  /**
   * A target of assignment. Nested object patterns get a computed first key: V8 then words their
   * failure as it words the outer one, which is all that SpiderMonkey tells.
   */
  #pattern<T extends t.LVal | t.Node>(node: T, frame: Frame, isNested = false): T {
    if (t.isObjectPattern(node)) {
      const [first] = node.properties;
      if (isNested && t.isObjectProperty(first) && !first.computed && t.isIdentifier(first.key)) {
        Object.assign(first, {
          key: t.stringLiteral(first.key.name),
          computed: true,
          shorthand: false,
        });
      }
      for (const property of node.properties) {
        if (t.isRestElement(property)) property.argument = this.#pattern(property.argument, frame);
        else {
          if (property.computed)
            property.key = this.#expression(property.key as t.Expression, frame);
          property.value = this.#pattern(property.value, frame, true) as t.PatternLike;
        }
      }
    } else if (t.isArrayPattern(node)) {
      node.elements = node.elements.map(
        (it) => it && (this.#pattern(it, frame, true) as typeof it),
      );
    } else if (t.isAssignmentPattern(node)) {
      if (t.isIdentifier(node.left)) this.#hint(node.right, node.left.name);
      node.left = this.#pattern(node.left, frame, isNested);
      node.right = this.#expression(node.right, frame);
    } else if (t.isRestElement(node)) {
      node.argument = this.#pattern(node.argument, frame, true);
    } else {
      return this.#node(node, frame) as T;
    }
    return node;
  }

  #awaitExpression(node: t.AwaitExpression, frame: Frame): t.Expression {
    const line = lineOfNode(node);
    const isElsewhere = line > 0 && line !== frame.line;
    const awaited = this.#expression(node.argument, frame);
    return this.#await(
      isElsewhere ? t.sequenceExpression([this.#setLine(line), awaited]) : awaited,
      frame,
    );
  }

  #await(value: t.Expression, frame: Frame): t.Expression {
    return frame.kind === 'asyncGenerator' ? this.#awaitBox(value) : t.yieldExpression(value);
  }

  #awaitBox(value: t.Expression): t.Expression {
    return t.yieldExpression(call(this.#names.support('box'), value));
  }

  #yieldExpression(node: t.YieldExpression, frame: Frame): t.Expression {
    const { delegate } = node;
    const value = node.argument
      ? this.#expression(node.argument, frame)
      : t.identifier('undefined');
    const set = (target: t.LVal, from: t.Expression) => assign(target, from);
    const [c, d, y] = (['c', 'd', 'y'] as const).map((name) => this.#names.local(name)) as [
      t.Identifier,
      t.Identifier,
      t.Identifier,
    ];
    const at = this.#names.meter('at');
    const depth = this.#names.meter('depth');
    if (frame.kind === 'asyncGenerator') {
      return delegate
        ? t.yieldExpression(call(this.#names.support('delegate'), value), true)
        : t.yieldExpression(this.#awaitBox(value));
    }
    const line = lineOfNode(node);
    const back = line > 0 ? [this.#setLine(line)] : [];
    // The consumer's line and depth hold while the generator is suspended.
    if (delegate)
      return t.sequenceExpression([
        set(y, t.yieldExpression(value, true)),
        ...back,
        t.cloneNode(y),
      ]);
    const out = t.sequenceExpression([set(y, value), set(at, c), set(depth, d), t.cloneNode(y)]);
    return t.sequenceExpression([
      set(t.cloneNode(y), t.yieldExpression(out)),
      set(t.cloneNode(c), t.cloneNode(at)),
      set(t.cloneNode(d), t.cloneNode(depth)),
      set(t.cloneNode(depth), t.binaryExpression('+', t.cloneNode(d), int(1))),
      ...back,
      t.cloneNode(y),
    ]);
  }

  #assignment(node: t.AssignmentExpression, frame: Frame): t.Expression {
    const { left, operator } = node;
    if (t.isIdentifier(left)) this.#hint(node.right, left.name);
    if (operator === '**=') return this.#powerAssignment(node, frame);
    const grows = isGrowing(node);
    if (t.isMemberExpression(left) && t.isSuper(left.object))
      return this.#superAssignment(node, left, frame);
    node.left = this.#pattern(left, frame) as typeof left;
    node.right = this.#expression(node.right, frame);
    const target = node.left;
    if (
      frame.isCounting &&
      t.isMemberExpression(target) &&
      target.computed &&
      !t.isLiteral(target.property)
    ) {
      target.property = call(this.#names.meter('key'), target.property as t.Expression);
    }
    return grows ? call(this.#names.meter('grown'), node) : node;
  }

  #powerAssignment(node: t.AssignmentExpression, frame: Frame): t.Expression {
    const { left } = node;
    const right = this.#expression(node.right, frame);
    if (t.isMemberExpression(left) && !t.isSuper(left.object) && !t.isPrivateName(left.property)) {
      const object = this.#expression(left.object, frame);
      const key = left.computed
        ? this.#expression(left.property, frame)
        : t.stringLiteral((left.property as t.Identifier).name);
      return call(
        this.#names.support('powerAssign'),
        object,
        key,
        t.arrowFunctionExpression([], right),
      );
    }
    const target = this.#pattern(left, frame) as t.Identifier;
    return assign(target, call(this.#names.support('pow'), t.cloneNode(target), right));
  }

  /** Counts an allocation before it is made: `($m.room -= size) < 0 ? $m.full() : value`. */
  #counted(bytes: number, value: t.Expression): t.Expression {
    return t.conditionalExpression(this.#isFull(bytes), call(this.#names.meter('full')), value);
  }

  #literal(node: t.ArrayExpression | t.ObjectExpression, frame: Frame): t.Expression {
    const bytes = literalBytes(node);
    const { isCounting } = frame;
    // The outermost literal counts those directly inside it.
    const entries = t.isArrayExpression(node) ? node.elements : node.properties;
    const lowered = entries.map((it) => it && this.#literalEntry(it, frame));
    if (t.isArrayExpression(node)) node.elements = lowered as typeof node.elements;
    else node.properties = lowered as typeof node.properties;
    return isCounting ? this.#counted(bytes, node) : node;
  }

  #literalEntry(node: t.Node, frame: Frame): t.Node {
    if (t.isSpreadElement(node)) {
      const argument = this.#expression(node.argument, frame);
      node.argument = frame.isCounting ? call(this.#names.meter('spread'), argument) : argument;
      return node;
    }
    const value = t.isObjectProperty(node) ? node.value : node;
    if (!t.isArrayExpression(value) && !t.isObjectExpression(value)) return this.#node(node, frame);
    const { isCounting } = frame;
    frame.isCounting = false;
    const lowered = this.#node(value, frame);
    frame.isCounting = isCounting;
    if (!t.isObjectProperty(node)) return lowered;
    if (node.computed) node.key = this.#expression(node.key as t.Expression, frame);
    node.value = lowered as t.Expression;
    return node;
  }

  #call(
    node: t.CallExpression | t.OptionalCallExpression | t.NewExpression,
    frame: Frame,
  ): t.Expression {
    const { callee } = node;
    if (
      t.isMemberExpression(callee) &&
      t.isSuper(callee.object) &&
      frame.lexical.superGet !== undefined
    ) {
      return this.#superCall(node, callee, frame);
    }
    const bytesPerItem = this.#sizedConstructor(node);
    if (!t.isSuper(callee) && !t.isImport(callee))
      node.callee = this.#expression(callee as t.Expression, frame);
    node.arguments = this.#arguments(node.arguments, frame);
    if (bytesPerItem > 0) {
      const length = node.arguments[0] as t.Expression;
      node.arguments = [call(this.#names.meter('sized'), length, int(bytesPerItem))];
    }
    if (!frame.isCounting || t.isOptionalCallExpression(node)) return node;
    if (t.isNewExpression(node)) return this.#counted(ALLOCATION.object, node);
    if (!isEntryCall(node)) return node;
    return this.#counted(ALLOCATION.entry * Math.max(1, node.arguments.length), node);
  }

  #arguments(list: t.CallExpression['arguments'], frame: Frame): t.CallExpression['arguments'] {
    return list.map((it) => {
      if (!t.isSpreadElement(it)) return this.#node(it, frame) as t.Expression;
      it.argument = call(this.#names.meter('args'), this.#expression(it.argument, frame));
      return it;
    });
  }

  #sizedConstructor(node: t.CallExpression | t.OptionalCallExpression | t.NewExpression): number {
    const { callee } = node;
    const [first] = node.arguments;
    if (!t.isIdentifier(callee) || !this.#globalNodes.has(callee)) return 0;
    if (node.arguments.length !== 1 || !t.isExpression(first)) return 0;
    return Object.hasOwn(SIZED_BYTES, callee.name) ? SIZED_BYTES[callee.name]! : 0;
  }

  // ── `super` inside a generator that took over an async method ───────────────────────────────────

  #superKey(node: t.MemberExpression, frame: Frame): t.Expression {
    return node.computed
      ? this.#expression(node.property as t.Expression, frame)
      : t.stringLiteral((node.property as t.Identifier).name);
  }

  #member(node: t.MemberExpression, frame: Frame): t.Expression {
    const { superGet } = frame.lexical;
    if (t.isSuper(node.object) && superGet !== undefined) {
      return call(t.identifier(superGet), this.#superKey(node, frame));
    }
    if (!t.isSuper(node.object)) node.object = this.#expression(node.object, frame);
    if (node.computed) node.property = this.#expression(node.property as t.Expression, frame);
    return node;
  }

  #superCall(
    node: t.CallExpression | t.OptionalCallExpression | t.NewExpression,
    callee: t.MemberExpression,
    frame: Frame,
  ): t.Expression {
    const method = t.memberExpression(this.#member(callee, frame), t.identifier('call'));
    return t.callExpression(method, [
      t.thisExpression(),
      ...this.#arguments(node.arguments, frame),
    ]);
  }

  #superAssignment(
    node: t.AssignmentExpression,
    left: t.MemberExpression,
    frame: Frame,
  ): t.Expression {
    const { superGet, superSet } = frame.lexical;
    const right = this.#expression(node.right, frame);
    if (superGet === undefined || superSet === undefined) {
      node.right = right;
      return node;
    }
    const key = this.#superKey(left, frame);
    const operator = node.operator.slice(0, -1);
    if (operator === '') return call(t.identifier(superSet), key, right);
    const old = call(t.identifier(superGet), t.cloneNode(key));
    const value = t.LOGICAL_OPERATORS.includes(operator)
      ? t.logicalExpression(operator as '||', old, right)
      : t.binaryExpression(operator as '+', old, right);
    return call(t.identifier(superSet), key, value);
  }

  // ── Functions ─────────────────────────────────────────────────────────────────────────────────

  #functionId(name: string): number {
    this.functions.push(name);
    return this.#fileIndex * 65_536 + this.functions.length;
  }

  #nameOf(node: FunctionNode): string {
    const own = 'id' in node && node.id ? node.id.name : this.#hints.get(node);
    return own === undefined || own.startsWith(this.#names.prefix) ? '<anonymous>' : own;
  }

  /** A function that is not async: its body gets the meter. */
  #plainFunction<T extends FunctionNode>(node: T, frame: Frame): T {
    const kind = kindOf(node);
    const isArrow = t.isArrowFunctionExpression(node);
    const name = this.#nameOf(node);
    const isPlain = isTrivial(node) && !CALLED_BY_ENGINE.test(name);
    const lexical = isArrow ? frame.lexical : {};
    const inner: Frame = { kind, lexical, isCounting: true, hasFrame: !isPlain, line: 0 };
    const weight = callWeight(node, name);
    this.#parameters(node, inner);
    if (isPlain) this.#trivialBody(node, inner);
    else node.body = this.#framedBody(node, inner, this.#functionId(name), weight);
    if (t.isArrowFunctionExpression(node)) node.expression = !t.isBlockStatement(node.body);
    return node;
  }

  #parameters(node: FunctionNode, frame: Frame): void {
    const params = node.params as (t.LVal | t.TSParameterProperty)[];
    node.params = params.map((param) => {
      wrapDefaults(param);
      return this.#pattern(param, frame);
    }) as typeof node.params;
  }

  #trivialBody(node: FunctionNode, frame: Frame): void {
    if (t.isBlockStatement(node.body)) {
      dropDirectives(node.body);
      node.body.body = [this.#tick(node.body), ...this.#statements(node.body.body, frame)];
      return;
    }
    const over = t.logicalExpression('&&', this.#isOver(), this.#over(node.body));
    node.body = t.sequenceExpression([over, this.#expression(node.body, frame)]) as never;
  }

  /** The statements of a function; an arrow's expression becomes a `return`. */
  #bodyStatements(node: FunctionNode, frame: Frame): t.Statement[] {
    if (t.isBlockStatement(node.body)) {
      dropDirectives(node.body);
      return this.#statements(node.body.body, frame);
    }
    const returned = t.returnStatement(node.body as t.Expression);
    returned.loc = node.body.loc ?? null;
    return this.#statements([returned], frame);
  }

  #framedBody(node: FunctionNode, frame: Frame, id: number, weight: number): t.BlockStatement {
    const { c, d, y, e } = {
      c: this.#names.local('c'),
      d: this.#names.local('d'),
      y: this.#names.local('y'),
      e: this.#names.local('e'),
    };
    const isGenerator = frame.kind === 'generator';
    const closures = closureCount(node.body);
    const body = this.#bodyStatements(node, frame);
    const at = this.#names.meter('at');
    const depth = this.#names.meter('depth');
    const deeper = assign(depth, t.binaryExpression('+', d, int(weight)));
    const isTooDeep = t.binaryExpression('>', deeper, this.#names.meter('deep'));
    return t.blockStatement([
      declare(isGenerator ? 'let' : 'const', {
        [c.name]: at,
        [d.name]: depth,
        ...(isGenerator ? { [y.name]: null } : {}),
      }),
      t.ifStatement(
        t.logicalExpression('||', this.#isOver(closures), isTooDeep),
        statement(call(this.#names.meter('over'))),
      ),
      t.tryStatement(
        t.blockStatement(body),
        t.catchClause(
          e,
          t.blockStatement([t.throwStatement(call(this.#names.meter('out'), e, int(id)))]),
        ),
        t.blockStatement([
          statement(assign(t.cloneNode(at), c)),
          statement(assign(t.cloneNode(depth), d)),
        ]),
      ),
    ]);
  }

  // ── Async functions ───────────────────────────────────────────────────────────────────────────

  /** The generator that holds an async function's body, and the call that starts it. */
  #takeOver(node: FunctionNode, frame: Frame, name: string): TakenOver {
    const isArrow = t.isArrowFunctionExpression(node);
    const borrowed = borrowedBy(node);
    const lexical: Lexical = {};
    const extras: { name: string; value: t.Expression }[] = [];
    const lend = (key: keyof Lexical, stem: string, value: t.Expression) => {
      lexical[key] = this.#names.fresh(stem);
      extras.push({ name: lexical[key], value });
    };
    const outer: Lexical = isArrow ? frame.lexical : {};
    if (borrowed.arguments) lend('arguments', 'a', t.identifier(outer.arguments ?? 'arguments'));
    if (borrowed.newTarget) lend('newTarget', 'n', this.#newTarget(outer));
    if (borrowed.super) {
      lend('superGet', 'sg', superGetter(outer));
      lend('superSet', 'ss', superSetter(outer));
    }
    const kind = kindOf(node);
    const inner: Frame = { kind, lexical, isCounting: true, hasFrame: true, line: 0 };
    const id = this.#functionId(name);
    const wrapper = wrapperParameters(node, this.#names);
    this.#parameters(node, inner);
    const generator = t.functionExpression(
      null,
      [...extras.map((it) => t.identifier(it.name)), ...(node.params as t.Identifier[])],
      t.blockStatement(this.#bodyStatements(node, inner)),
      true,
    );
    const start = (callee: t.Expression): t.Expression =>
      this.#start(
        callee,
        kind,
        borrowed,
        extras.map((it) => it.value),
        wrapper,
        id,
      );
    return { generator, params: wrapper.params, start };
  }

  #newTarget(outer: Lexical): t.Expression {
    if (outer.newTarget !== undefined) return t.identifier(outer.newTarget);
    return t.metaProperty(t.identifier('new'), t.identifier('target'));
  }

  #start(
    generator: t.Expression,
    kind: Kind,
    borrowed: Borrowed,
    extras: t.Expression[],
    wrapper: WrapperParameters,
    id: number,
  ): t.Expression {
    const args = [...extras, ...wrapper.forwarded];
    if (!wrapper.isSimple) {
      const self = borrowed.this ? t.thisExpression() : t.identifier('undefined');
      const how = kind === 'asyncGenerator' ? 'startStream' : 'start';
      return call(this.#names.support(how), generator, self, t.arrayExpression(args), int(id));
    }
    const body = borrowed.this
      ? call(t.memberExpression(generator, t.identifier('call')), t.thisExpression(), ...args)
      : call(generator, ...args);
    return call(this.#names.support(kind === 'asyncGenerator' ? 'stream' : 'run'), body, int(id));
  }

  #asyncDeclaration(node: t.FunctionDeclaration, frame: Frame): t.Statement[] {
    const { generator, params, start } = this.#takeOver(node, frame, this.#nameOf(node));
    const keeper = t.identifier(this.#names.fresh('g'));
    const held = t.functionDeclaration(keeper, generator.params, generator.body, true);
    const body = t.blockStatement([t.returnStatement(start(t.cloneNode(keeper)))]);
    return [held, t.functionDeclaration(node.id, params, body)];
  }

  #asyncExpression(
    node: t.FunctionExpression | t.ArrowFunctionExpression,
    frame: Frame,
  ): t.Expression {
    const hint = this.#hints.get(node);
    const ownName = t.isFunctionExpression(node) && node.id ? node.id.name : undefined;
    const refersToItself = ownName !== undefined && mentions(node.body, ownName);
    const { generator, params, start } = this.#takeOver(node, frame, this.#nameOf(node));
    const keeper = t.identifier(this.#names.fresh('g'));
    const keep = declare('const', { [keeper.name]: generator });
    const body = t.blockStatement([t.returnStatement(start(t.cloneNode(keeper)))]);
    if (t.isArrowFunctionExpression(node)) {
      const arrow = t.arrowFunctionExpression(params, body);
      return immediately([keep, t.returnStatement(named(hint, arrow))]);
    }
    const wrapper = t.functionExpression(node.id ?? null, params, body);
    if (!refersToItself) {
      return immediately([
        keep,
        t.returnStatement(ownName === undefined ? named(hint, wrapper) : wrapper),
      ]);
    }
    const self = declare('const', { [ownName]: wrapper });
    return immediately([keep, self, t.returnStatement(t.identifier(ownName))]);
  }

  #objectMethod(node: t.ObjectMethod, frame: Frame): t.Node {
    const key = node.computed ? this.#expression(node.key as t.Expression, frame) : node.key;
    node.key = key as typeof node.key;
    const name = keyName(node.key, node.computed);
    if (name !== undefined) this.#hint(node, name);
    if (!node.async) return this.#plainFunction(node, frame);
    const usesSuper = borrowedBy(node).super;
    const { generator, params, start } = this.#takeOver(node, frame, this.#nameOf(node));
    const method = (callee: t.Expression) =>
      t.objectMethod(
        'method',
        node.key,
        params,
        t.blockStatement([t.returnStatement(start(callee))]),
        node.computed,
      );
    // A generator made once per evaluation of the literal; `super` and computed keys need the method in place.
    if (usesSuper || name === undefined || node.computed) return method(generator);
    const keeper = t.identifier(this.#names.fresh('g'));
    const holder = t.objectExpression([method(keeper)]);
    const value = immediately([
      declare('const', { [keeper.name]: generator }),
      t.returnStatement(t.memberExpression(holder, t.stringLiteral(name), true)),
    ]);
    const isComputed = name === '__proto__';
    return isComputed
      ? t.objectProperty(t.stringLiteral(name), value, true)
      : t.objectProperty(t.stringLiteral(name), value);
  }

  // ── Classes ───────────────────────────────────────────────────────────────────────────────────

  #classDeclaration(node: t.ClassDeclaration, frame: Frame): Lowered {
    const before = this.#position(node, node, frame);
    const caches: string[] = [];
    this.#class(node, frame, { name: node.id?.name, caches });
    if (caches.length > 0) before.push(declareCaches(caches));
    return { before, node };
  }

  #classExpression(node: t.ClassExpression, frame: Frame): t.Expression {
    const hint = this.#hints.get(node);
    const caches: string[] | null = suspendsInHead(node) ? null : [];
    this.#class(node, frame, { name: node.id?.name ?? hint, caches });
    if (caches === null || caches.length === 0) return node;
    const value = node.id ? node : named(hint, node);
    return immediately([declareCaches(caches), t.returnStatement(value)]);
  }

  #class(node: t.Class, frame: Frame, context: ClassContext): void {
    if (node.superClass) {
      node.superClass = this.#expression(node.superClass, frame);
      if (!node.body.body.some(isConstructor)) node.body.body.unshift(passingConstructor(node));
    }
    node.body.body = node.body.body.map((member) =>
      this.#classMember(member, frame, context),
    ) as typeof node.body.body;
  }

  #classMember(member: t.ClassBody['body'][number], frame: Frame, context: ClassContext): t.Node {
    const inside: Frame = { kind: 'plain', lexical: {}, isCounting: true, hasFrame: true, line: 0 };
    if (t.isStaticBlock(member)) {
      member.body = this.#statements(member.body, inside);
      return member;
    }
    if ('computed' in member && member.computed && 'key' in member) {
      member.key = this.#expression(member.key as t.Expression, frame);
    }
    const key =
      'key' in member
        ? keyName(member.key as t.Node, 'computed' in member && member.computed === true)
        : undefined;
    const name = memberName(context.name, member, key);
    if (t.isClassMethod(member) || t.isClassPrivateMethod(member)) {
      this.#hint(member, name);
      return member.async
        ? this.#asyncMethod(member, frame, context, name)
        : this.#plainFunction(member, frame);
    }
    if ((t.isClassProperty(member) || t.isClassPrivateProperty(member)) && member.value) {
      if (key !== undefined) this.#hint(member.value, key);
      // A class may construct itself in a field; the implicit constructor has no frame to count it.
      member.value = this.#expression(framed(member.value), inside);
    }
    return member;
  }

  /**
   * The generator of an async method is made at its first call and kept beside the class: a generator
   * function made anew per call costs a microsecond in V8, and private names need it inside the class.
   */
  #asyncMethod(
    member: t.ClassMethod | t.ClassPrivateMethod,
    frame: Frame,
    context: ClassContext,
    name: string,
  ): t.Node {
    const { generator, params, start } = this.#takeOver(member, frame, name);
    let callee: t.Expression = generator;
    if (context.caches !== null) {
      const cache = this.#names.fresh('g');
      context.caches.push(cache);
      callee = t.assignmentExpression('??=', t.identifier(cache), generator);
    }
    member.params = params;
    member.body = t.blockStatement([t.returnStatement(start(callee))]);
    member.async = member.generator = false;
    return member;
  }
}

interface TakenOver {
  readonly generator: t.FunctionExpression;
  readonly params: (t.Identifier | t.RestElement)[];
  readonly start: (generator: t.Expression) => t.Expression;
}

interface WrapperParameters {
  readonly params: (t.Identifier | t.RestElement)[];
  readonly forwarded: (t.Identifier | t.SpreadElement)[];
  /** Whether binding them can neither throw nor call. */
  readonly isSimple: boolean;
}

/** Parameters of the function that starts a generator: same names and same `length`. */
function wrapperParameters(node: FunctionNode, names: Names): WrapperParameters {
  const isSimple = node.params.every(
    (param) => t.isIdentifier(param) || (t.isRestElement(param) && t.isIdentifier(param.argument)),
  );
  const params: (t.Identifier | t.RestElement)[] = [];
  const forwarded: (t.Identifier | t.SpreadElement)[] = [];
  for (const param of node.params) {
    if (t.isAssignmentPattern(param) || t.isRestElement(param)) {
      // From the first default on, parameters do not count in `length`.
      const rest = t.identifier(names.fresh('p'));
      params.push(t.restElement(rest));
      forwarded.push(t.spreadElement(t.cloneNode(rest)));
      break;
    }
    const name = t.isIdentifier(param) ? param.name : names.fresh('p');
    params.push(t.identifier(name));
    forwarded.push(t.identifier(name));
  }
  return { params, forwarded, isSimple };
}

function superGetter(outer: Lexical): t.Expression {
  if (outer.superGet !== undefined) return t.identifier(outer.superGet);
  const key = t.identifier('k');
  return t.arrowFunctionExpression([key], t.memberExpression(t.super(), t.cloneNode(key), true));
}

function superSetter(outer: Lexical): t.Expression {
  if (outer.superSet !== undefined) return t.identifier(outer.superSet);
  const [key, value] = [t.identifier('k'), t.identifier('v')];
  const target = t.memberExpression(t.super(), t.cloneNode(key), true);
  return t.arrowFunctionExpression([key, value], assign(target, t.cloneNode(value)));
}

function declareCaches(caches: string[]): t.VariableDeclaration {
  return declare('let', Object.fromEntries(caches.map((name) => [name, null])));
}

function isConstructor(member: t.Node): boolean {
  return t.isClassMethod(member) && member.kind === 'constructor';
}

/** What a derived class without a constructor has anyway, written out: the meter must count it. */
function passingConstructor(node: t.Class): t.ClassMethod {
  const args = t.identifier('args');
  const call = t.callExpression(t.super(), [t.spreadElement(args)]);
  const body = t.blockStatement([t.expressionStatement(call)]);
  const method = t.classMethod('constructor', t.identifier('constructor'), [], body);
  method.params = [t.restElement(t.cloneNode(args))];
  for (const part of [method, body, body.body[0]!, call]) part.loc = node.loc ?? null;
  return method;
}

function memberName(
  className: string | undefined,
  member: t.Node,
  key: string | undefined,
): string {
  if (t.isClassMethod(member) && member.kind === 'constructor')
    return `new ${className ?? '<class>'}`;
  const prefix = className === undefined ? '' : `${className}.`;
  return `${prefix}${key ?? '<computed>'}`;
}

function withLabels(labels: t.Identifier[], node: t.Statement): t.Statement {
  return labels.reduceRight((body, label) => t.labeledStatement(label, body), node);
}

function dropDirectives(node: t.BlockStatement): void {
  // "use strict" is in force already, and is an error beside parameters with defaults.
  node.directives = [];
}

/** An expression that calls something, as the call of an arrow function, which gets a frame. */
function framed(value: t.Expression): t.Expression {
  if (!hasCall(value)) return value;
  const arrow = t.arrowFunctionExpression([], value);
  arrow.loc = value.loc ?? null;
  return call(arrow);
}

/** A default that calls something gets a frame of its own, so that recursion through it is counted. */
function wrapDefaults(param: t.Node): void {
  if (t.isAssignmentPattern(param)) {
    wrapDefaults(param.left);
    param.right = framed(param.right);
  } else if (t.isObjectPattern(param)) {
    for (const property of param.properties)
      if (t.isObjectProperty(property)) wrapDefaults(property.value);
  } else if (t.isArrayPattern(param)) {
    for (const element of param.elements) if (element) wrapDefaults(element);
  }
}

function literalBytes(node: t.ArrayExpression | t.ObjectExpression): number {
  const entries: (t.Node | null)[] = t.isArrayExpression(node) ? node.elements : node.properties;
  let bytes = ALLOCATION.object + ALLOCATION.slot * entries.length;
  for (const entry of entries) {
    const value = t.isObjectProperty(entry) ? entry.value : entry;
    if (t.isArrayExpression(value) || t.isObjectExpression(value)) bytes += literalBytes(value);
  }
  return bytes;
}

function isEntryCall({ callee }: t.CallExpression): boolean {
  return (
    t.isMemberExpression(callee) &&
    !callee.computed &&
    t.isIdentifier(callee.property) &&
    ENTRY_METHODS.has(callee.property.name)
  );
}

/** Operators that make a string longer or a bigint larger. */
const GROWING: readonly string[] = ['+', '*', '<<'];

/** Whether an assignment may double its target: `s += s`, `s = s + x`, `` s = `${s}${s}` ``, `b *= b`. */
function isGrowing({ operator, left, right }: t.AssignmentExpression): boolean {
  if (operator !== '=')
    return GROWING.includes(operator.slice(0, -1)) && !t.isNumericLiteral(right);
  if (!t.isIdentifier(left)) return false;
  const grows =
    t.isTemplateLiteral(right) || (t.isBinaryExpression(right) && GROWING.includes(right.operator));
  return grows && mentions(right, left.name);
}
