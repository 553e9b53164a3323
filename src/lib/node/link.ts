// Links a compiled program for one incarnation of one process: modules are evaluated once, in the
// order of their imports, with live bindings through cycles and top-level await. Dependencies are
// evaluated one after another, where ECMAScript would let siblings with top-level await overlap.
//
// The compiled code reaches everything outside of it through the `Support` object passed to it.

import { exportNames } from '#lib/protocol/export-names.ts';
import {
  asyncIteratorOf,
  AwaitBox,
  delegate,
  iteratorResult,
  SimAsyncGenerator,
  type ForAwaitIterator,
} from './async-generator.ts';
import { currentProcess } from './current.ts';
import { simErrors, type ProgramPlaces, type SharedNames } from './engine-errors.ts';
import { pow } from './math.ts';
import {
  ASYNC_CALL_WEIGHT,
  BIGINT_BITS_MAX,
  bigintTooLarge,
  fileIndexOf,
  isStop,
  lineOf,
  type Meter,
  type Position,
} from './meter.ts';
import { coroutine, run, SimPromise, wait, type Body } from './promise.ts';

/** Data the compile step knows of a module; see ModuleInfo there. */
export interface ModuleFacts {
  readonly index: number;
  readonly imports: readonly string[];
  /** Per import, the names asked for and the lines they are asked on. */
  readonly wanted: readonly (readonly (readonly [name: string, line: number])[])[];
  readonly exports: readonly string[];
  readonly stars: readonly number[];
  readonly functions: readonly string[];
}

/** A compiled module: its facts, and a generator that first makes its exports known, then runs it. */
export interface CompiledModule {
  readonly info: ModuleFacts;
  readonly run: (support: Support) => Body<void>;
}

/** What the text of a compiled program evaluates to. */
export type CompiledModules = Readonly<Record<string, CompiledModule>>;

/** What a module exports, as `import * as x` sees it. */
export type Exports = Record<string, unknown>;

/** What compiled code may use besides its own variables; members are named by the compile step. */
export interface Support {
  readonly meter: Meter;
  readonly globals: Readonly<Record<string, unknown>>;
  readonly imports: readonly Exports[];
  exports(getters: Record<string, () => unknown>): void;
  run(body: Body<unknown>, functionId: number): SimPromise<unknown>;
  start(make: BodyMaker, self: unknown, args: unknown[], functionId: number): SimPromise<unknown>;
  stream(body: Body<unknown>, functionId: number): SimAsyncGenerator;
  startStream(
    make: BodyMaker,
    self: unknown,
    args: unknown[],
    functionId: number,
  ): SimAsyncGenerator;
  box(value: unknown): AwaitBox;
  iterate(iterable: unknown): ForAwaitIterator;
  result(value: unknown): IteratorResult<unknown, unknown>;
  close(iterator: ForAwaitIterator): unknown;
  closeQuietly(iterator: ForAwaitIterator, error: unknown): unknown;
  delegate(iterable: unknown): Generator<unknown, unknown, unknown>;
  pow(base: unknown, exponent: unknown): unknown;
  powerAssign(holder: object, key: PropertyKey, exponent: () => unknown): unknown;
  absent(message: string): never;
}

type BodyMaker = (this: unknown, ...args: unknown[]) => Body<unknown>;

/** `x ** y`, the same in every engine; bigints are exact everywhere. */
function power(base: unknown, exponent: unknown): unknown {
  if (typeof base === 'number' && typeof exponent === 'number') return pow(base, exponent);
  const [left, right] = [numeric(base), numeric(exponent)];
  if (typeof left === 'bigint' && typeof right === 'bigint') return bigPower(left, right);
  if (typeof left === 'bigint' || typeof right === 'bigint') {
    throw new simErrors.TypeError(
      'bigint and number do not mix: convert one with Number(…) or BigInt(…)',
    );
  }
  return pow(left, right);
}

function numeric(value: unknown): number | bigint {
  const plain = typeof value === 'object' && value !== null ? (value.valueOf() as unknown) : value;
  return typeof plain === 'bigint' ? plain : Number(plain);
}

function bigPower(base: bigint, exponent: bigint): bigint {
  if (exponent < 0n) throw new simErrors.RangeError('a bigint needs an exponent of 0 or more');
  const isGrowing = base > 1n || base < -1n;
  const bits = BigInt(base.toString(16).length * 4) * exponent;
  if (isGrowing && bits > BIGINT_BITS_MAX) throw bigintTooLarge();
  return base ** exponent;
}

/** A call of an async function: counted like any other, and deeper on the stack. */
function enterAsync(meter: Meter): void {
  if (++meter.n > meter.max || (meter.depth += ASYNC_CALL_WEIGHT) > meter.deep) meter.over();
}

function startRun(meter: Meter, body: Body<unknown>, functionId: number): SimPromise<unknown> {
  const { depth } = meter;
  enterAsync(meter);
  const promise = run(body, functionId);
  meter.depth = depth;
  return promise;
}

function supportFor(
  meter: Meter,
  globals: Readonly<Record<string, unknown>>,
): Omit<Support, 'imports' | 'exports'> {
  return {
    meter,
    globals,
    run: (body, functionId) => startRun(meter, body, functionId),
    start: (make, self, args, functionId) => {
      let body: Body<unknown>;
      try {
        body = make.apply(self, args);
      } catch (error) {
        if (isStop(error)) throw error;
        return SimPromise.reject(meter.out(error, functionId));
      }
      return startRun(meter, body, functionId);
    },
    stream: (body, functionId) => {
      if (++meter.n > meter.max) meter.over();
      return new SimAsyncGenerator(body, functionId);
    },
    startStream: (make, self, args, functionId) => {
      if (++meter.n > meter.max) meter.over();
      return new SimAsyncGenerator(make.apply(self, args), functionId);
    },
    box: (value) => new AwaitBox(value),
    iterate: asyncIteratorOf,
    result: iteratorResult,
    close: (iterator) => iterator.return?.(),
    closeQuietly: (iterator, error) => {
      if (isStop(error)) throw error;
      try {
        return SimPromise.resolve(iterator.return?.()).then(undefined, () => undefined);
      } catch (closing) {
        if (isStop(closing)) throw closing;
        return undefined;
      }
    },
    delegate,
    pow: power,
    powerAssign: (holder, key, exponent) => {
      const target = holder as Record<PropertyKey, unknown>;
      return (target[key] = power(target[key], exponent()));
    },
    absent: (message) => {
      throw new simErrors.ReferenceError(message);
    },
  };
}

export interface LinkOptions {
  /** See createGlobals. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** Modules that come with the product, by name. */
  readonly builtins: Readonly<Record<string, Exports>>;
  readonly meter: Meter;
}

/** A linked program, ready to run in the process it was linked for. */
export interface LinkedProgram extends ProgramPlaces {
  /** Evaluates the entry module and what it imports; resolves with the entry's exports. */
  run(): SimPromise<Exports>;
  /** Evaluates one more module of the same program, e.g. `-A tasks`; each module runs once. */
  load(path: string): SimPromise<Exports>;
}

interface Linked {
  readonly exports: Exports;
  readonly body: Body<void>;
  readonly info: ModuleFacts;
  evaluation: SimPromise<void> | null;
}

/** Says where a position is and what a function is called, for any compiled program. */
export function placesOf(
  modules: Readonly<Record<string, { readonly info: ModuleFacts }>>,
): ProgramPlaces {
  const paths = Object.keys(modules).sort(
    (a, b) => modules[a]!.info.index - modules[b]!.info.index,
  );
  return {
    place(position: Position) {
      return position === 0 ? undefined : `${paths[fileIndexOf(position)]}:${lineOf(position)}`;
    },
    functionName(functionId: number) {
      const path = paths[Math.floor((functionId - 1) / 65_536)];
      const functions = path === undefined ? undefined : modules[path]?.info.functions;
      return functions?.[(functionId - 1) % 65_536] ?? '<anonymous>';
    },
  };
}

/**
 * Links `modules` for one process. Nothing of the learner's runs before `run`.
 *
 * @throws SyntaxError when an import asks a built-in module for a name it lacks
 */
export function linkProgram(
  modules: CompiledModules,
  entry: string,
  options: LinkOptions,
): LinkedProgram {
  const linker = new Linker(modules, options);
  const load = coroutine((path: string) => linker.load(path));
  return { ...placesOf(modules), names: linker, run: () => load(entry), load };
}

class Linker implements SharedNames {
  readonly #modules: CompiledModules;
  readonly #options: LinkOptions;
  readonly #support: Omit<Support, 'imports' | 'exports'>;
  readonly #linked = new Map<string, Linked>();

  constructor(modules: CompiledModules, options: LinkOptions) {
    this.#modules = modules;
    this.#options = options;
    this.#support = supportFor(options.meter, options.globals);
  }

  of(value: unknown): { path: string; name: string } | null {
    for (const [path, { exports }] of this.#linked) {
      const name = Object.keys(exports).find((it) => valueIn(exports, it) === value);
      if (name !== undefined) return { path, name };
    }
    const { globals } = this.#options;
    const own = Object.keys(globals).find((it) => globals[it] === value);
    if (own !== undefined) return { path: '', name: own };
    const math = globals['Math'] as Record<string, unknown>;
    const member = Object.getOwnPropertyNames(math ?? {}).find((it) => math[it] === value);
    return member === undefined ? null : { path: '', name: `Math.${member}` };
  }

  find(path: string, name: string): unknown {
    if (path !== '') return valueIn(this.#linked.get(path)?.exports ?? {}, name);
    const [first = '', member] = name.split('.');
    const { globals } = this.#options;
    const found = Object.hasOwn(globals, first) ? globals[first] : undefined;
    return member === undefined ? found : (found as Record<string, unknown> | undefined)?.[member];
  }

  *load(path: string): Generator<unknown, Exports, unknown> {
    this.#link(path);
    const linked = this.#linked.get(path)!;
    this.#completeStars();
    yield* this.#evaluate(linked, new Set());
    return linked.exports;
  }

  /** Makes the exports of a module and of all it imports known, without running any of them. */
  #link(path: string): Exports {
    const known = this.#linked.get(path);
    if (known !== undefined) return known.exports;
    const compiled = Object.hasOwn(this.#modules, path) ? this.#modules[path] : undefined;
    if (compiled === undefined) {
      const builtin = this.#options.builtins[path];
      if (builtin === undefined) throw new simErrors.SyntaxError(`unknown module: '${path}'`);
      return builtin;
    }
    const exports: Exports = Object.create(null) as Exports;
    const imports: Exports[] = [];
    const support: Support = {
      ...this.#support,
      imports,
      exports: (getters) => define(exports, getters),
    };
    // Called without a receiver: `this` is undefined in a module.
    const { run: begin, info } = compiled;
    const body = begin(support);
    this.#linked.set(path, { exports, body, info, evaluation: null });
    info.imports.forEach((target, index) => {
      imports.push(this.#link(target));
      this.#checkBuiltin(path, target, info.wanted[index] ?? []);
    });
    // Up to the `yield` behind its exports: function declarations are there, nothing has run.
    body.next();
    return exports;
  }

  /** The compile step checks names it knows; those of a built-in module may be known only here. */
  #checkBuiltin(path: string, target: string, wanted: ModuleFacts['wanted'][number]): void {
    const builtin = this.#linked.has(target) ? undefined : this.#options.builtins[target];
    if (builtin === undefined) return;
    for (const [name, line] of wanted) {
      if (name in builtin) continue;
      const names = exportNames(Object.keys(builtin), name);
      throw new simErrors.SyntaxError(
        `'${target}' does not export ${name} (${path}:${line}); it exports ${names}`,
      );
    }
  }

  /** `export * from`, once every module's own exports are known. */
  #completeStars(): void {
    const visited = new Set<string>();
    const complete = (path: string): void => {
      const linked = this.#linked.get(path);
      if (linked === undefined || visited.has(path)) return;
      visited.add(path);
      for (const index of linked.info.stars) {
        const target = linked.info.imports[index]!;
        complete(target);
        const source = this.#linked.get(target)?.exports ?? this.#options.builtins[target] ?? {};
        for (const name of Object.keys(source)) {
          if (name === 'default' || name in linked.exports) continue;
          define(linked.exports, { [name]: () => source[name] });
        }
      }
    };
    for (const path of this.#linked.keys()) complete(path);
  }

  *#evaluate(linked: Linked, waiting: Set<Linked>): Generator<unknown, void, unknown> {
    // A cycle: whoever is above us evaluates it.
    if (waiting.has(linked)) return;
    linked.evaluation ??= run(this.#evaluateOnce(linked, waiting));
    yield* wait(linked.evaluation);
  }

  *#evaluateOnce(linked: Linked, waiting: Set<Linked>): Generator<unknown, void, unknown> {
    const above = new Set(waiting).add(linked);
    for (const target of linked.info.imports) {
      const dependency = this.#linked.get(target);
      if (dependency !== undefined) yield* this.#evaluate(dependency, above);
    }
    const { meter } = currentProcess();
    const promise = startRun(meter, linked.body as Body<unknown>, linked.info.index * 65_536 + 1);
    yield* wait(promise);
  }
}

/** Undefined also for what the module has not reached yet. */
function valueIn(exports: Exports, name: string): unknown {
  try {
    return Object.hasOwn(exports, name) ? exports[name] : undefined;
  } catch {
    return undefined;
  }
}

function define(exports: Exports, getters: Record<string, () => unknown>): void {
  for (const name of Object.keys(getters).sort()) {
    Object.defineProperty(exports, name, {
      get: getters[name]!,
      enumerable: true,
      configurable: false,
    });
  }
}
