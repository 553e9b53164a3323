// What of an object other processes may use: what `expose` marks, or with REQUIRE_EXPOSE off everything
// that is public.

import { simErrors } from '#lib/node/engine-errors.ts';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- any class of a learner's
export type Class = abstract new (...args: any[]) => object;

export type InstanceMode = 'single' | 'session' | 'percall';

export interface Members {
  methods: string[];
  attrs: string[];
  oneway: string[];
}

interface Marks {
  isWhole: boolean;
  exposed: Set<string>;
  oneway: Set<string>;
  callbacks: Set<string>;
  mode: InstanceMode;
}

const marks = new WeakMap<object, Marks>();

function marksOf(clazz: Class): Marks {
  const { prototype } = clazz as { prototype: object };
  const known = marks.get(prototype);
  if (known) return known;
  const made: Marks = {
    isWhole: false,
    exposed: new Set(),
    oneway: new Set(),
    callbacks: new Set(),
    mode: 'session',
  };
  marks.set(prototype, made);
  return made;
}

/** Marks a whole class, or only these members of it. */
export function expose<C extends Class>(clazz: C, ...names: string[]): C {
  checkClass('expose', clazz);
  for (const name of names) {
    if (!name.startsWith('_')) continue;
    const error = new simErrors.Error('exposing private names (starting with _) is not allowed');
    error.name = 'AttributeError';
    throw error;
  }
  const found = marksOf(clazz);
  if (names.length === 0) found.isWhole = true;
  for (const name of names) found.exposed.add(name);
  return clazz;
}

/** Nobody waits for these methods. */
export function oneway<C extends Class>(clazz: C, ...names: string[]): C {
  checkClass('oneway', clazz);
  for (const name of names) marksOf(clazz).oneway.add(name);
  return clazz;
}

/** What goes wrong in these methods is this side's too: it ends the conversation with who called. */
export function callback<C extends Class>(clazz: C, ...names: string[]): C {
  checkClass('callback', clazz);
  for (const name of names) marksOf(clazz).callbacks.add(name);
  return clazz;
}

/** Whether a method of an object is marked as a call-back. */
export function isCallback(target: object, name: string): boolean {
  for (let it: object | null = target; it; it = Object.getPrototypeOf(it) as object | null) {
    if (marks.get(it)?.callbacks.has(name)) return true;
  }
  return false;
}

/** When a class is registered: how many instances there are. */
export function behavior<C extends Class>(clazz: C, options: { instanceMode: InstanceMode }): C {
  checkClass('behavior', clazz);
  const mode: unknown = options.instanceMode;
  if (mode !== 'single' && mode !== 'session' && mode !== 'percall') {
    throw new simErrors.TypeError(`invalid instance mode: ${String(mode)}`);
  }
  marksOf(clazz).mode = mode;
  return clazz;
}

function checkClass(what: string, clazz: unknown): void {
  if (isClass(clazz)) return;
  throw new simErrors.TypeError(`${what} needs a class: ${what}(class Greeter { … })`);
}

export function isClass(value: unknown): value is Class {
  return typeof value === 'function' && typeof value.prototype === 'object';
}

export function modeOf(clazz: Class): InstanceMode {
  return marks.get((clazz as { prototype: object }).prototype)?.mode ?? 'session';
}

/** What of a class can be used, by name, in alphabetical order. */
export function membersOf(clazz: Class, onlyExposed: boolean): Members {
  const found: Members = { methods: [], attrs: [], oneway: [] };
  const seen = new Set(['constructor']);
  for (const prototype of prototypesOf(clazz)) {
    const mark = marks.get(prototype);
    for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (seen.has(name) || name.startsWith('_')) continue;
      seen.add(name);
      const isExposed = !onlyExposed || mark?.isWhole === true || mark?.exposed.has(name) === true;
      if (!isExposed) continue;
      if (typeof member.value === 'function') {
        found.methods.push(name);
        if (mark?.oneway.has(name)) found.oneway.push(name);
      } else if (member.get ?? member.set) found.attrs.push(name);
    }
  }
  for (const names of Object.values(found) as string[][]) names.sort();
  return found;
}

function* prototypesOf(clazz: Class): Generator<object> {
  let prototype: object | null = (clazz as { prototype: object }).prototype;
  while (prototype && prototype !== Object.prototype) {
    yield prototype;
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
}
