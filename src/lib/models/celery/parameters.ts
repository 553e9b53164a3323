// The parameters of a learner's function, and whether a call fits them. Python knows them from the
// function; here they are read from its source, which is the same text in every engine.

import type { CallValues } from './space.ts';

/** Captured: a tamed realm hides a function's source from programs, and with it its parameters. */
const sourceOf = Function.prototype.toString;

type Callable = (...args: unknown[]) => unknown;

export interface Parameter {
  name: string;
  /** It has a default value, or is marked optional. */
  isOptional: boolean;
  /** `...rest`. */
  isRest: boolean;
}

/** The compile step may leave the list here; what TypeScript marks optional is known only to it. */
const DECLARED = Symbol.for('lightcone.parameters');

/** The parameters of a function, in order. A pattern such as `{ a }` is named by its position. */
export function parametersOf(callable: Callable): readonly Parameter[] {
  const declared = (callable as unknown as Record<symbol, unknown>)[DECLARED];
  if (Array.isArray(declared)) return declared as Parameter[];
  const source = sourceOf.call(callable);
  return splitParameters(source).map((text, index) => {
    const isRest = text.startsWith('...');
    const name = /^[\p{L}\p{N}_$]+/u.exec(isRest ? text.slice(3) : text)?.[0] ?? `arg${index + 1}`;
    return { name, isRest, isOptional: /^[^=]*=(?!>)/.test(text) };
  });
}

/** The texts between the commas of the parameter list. */
function splitParameters(source: string): string[] {
  const bare = /^(?:async\s+)?([\p{L}\p{N}_$]+)\s*=>/u.exec(source);
  if (bare) return [bare[1]!];
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (let index = source.indexOf('('); index >= 0 && index < source.length; index++) {
    const character = source[index]!;
    if (')]}'.includes(character) && --depth === 0) break;
    if (character === ',' && depth === 1) {
      parts.push(part.trim());
      part = '';
    } else if (depth > 0) {
      part += character;
    }
    if ('([{'.includes(character)) depth++;
  }
  if (part.trim() !== '') parts.push(part.trim());
  return parts;
}

/**
 * What Python would say about this call, or null when it fits.
 *
 * @param ownCount the first so many parameters are not the caller's to give: `self`
 */
export function callFault(
  callable: Callable,
  name: string,
  call: CallValues,
  ownCount = 0,
): string | null {
  const parameters = parametersOf(callable).slice(ownCount);
  const named = parameters.filter(({ isRest }) => !isRest);
  const hasRest = named.length < parameters.length;
  const givenCount = call.positional.length;
  if (givenCount > named.length && !hasRest) return tooMany(name, named, givenCount);
  for (const keyword of Object.keys(call.keywords)) {
    const index = named.findIndex((parameter) => parameter.name === keyword);
    if (index < 0) return `${name}() got an unexpected keyword argument '${keyword}'`;
    if (index < givenCount) return `${name}() got multiple values for argument '${keyword}'`;
  }
  const missing = named
    .slice(givenCount)
    .filter((parameter) => !parameter.isOptional && !Object.hasOwn(call.keywords, parameter.name));
  if (missing.length === 0) return null;
  const noun = missing.length === 1 ? 'argument' : 'arguments';
  const names = listed(missing.map((parameter) => `'${parameter.name}'`));
  return `${name}() missing ${missing.length} required positional ${noun}: ${names}`;
}

function tooMany(name: string, named: readonly Parameter[], givenCount: number): string {
  const leastCount = named.filter(({ isOptional }) => !isOptional).length;
  const takes = leastCount < named.length ? `from ${leastCount} to ${named.length}` : named.length;
  const noun = takes === 1 ? 'argument' : 'arguments';
  const was = givenCount === 1 ? 'was' : 'were';
  return `${name}() takes ${takes} positional ${noun} but ${givenCount} ${was} given`;
}

/** `'a'`, `'a' and 'b'`, `'a', 'b', and 'c'`: as CPython joins them. */
function listed(names: readonly string[]): string {
  if (names.length < 3) return names.join(' and ');
  return `${names.slice(0, -1).join(', ')}, and ${names.at(-1)}`;
}

/** The arguments in their places: keywords go where the function names them. */
export function placed(callable: Callable, call: CallValues): unknown[] {
  const args = [...call.positional];
  const keywords = Object.entries(call.keywords);
  if (keywords.length === 0) return args;
  const names = parametersOf(callable).map(({ name }) => name);
  for (const [keyword, value] of keywords) {
    const index = names.indexOf(keyword);
    if (index >= 0) args[index] = value;
  }
  return args;
}
