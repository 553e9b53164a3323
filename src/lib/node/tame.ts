// Makes a realm fit for learner code: the same in every engine, and shared by processes that must not
// reach each other or anything outside (NODE3, Determinism). Called once per realm, before any learner
// code, after our own code is loaded.
//
// What it does, in order: replaces functions that engines implement differently or that allocate
// without bound; takes away what is not in intrinsics.ts; puts constructors that make code from text
// out of reach; freezes everything. Frozen prototypes would make `this.name = 'X'` fail in a subclass
// of Error ("override mistake"), so inherited properties that programs do assign become accessors
// that define an own property on the object written to (the way SES enables them).

import { processInTurn } from './current.ts';
import { SimAsyncGenerator } from './async-generator.ts';
import { SimDate, DateConstructor } from './date.ts';
import {
  AggregateError,
  declareRealmTamed,
  errorTitle,
  normaliseError,
  simErrors,
} from './engine-errors.ts';
import { REALM_GLOBALS } from './global-names.ts';
import { intrinsics } from './intrinsics.ts';
import { ALLOCATION, NESTING_MAX, nestedTooDeep, STRING_LENGTH_MAX, textTooLong } from './meter.ts';
import { compareCodeUnits, sortArray, sortTyped } from './sort.ts';
import { SimPromise } from './promise.ts';
import { radixText } from './radix.ts';
import { TEXT_GLOBALS } from './text.ts';
import { structuredClone } from './clone.ts';

/** The engine's own: what processes get counts calls. */
const { apply, construct } = Reflect;

const NativeRegExp = RegExp;
const TEXT_AS_CODE = 'code cannot be made from text here';

/** What learners know as Function: right for `instanceof`, and refuses to compile text. */
export const ThrowingFunction: unknown = throwingConstructor('Function', Function.prototype);

function throwingConstructor(name: string, prototype: object): object {
  const constructor = {
    [name]: function () {
      throw new simErrors.EvalError(`${name}(…) is not available here: ${TEXT_AS_CODE}`);
    },
  }[name]!;
  Object.defineProperty(constructor, 'prototype', { value: prototype, writable: false });
  return constructor;
}

/**
 * What learners know as RegExp. The engine's own carries `RegExp.$1` and the like, which every process
 * of the thread would share, and SpiderMonkey does not let go of them.
 */
export const RegExpConstructor: unknown = simRegExp();

function simRegExp(): object {
  const constructor = {
    RegExp: function (this: unknown, ...args: [pattern: string | RegExp, flags?: string]): unknown {
      const [pattern, flags] = args;
      if (new.target === undefined && pattern instanceof RegExp && flags === undefined)
        return pattern;
      return construct(NativeRegExp, args, new.target ?? constructor);
    },
  }.RegExp;
  Object.defineProperty(constructor, 'prototype', {
    value: NativeRegExp.prototype,
    writable: false,
  });
  Object.defineProperty(constructor, 'length', { value: 2 });
  Object.defineProperty(constructor, Symbol.species, {
    get(this: unknown) {
      return this;
    },
    configurable: true,
  });
  return constructor;
}

/** Globals of a worker that could reach outside of it, or tell one run from another. */
const POWERFUL_GLOBALS = [
  'fetch',
  'fetchLater',
  'XMLHttpRequest',
  'WebSocket',
  'WebSocketStream',
  'EventSource',
  'WebTransport',
  'RTCPeerConnection',
  'RTCDataChannel',
  'BroadcastChannel',
  'MessageChannel',
  'MessagePort',
  'importScripts',
  'indexedDB',
  'caches',
  'cookieStore',
  'localStorage',
  'sessionStorage',
  'Worker',
  'SharedWorker',
  'ServiceWorkerRegistration',
  'Notification',
  'navigator',
  'location',
  'WebAssembly',
  'SharedArrayBuffer',
  'Atomics',
  'WeakRef',
  'FinalizationRegistry',
  'Intl',
  'Temporal',
  'eval',
  'postMessage',
  'setTimeout',
  'setInterval',
  'requestAnimationFrame',
  'queueMicrotask',
  'createImageBitmap',
  'OffscreenCanvas',
  'FileReader',
  'FileReaderSync',
  'FileSystemHandle',
  'webkitRequestFileSystem',
  'webkitRequestFileSystemSync',
  'webkitResolveLocalFileSystemURL',
  'webkitResolveLocalFileSystemSyncURL',
  'reportError',
  'scheduler',
  'crypto',
  'performance',
  'trustedTypes',
  'close',
  'GPU',
  'process',
  'require',
] as const;

export interface TameOptions {
  /** More globals to take away than those every worker loses. */
  readonly remove?: readonly string[];
  /** Whether the powerful globals go; the command line keeps them, its threads have no net. */
  readonly lockScope?: boolean;
}

let isDone = false;

/** Tames this realm; a second call does nothing. */
export function tameRealm(options: TameOptions = {}): void {
  if (isDone) return;
  isDone = true;
  replaceFunctions();
  guardNatives();
  removeUnpermitted();
  tameErrors();
  tameFunctionConstructors();
  if (options.lockScope ?? isBrowserWorker())
    lockScope([...POWERFUL_GLOBALS, ...(options.remove ?? [])]);
  freezeAll();
  declareRealmTamed();
}

function isBrowserWorker(): boolean {
  return typeof (globalThis as { WorkerGlobalScope?: unknown }).WorkerGlobalScope === 'function';
}

function define(holder: object, key: PropertyKey, value: unknown): void {
  Object.defineProperty(holder, key, {
    value,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/** Defines methods under their own names, without a `prototype` property. */
function defineMethods(holder: object, methods: object): void {
  for (const key of Reflect.ownKeys(methods))
    define(holder, key, (methods as Record<PropertyKey, unknown>)[key]);
}

type Callable = (...args: never[]) => unknown;

function uncurry<F extends Callable>(
  method: F,
): (self: unknown, ...args: Parameters<F>) => ReturnType<F> {
  return Function.prototype.call.bind(method) as never;
}

function replaceFunctions(): void {
  const typedPrototype = Object.getPrototypeOf(Int8Array.prototype) as object;
  const numberToString = uncurry(Number.prototype.toString);
  const lower = uncurry(String.prototype.toLowerCase);
  const upper = uncurry(String.prototype.toUpperCase);
  const toJoined = uncurry(Array.prototype.join);
  defineMethods(Array.prototype, {
    sort(this: unknown[], comparator?: (a: unknown, b: unknown) => number) {
      return sortArray(this, comparator);
    },
    toSorted(this: unknown[], comparator?: (a: unknown, b: unknown) => number) {
      return sortArray(Array.from(this), comparator);
    },
    toLocaleString(this: unknown[]) {
      return toJoined(this);
    },
  });
  defineMethods(typedPrototype, {
    sort(this: Float64Array, comparator?: (a: number, b: number) => number) {
      return sortTyped(this, comparator);
    },
    toSorted(this: Float64Array, comparator?: (a: number, b: number) => number) {
      return sortTyped(this.slice(), comparator);
    },
    toLocaleString(this: Float64Array) {
      return this.join();
    },
  });
  defineMethods(String.prototype, {
    localeCompare(this: unknown, that: unknown) {
      return compareCodeUnits(String(this), String(that));
    },
    toLocaleLowerCase(this: unknown) {
      return lower(this);
    },
    toLocaleUpperCase(this: unknown) {
      return upper(this);
    },
  });
  defineMethods(Number.prototype, {
    toString(this: unknown, radix?: unknown) {
      const plain = numberToString(this);
      if (radix === undefined || radix === 10) return plain;
      return radixText(Number(plain), Number(radix), (it, base) => numberToString(it, base));
    },
    toLocaleString(this: unknown) {
      return numberToString(this);
    },
  });
  const bigintToString = uncurry(BigInt.prototype.toString);
  defineMethods(BigInt.prototype, {
    toLocaleString(this: unknown) {
      return bigintToString(this);
    },
  });
  orderFunctionKeys();
  defineMethods(Function.prototype, {
    toString(this: unknown) {
      if (typeof this !== 'function')
        throw new simErrors.TypeError('method called on a value of another type');
      // The source would be the compiled one; engines lay out native functions differently.
      return `function ${this.name}() { [code] }`;
    },
  });
}

/** SpiderMonkey makes `length` and `name` of a function late, so they come last in its lists of keys. */
function orderFunctionKeys(): void {
  const first: readonly PropertyKey[] = ['length', 'name', 'prototype'];
  const rank = (key: PropertyKey) => (first.includes(key) ? first.indexOf(key) : first.length);
  const { ownKeys } = Reflect;
  const { getOwnPropertyNames } = Object;
  define(
    Reflect,
    'ownKeys',
    {
      ownKeys(target: object) {
        const keys = ownKeys(target);
        return typeof target === 'function'
          ? sortArray(keys, (a, b) => rank(a as string) - rank(b as string))
          : keys;
      },
    }.ownKeys,
  );
  define(
    Object,
    'getOwnPropertyNames',
    {
      getOwnPropertyNames(target: unknown) {
        const keys = getOwnPropertyNames(target);
        return typeof target === 'function'
          ? sortArray(keys, (a, b) => rank(a as string) - rank(b as string))
          : keys;
      },
    }.getOwnPropertyNames,
  );
}

/** Takes room in the current process's turn; outside of a turn nothing is counted. */
function take(bytes: number): void {
  if (bytes > 0) processInTurn()?.meter.allocate(bytes);
}

function checkText(length: number): void {
  if (length > STRING_LENGTH_MAX) {
    throw textTooLong();
  }
  if (length > COUNTED_TEXT_MIN) take(length);
}

/** Shorter texts are not worth counting. */
const COUNTED_TEXT_MIN = 1024;

/** Objects are several times as large as the text that describes them. */
const PARSED_BYTES_PER_CHARACTER = 4;

function takeParsed(text: unknown): void {
  if (typeof text !== 'string') return;
  if (text.length > COUNTED_TEXT_MIN) take(text.length * PARSED_BYTES_PER_CHARACTER);
  checkNesting(text);
}

/** Refuses a JSON text that is nested deeper than `NESTING_MAX`. Levels take two characters each. */
function checkNesting(text: string): void {
  if (text.length <= 2 * NESTING_MAX) return;
  let depth = 0;
  let isQuoted = false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === QUOTE) isQuoted = !isQuoted;
    else if (isQuoted && code === BACKSLASH) index++;
    else if (isQuoted) continue;
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      if (++depth > NESTING_MAX) throw nestedTooDeep();
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) depth--;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Engines run out of stack inside JSON.stringify at depths of their own, all beyond our limit. */
function isEngineOverflow(error: unknown): boolean {
  return (
    error instanceof Error && /call stack size exceeded|too much recursion/.test(error.message)
  );
}

function guardStringify(): void {
  const { stringify } = JSON;
  const guarded = {
    stringify(this: unknown, ...args: unknown[]) {
      let text: unknown;
      try {
        text = callBackDeeper(stringify as Callable, this, args, 20);
      } catch (error) {
        throw isEngineOverflow(error) ? nestedTooDeep() : error;
      }
      if (typeof text === 'string') {
        checkText(text.length);
        checkNesting(text);
      }
      return text;
    },
  }.stringify;
  Object.defineProperty(guarded, 'length', { value: stringify.length, configurable: true });
  define(JSON, 'stringify', guarded);
}

/** The engine's own goes down on its stack, as deep as the arrays are nested. */
function guardFlat(): void {
  const flat = uncurry(Array.prototype.flat);
  const guarded = {
    flat(this: unknown, levels: unknown = 1) {
      const depth = Math.trunc(Number(levels)) || 0;
      const result = flat(this as unknown[], Math.min(depth, NESTING_MAX)) as unknown[];
      take(result.length * ALLOCATION.slot);
      if (depth <= NESTING_MAX) return result;
      for (let index = 0; index < result.length; index++) {
        if (Array.isArray(result[index])) throw nestedTooDeep();
      }
      return result;
    },
  }.flat;
  Object.defineProperty(guarded, 'length', { value: 0, configurable: true });
  define(Array.prototype, 'flat', guarded);
}

interface Guard {
  /** Sees the first argument. */
  readonly before?: (first: unknown) => void;
  /** Sees the result, to count what it takes. */
  readonly measure?: (result: never) => void;
  /**
   * Calls of ordinary size that the method weighs on the stack while it calls back (see meter.ts):
   * measured by recursion through it, in the engine and thread where it overflows first.
   */
  readonly weight: number;
}

/** Wraps native methods. */
function guard(holder: object, names: readonly string[], { before, measure, weight }: Guard): void {
  for (const name of names) {
    const native = (holder as Record<string, Callable | undefined>)[name];
    if (native === undefined) continue;
    const guarded = {
      [name](this: unknown, ...args: unknown[]) {
        before?.(args[0]);
        const result = callBackDeeper(native, this, args, weight);
        measure?.(result as never);
        return result;
      },
    }[name]!;
    Object.defineProperty(guarded, 'length', { value: native.length, configurable: true });
    define(holder, name, guarded);
  }
}

function callBackDeeper(native: Callable, self: unknown, args: unknown[], weight: number): unknown {
  const meter = weight === 0 ? undefined : processInTurn()?.meter;
  if (meter === undefined) return apply(native, self, args);
  const { depth } = meter;
  // Natives that call each other, as the texts of nested arrays do, pass no compiled code that asks.
  if (depth + weight > meter.deep) meter.over();
  meter.depth = depth + weight;
  try {
    return apply(native, self, args);
  } finally {
    meter.depth = depth;
  }
}

function guardNatives(): void {
  const bySlots = (result: ArrayLike<unknown>) => take(result.length * ALLOCATION.slot);
  const byBytes = (result: ArrayBufferView) => take(result.byteLength);
  const byText = (result: string) => checkText(result.length);
  const typed = Object.getPrototypeOf(Int8Array) as { prototype: object };
  const copying = ['concat', 'slice', 'toReversed', 'toSpliced', 'with', 'splice'];
  guard(Array.prototype, copying, { measure: bySlots, weight: 0 });
  guard(Array.prototype, ['map', 'filter', 'flatMap'], { measure: bySlots, weight: 2 });
  guard(Array.prototype, ['sort', 'toSorted'], { weight: 4 });
  // A level of nested arrays is two of these; Firefox's stack ends after 300 once they are compiled.
  guard(Array.prototype, ['join', 'toString', 'toLocaleString'], { measure: byText, weight: 4 });
  guard(Array, ['of'], { measure: bySlots, weight: 0 });
  guard(Object, ['keys', 'values', 'entries'], { measure: bySlots, weight: 0 });
  guard(typed.prototype, ['slice', 'toReversed', 'with'], { measure: byBytes, weight: 0 });
  guard(typed.prototype, ['map', 'filter'], { measure: byBytes, weight: 2 });
  guard(typed.prototype, ['sort', 'toSorted'], { weight: 4 });
  guard(String.prototype, ['split'], { measure: bySlots, weight: 0 });
  guard(String.prototype, ['concat'], { measure: byText, weight: 2 });
  guard(String.prototype, ['replace', 'replaceAll'], { measure: byText, weight: 6 });
  guard(JSON, ['parse'], { before: takeParsed, weight: 10 });
  guard(Reflect, ['construct'], { before: checkConstructor, weight: 2 });
  guardStringify();
  guardFlat();
  guardTextGrowth();
  guardFrom(Array, ALLOCATION.slot);
  guardFrom(typed, ALLOCATION.slot);
}

/** V8 names the value that is no constructor, SpiderMonkey the expression it came from. */
function checkConstructor(value: unknown): void {
  if (!isConstructor(value))
    throw new simErrors.TypeError('Reflect.construct needs a class or a function to call with new');
}

const ANSWER_NEW: ProxyHandler<never> = { construct: () => ({}) };

/** Only a proxy of a constructor can be called with `new`; nothing of the value itself runs. */
function isConstructor(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  try {
    new (new Proxy(value as never, ANSWER_NEW) as new () => object)();
    return true;
  } catch {
    return false;
  }
}

function guardTextGrowth(): void {
  const repeat = uncurry(String.prototype.repeat);
  const padStart = uncurry(String.prototype.padStart);
  const padEnd = uncurry(String.prototype.padEnd);
  defineMethods(String.prototype, {
    repeat(this: unknown, count: unknown) {
      const text = String(this);
      const times = Math.trunc(Number(count)) || 0;
      if (times < 0) throw new simErrors.RangeError(`repeat takes 0 or more: ${times}`);
      checkText(text.length * times);
      return repeat(text, times);
    },
    padStart(this: unknown, length: unknown, filler?: string) {
      checkText(Number(length));
      return padStart(this, Number(length), filler);
    },
    padEnd(this: unknown, length: unknown, filler?: string) {
      checkText(Number(length));
      return padEnd(this, Number(length), filler);
    },
  });
}

/** `from` of an array class: a length is counted before, an iterable after. */
function guardFrom(holder: object, slotBytes: number): void {
  const { from } = holder as { from: Callable };
  define(
    holder,
    'from',
    {
      from(this: unknown, source: unknown, ...rest: unknown[]) {
        const isIterable =
          source !== null && source !== undefined && Symbol.iterator in Object(source);
        const { length } = (isIterable ? {} : Object(source)) as { length?: unknown };
        if (typeof length === 'number') take(length * slotBytes);
        const result = callBackDeeper(from, this, [source, ...rest], 2) as ArrayLike<unknown>;
        if (isIterable) take(result.length * slotBytes);
        return result;
      },
    }.from,
  );
}

function removeUnpermitted(): void {
  for (const { holder, permitted } of intrinsics()) {
    for (const key of Reflect.ownKeys(holder)) {
      if (!permitted.has(key)) Reflect.deleteProperty(holder, key);
    }
  }
}

function tameErrors(): void {
  const scope = globalThis as unknown as Record<string, unknown>;
  const natives = Object.entries(simErrors).map(([name, Sim]) => ({
    name,
    Sim,
    native: scope[name] as object,
  }));
  for (const { name, Sim, native } of natives) {
    define(Sim.prototype as object, 'constructor', Sim);
    define(scope, name, Sim);
    lockStackHooks(native);
  }
  define(scope, 'AggregateError', AggregateError);
  Object.defineProperty(Error.prototype, 'stack', {
    get(this: unknown) {
      return this instanceof Error ? errorTitle(normaliseError(this)) : undefined;
    },
    set(this: unknown, value: unknown) {
      if (typeof this === 'object' && this !== null) define(this, 'stack', value);
    },
    configurable: true,
    enumerable: false,
  });
}

/** V8 calls `Error.prepareStackTrace` with objects that know the functions on the stack. */
function lockStackHooks(native: object): void {
  for (const key of ['prepareStackTrace', 'captureStackTrace']) {
    if (key !== 'prepareStackTrace' && !Object.hasOwn(native, key)) continue;
    Object.defineProperty(native, key, {
      value: undefined,
      writable: false,
      configurable: false,
      enumerable: false,
    });
  }
}

function tameFunctionConstructors(): void {
  define(RegExp.prototype, 'constructor', RegExpConstructor);
  define(globalThis, 'RegExp', RegExpConstructor);
  const kinds: [string, object][] = [
    ['Function', Function.prototype],
    ['GeneratorFunction', Object.getPrototypeOf(function* () {}) as object],
    ['AsyncFunction', Object.getPrototypeOf(async function () {}) as object],
    ['AsyncGeneratorFunction', Object.getPrototypeOf(async function* () {}) as object],
  ];
  for (const [name, prototype] of kinds) {
    const constructor =
      name === 'Function' ? (ThrowingFunction as object) : throwingConstructor(name, prototype);
    Object.defineProperty(prototype, 'constructor', {
      value: constructor,
      writable: true,
      configurable: true,
    });
  }
  define(globalThis, 'Function', ThrowingFunction);
}

function lockScope(names: readonly string[]): void {
  for (
    let holder: object | null = globalThis;
    holder !== null;
    holder = Object.getPrototypeOf(holder) as object | null
  ) {
    if (holder === Object.prototype) break;
    for (const name of names) {
      if (!Object.hasOwn(holder, name)) continue;
      try {
        Object.defineProperty(holder, name, {
          value: undefined,
          writable: false,
          configurable: false,
        });
      } catch {
        // Not configurable here: the compile step hides it, and the frame's policy forbids what it does.
      }
    }
  }
}

/** Properties that programs assign on their own objects although every object inherits them. */
const ASSIGNED_ON_ANY = new Set<PropertyKey>([
  'constructor',
  'toString',
  'toLocaleString',
  'valueOf',
  'toJSON',
  'name',
  'message',
  'stack',
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
]);
/** Prototypes of which every property is made assignable on objects that inherit it. */
const WHOLLY_ENABLED = new Set<object>();

function freezeAll(): void {
  for (const holder of [
    Object.prototype,
    Function.prototype,
    SimPromise.prototype,
    SimAsyncGenerator.prototype,
  ]) {
    WHOLLY_ENABLED.add(holder);
  }
  for (const Sim of [...Object.values(simErrors), AggregateError])
    WHOLLY_ENABLED.add(Sim.prototype as object);
  const scope = globalThis as unknown as Record<string, object>;
  const roots: object[] = [
    ...REALM_GLOBALS.map((name) => scope[name]!),
    ...intrinsics().map(({ holder }) => holder),
    ...Object.values(simErrors),
    AggregateError,
    ThrowingFunction as object,
    DateConstructor as object,
    RegExpConstructor as object,
    SimDate,
    SimPromise,
    SimAsyncGenerator,
    ...Object.values(TEXT_GLOBALS),
    structuredClone,
    Object.getPrototypeOf(async function () {}) as object,
    Object.getPrototypeOf(async function* () {}) as object,
  ];
  const seen = new Set<object>();
  for (const root of roots) freezeDeep(root, seen);
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function freezeDeep(root: object, seen: Set<object>): void {
  const pending = [root];
  for (let holder = pending.pop(); holder !== undefined; holder = pending.pop()) {
    if (seen.has(holder) || holder === globalThis) continue;
    seen.add(holder);
    const prototype = Object.getPrototypeOf(holder) as object | null;
    if (prototype !== null) pending.push(prototype);
    for (const key of Reflect.ownKeys(holder)) {
      const descriptor = Object.getOwnPropertyDescriptor(holder, key)!;
      for (const it of [descriptor.value, descriptor.get, descriptor.set] as unknown[]) {
        if (isObject(it)) pending.push(it);
      }
      if ('value' in descriptor) enableAssignment(holder, key, descriptor, pending);
    }
    Object.freeze(holder);
  }
}

function enableAssignment(
  holder: object,
  key: PropertyKey,
  descriptor: PropertyDescriptor,
  pending: object[],
): void {
  if (!descriptor.configurable || !isPrototypeObject(holder)) return;
  if (!WHOLLY_ENABLED.has(holder) && !ASSIGNED_ON_ANY.has(key)) return;
  const value: unknown = descriptor.value;
  const accessor = {
    get: () => value,
    set(this: unknown, next: unknown) {
      if (this === holder) throw new simErrors.TypeError(`property '${String(key)}' is read-only`);
      if (!isObject(this))
        throw new simErrors.TypeError(`property '${String(key)}' cannot be set on a plain value`);
      const own = Object.hasOwn(this, key);
      const isDone = own
        ? Reflect.set(this, key, next)
        : Reflect.defineProperty(this, key, {
            value: next,
            writable: true,
            enumerable: true,
            configurable: true,
          });
      if (!isDone)
        throw new simErrors.TypeError(
          `property '${String(key)}' cannot be added: the object is frozen`,
        );
    },
  };
  Object.defineProperty(holder, key, {
    ...accessor,
    enumerable: descriptor.enumerable ?? false,
    configurable: false,
  });
  pending.push(accessor.get, accessor.set);
}

/** Whether objects inherit from this one, as against a constructor or a namespace. */
function isPrototypeObject(holder: object): boolean {
  return (
    WHOLLY_ENABLED.has(holder) ||
    (typeof holder === 'object' && Object.hasOwn(holder, 'constructor'))
  );
}
