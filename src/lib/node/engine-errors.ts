// Errors as learners see them, the same in every engine (section "Determinism" of the design).
// V8 and SpiderMonkey word the same mistake differently and hang different own properties (stack,
// fileName, lineNumber) on every error. Here engine-made errors get our words, every error loses the
// engine's properties, and tracebacks are collected from the learner's own frames as an exception
// leaves them, never from the engine's stack text.
//
// Learner-made errors are told from engine-made ones by their constructor: learners get `simErrors`,
// which note each error they make.

import { InvariantError } from '#lib/protocol/errors.ts';

/** The engine's own: what processes get counts calls, and an error must be made at any depth. */
const { construct } = Reflect;

type ErrorClass = new (message?: string, options?: ErrorOptions) => Error;

const NATIVE = {
  Error,
  TypeError,
  RangeError,
  ReferenceError,
  SyntaxError,
  EvalError,
  URIError,
} as const;

export type SimErrorName = keyof typeof NATIVE;

/** Errors that need no new words: made by learners or models, or worded here already. */
const worded = new WeakSet<object>();

/** Errors that an engine made, reworded by now. */
const engineMade = new WeakSet<object>();

/** Own properties that engines add to errors. */
const ENGINE_PROPERTIES = ['stack', 'fileName', 'lineNumber', 'columnNumber'] as const;

function scrub(error: object): void {
  for (const key of ENGINE_PROPERTIES) {
    // A frozen error keeps what it has.
    if (Object.hasOwn(error, key)) Reflect.deleteProperty(error, key);
  }
  worded.add(error);
}

function simErrorClass(Native: ErrorClass, parent: object | null): ErrorClass {
  const { name } = Native;
  const Sim = {
    [name]: function (this: unknown, ...args: [string?, ErrorOptions?]) {
      const error = construct(Native, args, new.target ?? Sim) as object;
      scrub(error);
      return error;
    },
  }[name] as unknown as ErrorClass;
  Object.defineProperty(Sim, 'prototype', { value: Native.prototype, writable: false });
  Object.defineProperty(Sim, 'length', { value: 1 });
  if (parent !== null) Object.setPrototypeOf(Sim, parent);
  return Sim;
}

function simErrorClasses(): Record<SimErrorName, ErrorClass> {
  const base = simErrorClass(Error, null);
  const classes = { Error: base } as Record<SimErrorName, ErrorClass>;
  for (const name of Object.keys(NATIVE) as SimErrorName[]) {
    if (name !== 'Error') classes[name] = simErrorClass(NATIVE[name] as ErrorClass, base);
  }
  return classes;
}

/** The error constructors of simulated processes: native prototypes, no engine properties. */
export const simErrors: Readonly<Record<SimErrorName, ErrorClass>> = simErrorClasses();

class SimAggregateError extends simErrors.Error {
  errors: unknown[];
  constructor(errors: Iterable<unknown>, message?: string, options?: ErrorOptions) {
    super(message, options);
    Object.defineProperty(this, 'errors', {
      value: [...errors],
      writable: true,
      configurable: true,
      enumerable: false,
    });
    this.errors = [...errors];
  }
}
Object.defineProperty(SimAggregateError, 'name', { value: 'AggregateError' });
Object.defineProperty(SimAggregateError.prototype, 'name', {
  value: 'AggregateError',
  writable: true,
  configurable: true,
});

/** What `Promise.any` rejects with. */
export const AggregateError: typeof SimAggregateError = SimAggregateError;

/** A pattern of either engine, and our words; `$1` and the like refer to the pattern's groups. */
type Wording = readonly [pattern: RegExp, words: string | ((match: RegExpExecArray) => string)];

const NOT_ITERABLE =
  'value is not iterable: for...of, spread and [a] = … need an array or the like';
const NOT_FUNCTION = 'called value is not a function';
const DESTRUCTURED = (match: RegExpExecArray): string =>
  `${match[1]} has no properties to take out`;

/** `o.x`, `this.a.b`, but nothing that engines spell differently. */
const DOTTED = /^(?!undefined$|null$|true$|false$)(?:[A-Za-z_$][\w$]*)(?:\.[A-Za-z_$][\w$]*)*$/;
/** A call of an imported name, as the compile step writes it. */
const IMPORTED = /^\(0 ?, ?[\w$]+\.([\w$]+)\)$/;

function calledName(text: string, suffix: string, otherwise: string): string {
  const imported = IMPORTED.exec(text);
  if (imported) return `${imported[1]} ${suffix}`;
  return DOTTED.test(text) ? `${text} ${suffix}` : otherwise;
}

function propertyOf(key: string, holder: string): string {
  // SpiderMonkey quotes a symbol's description, V8 quotes the whole symbol.
  const symbol = /^Symbol\("(.*)"\)$/.exec(key);
  const bare = symbol ? `Symbol(${symbol[1]})` : key.replace(/^(["'])(.*)\1$/s, '$2');
  return bare === 'Symbol.iterator' || bare === 'Symbol(Symbol.iterator)'
    ? NOT_ITERABLE
    : `${holder} has no property '${bare}'`;
}

function readOnly(key: string): string {
  return `property '${key}' is read-only`;
}

const TYPE_ERRORS: readonly Wording[] = [
  // Reading or writing a property of nothing.
  [
    /^Cannot (?:read|set) properties of (undefined|null) \((?:reading|setting) '(.*)'\)$/s,
    (m) => propertyOf(m[2]!, m[1]!),
  ],
  [
    /^can't access property (.*)(?:, .* is| of) (undefined|null)$/s,
    (m) => propertyOf(m[1]!, m[2]!),
  ],
  [/^Cannot destructure .* as it is (undefined|null)\.$/s, DESTRUCTURED],
  [/^Cannot read properties of (undefined|null)$/, DESTRUCTURED],
  [/^(undefined|null) has no properties$/, DESTRUCTURED],
  [/^.+ is (undefined|null)$/s, DESTRUCTURED],
  [
    /^Cannot convert undefined or null to object$|^can't convert (?:undefined|null) to object$/,
    'undefined or null given where an object is needed',
  ],
  // Calling.
  [/ is not a function or its return value is not iterable$/, NOT_ITERABLE],
  [/^(.*) is not a function$/s, (m) => calledName(m[1]!, 'is not a function', NOT_FUNCTION)],
  [/^missing argument \d+ when calling function/, NOT_FUNCTION],
  [
    /^Super constructor .* is not a constructor$|^super is not a constructor$/s,
    'value after extends is not a class',
  ],
  [
    /^(.*) is not a constructor$/s,
    (m) => calledName(m[1]!, 'is not a constructor', 'value after new is not a constructor'),
  ],
  [
    /^Class constructor .* cannot be invoked without 'new'$|^class constructors must be invoked with 'new'$/s,
    'a class cannot be called without new',
  ],
  [
    /^Constructor .* requires 'new'$|^calling a builtin .* constructor without new is forbidden$/,
    'a class cannot be called without new',
  ],
  [
    /^Class extends value .* is not a constructor or null$|^class heritage .* is not an object or null$/s,
    'value after extends is not a class',
  ],
  // Iterating.
  [/ is not iterable(?: \(cannot read property .*\))?$/s, NOT_ITERABLE],
  [/^Spread syntax requires \.\.\.iterable/, NOT_ITERABLE],
  [
    /^Iterator result .* is not an object$|^iterator\.next\(\) returned a non-object value$/s,
    'next() of an iterator must return an object',
  ],
  [
    /^Result of the Symbol\.(?:async)?[iI]terator method is not an object$|returned a non-object value$/,
    'the iterator method must return an object',
  ],
  [
    /^Iterator value .* is not an entry object$|^iterable for .* should have array-like objects$/s,
    'entries must be pairs [key, value]',
  ],
  [
    /^Generator is already running$|^already executing generator$/,
    'the generator is already running',
  ],
  [
    /^[rR]educe of empty array with no initial value$/,
    'reduce of an empty array needs an initial value',
  ],
  [
    /comparison function must be|^invalid Array\.prototype\.(?:toSorted|sort) argument$/,
    'the comparator of sort must be a function',
  ],
  // Writing what cannot be written.
  [
    /^Assignment to constant variable\.$|^invalid assignment to const /,
    'a const cannot be assigned again',
  ],
  [
    /^Cannot assign to read only property '(.*?)' of (?:object|string|function|array)/s,
    (m) => readOnly(m[1]!),
  ],
  [/^"?(.*?)"? is read-only$/s, (m) => readOnly(m[1]!)],
  [/^Cannot (?:add|define) property \d+, object is not extensible$/, 'the array is frozen'],
  [
    /^can't define array index property past the end of an array with non-writable length$/,
    'the array is frozen',
  ],
  [
    /^Cannot (?:add|define) property (.*), object is not extensible$/s,
    (m) => `property '${m[1]}' cannot be added: the object is frozen`,
  ],
  [
    /^can't define property "?(.*?)"?: .*is not extensible$/s,
    (m) => `property '${m[1]}' cannot be added: the object is frozen`,
  ],
  [/^Cannot delete property '(.*?)' of /s, (m) => `property '${m[1]}' cannot be deleted`],
  [
    /^property "?(.*?)"? is non-configurable and can't be deleted$/s,
    (m) => `property '${m[1]}' cannot be deleted`,
  ],
  [
    /^Cannot redefine property: (.*)$|^can't redefine non-configurable property "?(.*?)"?$/s,
    (m) => `property '${m[1] ?? m[2]}' cannot be redefined`,
  ],
  [
    /^Cannot set property (.*) of .* which has only a getter$/s,
    (m) => `property '${m[1]}' has only a getter`,
  ],
  [/^setting getter-only property "?(.*?)"?$/s, (m) => `property '${m[1]}' has only a getter`],
  [
    /^Cannot create property '(.*?)' on /s,
    (m) => `property '${m[1]}' cannot be set on a plain value`,
  ],
  [
    /^can't assign to property "?(.*?)"? on .*: not an object$/s,
    (m) => `property '${m[1]}' cannot be set on a plain value`,
  ],
  // Private members.
  [
    /private member|private field|Receiver must be (?:an instance of )?class/i,
    'a private member was used on an object of another class',
  ],
  // Operators and conversions.
  [
    /BigInts? have no unsigned|Cannot mix BigInt|Cannot convert a BigInt value to a number|can't convert BigInt to number/,
    'bigint and number do not mix: convert one with Number(…) or BigInt(…)',
  ],
  [/to a BigInt$|to BigInt$/, 'value cannot be converted to a bigint'],
  [
    /Cannot convert a Symbol value|can't convert symbol to/,
    'a symbol cannot be converted: use .description',
  ],
  [
    /^Cannot convert object to primitive value$|^can't convert .* to primitive type/s,
    'object cannot be converted to text or a number',
  ],
  [/'in' operator|right-hand side of 'in'/, 'the right side of in must be an object'],
  [/instanceof/, 'the right side of instanceof must be a class'],
  // Library functions.
  [
    /^Converting circular structure to JSON|^cyclic object value$/s,
    'JSON cannot hold a value that contains itself',
  ],
  [/serialize a BigInt$|^BigInt value can't be serialized/, 'JSON cannot hold a bigint'],
  [
    /called with a non-global RegExp|must be called with a global RegExp/,
    'the regular expression needs the flag g',
  ],
  [/Cyclic __proto__ value|prototype chain cycle/, 'a prototype cannot inherit from itself'],
  [
    /called on incompatible|called on null or undefined|requires that 'this' be|was called on/,
    'method called on a value of another type',
  ],
  [/'caller', 'callee'/, 'caller, callee and arguments are not available here'],
  [/weak ?map|weak ?set/i, 'a weak collection takes objects only'],
];

const RANGE_ERRORS: readonly Wording[] = [
  [
    /call stack size exceeded|too much recursion/,
    'calls nested too deep: a function may call itself without end',
  ],
  [/invalid (?:typed )?array length/i, 'invalid array length'],
  [
    /invalid string length|repeat count|invalid count value/i,
    'string too long, or a negative count',
  ],
  [/^toFixed|^toPrecision|^toExponential|^precision /, 'number of digits out of range'],
  [/radix/, 'radix must be between 2 and 36'],
  [/code point/, 'invalid code point'],
  [/[dD]ivision by zero/, 'bigint divided by zero'],
  [/^Exponent must be|negative exponent/, 'a bigint needs an exponent of 0 or more'],
  [
    /BigInt.*(?:too large|size exceeded)|BigInt is too large|Maximum BigInt size/,
    'bigint too large',
  ],
  [/BigInt/, 'only whole numbers become bigints'],
  [/bounds of the DataView/, 'offset outside of the DataView'],
  [
    /should be a multiple of|offset.*out.?of.?bounds/,
    'buffer length or offset does not fit the array type',
  ],
  [/normalization form|form must be one of/, 'form must be NFC, NFD, NFKC or NFKD'],
];

const REFERENCE_ERRORS: readonly Wording[] = [
  [
    /^Cannot access '(.*)' before initialization$/,
    (m) => `${m[1]} is used before its line has run`,
  ],
  [
    /^can't access lexical declaration '(.*)' before initialization$/,
    (m) => `${m[1]} is used before its line has run`,
  ],
  [/^(\S+) is not defined$/, (m) => `${m[1]} is not defined`],
  [/may only be called once|called twice/, 'super() is called once'],
  [/super constructor/, 'super() must be called before this is used'],
];

const SYNTAX_ERRORS: readonly Wording[] = [
  [/JSON/, 'text is not valid JSON'],
  [
    /regular expression|parenthetical|character class|quantifier|group|RegExp|escape|brackets|repeat/i,
    'invalid regular expression',
  ],
  [/BigInt/, 'text is not a whole number'],
];

const URI_ERRORS: readonly Wording[] = [[/URI/, 'malformed URI text']];

interface ErrorClassWords {
  readonly wordings: readonly Wording[];
  /** Words for a message no pattern knows. */
  readonly otherwise: string;
}

const BY_CLASS: Readonly<Record<string, ErrorClassWords>> = {
  TypeError: { wordings: TYPE_ERRORS, otherwise: 'value of the wrong type' },
  RangeError: { wordings: RANGE_ERRORS, otherwise: 'number out of range' },
  ReferenceError: { wordings: REFERENCE_ERRORS, otherwise: 'invalid reference' },
  SyntaxError: { wordings: SYNTAX_ERRORS, otherwise: 'invalid text' },
  URIError: { wordings: URI_ERRORS, otherwise: 'malformed URI text' },
  InternalError: { wordings: RANGE_ERRORS, otherwise: 'engine limit reached' },
  EvalError: { wordings: [], otherwise: 'code cannot be made from text here' },
};

const nameByPrototype = new Map<object, string>(
  Object.keys(NATIVE)
    .filter((name) => name !== 'Error')
    .map((name) => [NATIVE[name as SimErrorName].prototype, name]),
);
// SpiderMonkey alone has InternalError (too much recursion).
const { InternalError } = globalThis as { InternalError?: { prototype: object } };
if (InternalError !== undefined) nameByPrototype.set(InternalError.prototype, 'InternalError');

let isRealmTamed = false;

/**
 * Told by `tameRealm`: from then on every constructor that code can name is one of `simErrors`, so
 * an error of a native class without a note was made by the engine, whatever its words.
 */
export function declareRealmTamed(): void {
  isRealmTamed = true;
}

/** Our words for an engine's message, or undefined when no pattern knows it. */
export function wordsFor(className: string, message: string): string | undefined {
  for (const [pattern, words] of BY_CLASS[className]?.wordings ?? []) {
    const match = pattern.exec(message);
    if (match) return typeof words === 'string' ? words : words(match);
  }
  return undefined;
}

function reword(error: Error, className: string): Error {
  if (className !== 'Error') engineMade.add(error);
  const { message } = error;
  const known = wordsFor(className, message);
  if (known === undefined && !isRealmTamed) return error;
  const words = known ?? BY_CLASS[className]?.otherwise ?? message;
  if (className === 'InternalError') return new simErrors.RangeError(words);
  Object.defineProperty(error, 'message', {
    value: words,
    writable: true,
    configurable: true,
    enumerable: false,
  });
  scrub(error);
  return error;
}

/**
 * Gives an engine-made error our words, and takes the engine's own properties off any error.
 * Every value that learner code catches passes through here; values that are not errors are returned
 * as they are.
 *
 * @returns the same error, except for SpiderMonkey's InternalError, which becomes a RangeError.
 */
export function normaliseError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || worded.has(error)) return error;
  const className = nameByPrototype.get(Object.getPrototypeOf(error) as object);
  if (className !== undefined) return reword(error as Error, className);
  // An invariant broken is our bug: its stack is wanted.
  if (error instanceof Error && !(error instanceof InvariantError)) scrub(error);
  return error;
}

/** Frames kept per error; a recursion without end would keep a thousand. */
const FRAMES_MAX = 40;

interface Trail {
  /** Function id and position, alternating, innermost first. */
  readonly frames: number[];
  /** Frames beyond the limit. */
  dropped: number;
}

const trails = new WeakMap<object, Trail>();
// A thrown number or string has no identity to hang a trail on: only the last one of a turn keeps its
// own. Longer, it would be found by another process of this thread that throws the same one.
let plainThrown: unknown;
let plainTrail: Trail | null = null;

/** A turn begins: what was thrown in others is not its own. */
export function forgetPlainThrown(): void {
  plainThrown = undefined;
  plainTrail = null;
}

function trailOf(error: unknown): Trail | null {
  if ((typeof error === 'object' && error !== null) || typeof error === 'function') {
    return trails.get(error) ?? null;
  }
  return Object.is(plainThrown, error) ? plainTrail : null;
}

/** Notes that `error` leaves the function `functionId` at `position` (see meter.ts). */
export function noteFrame(error: unknown, functionId: number, position: number): void {
  let trail = trailOf(error);
  if (trail === null) {
    trail = { frames: [], dropped: 0 };
    if ((typeof error === 'object' && error !== null) || typeof error === 'function') {
      trails.set(error, trail);
    } else {
      plainThrown = error;
      plainTrail = trail;
    }
  }
  if (trail.frames.length < 2 * FRAMES_MAX) trail.frames.push(functionId, position);
  else trail.dropped++;
}

/**
 * Whether an engine made this error in code of ours: a mistake of the simulator's, not of a program
 * (NODE8). What passed through learner code has frames, and got our words there.
 */
export function isOurMistake(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || hasLearnerFrames(error)) return false;
  normaliseError(error);
  return engineMade.has(error);
}

/** Whether an error has passed through learner code. */
export function hasLearnerFrames(error: unknown): boolean {
  return trailOf(error) !== null;
}

/** What a traceback needs to know of a compiled program. */
export interface ProgramPlaces {
  /** `tasks.ts:22`, or undefined for position 0. */
  place(position: number): string | undefined;
  /** The name of a function by its id: `add`, `Queue.push`, `<module>`. */
  functionName(functionId: number): string;
  /** What other processes of the same program can find by name, where there is a program. */
  readonly names?: SharedNames;
}

/** Functions, classes and other objects that every process of a program has under one name. */
export interface SharedNames {
  /** The module that exports a value and the name there; the path of what is global is ''. */
  of(value: unknown): { path: string; name: string } | null;
  /** What a module that is loaded exports under a name, or undefined. */
  find(path: string, name: string): unknown;
}

function read(error: object, key: 'name' | 'message'): string {
  try {
    const value: unknown = (error as Record<string, unknown>)[key];
    return typeof value === 'string' ? value : '';
  } catch {
    // A getter of the learner's may throw; the report must not.
    return '';
  }
}

/** `Name: message`, as the last line of a traceback in Python and the first in JavaScript. */
export function errorTitle(error: unknown, show: (value: unknown) => string = String): string {
  if (!(error instanceof Error)) return `uncaught value: ${show(error)}`;
  const name = read(error, 'name') || 'Error';
  const message = read(error, 'message');
  return message === '' ? name : `${name}: ${message}`;
}

function frameLines(error: unknown, program: ProgramPlaces): string[] {
  const trail = trailOf(error);
  if (trail === null) return [];
  const lines: string[] = [];
  for (let i = 0; i < trail.frames.length; i += 2) {
    const place = program.place(trail.frames[i + 1]!);
    const name = program.functionName(trail.frames[i]!);
    lines.push(place === undefined ? `    at ${name}` : `    at ${name} (${place})`);
  }
  if (trail.dropped > 0) lines.push(`    … ${trail.dropped} more calls`);
  return lines;
}

/** Causes shown below an error; a chain of causes may close a circle. */
const CAUSES_MAX = 4;

/**
 * The report of an uncaught exception in the learner's own lines (NODE8), without a final newline:
 * ```
 * Error: boom
 *     at boom (tasks.ts:22)
 *     at <module> (client.ts:5)
 * ```
 *
 * @param show how a thrown value that is no error is written
 */
export function traceback(
  error: unknown,
  program: ProgramPlaces,
  show?: (value: unknown) => string,
): string {
  const lines = [errorTitle(error, show), ...frameLines(error, program)];
  let cause: unknown = error instanceof Error ? error.cause : undefined;
  for (let i = 0; i < CAUSES_MAX && cause !== undefined; i++) {
    lines.push(`caused by ${errorTitle(cause, show)}`, ...frameLines(cause, program));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return lines.join('\n');
}
