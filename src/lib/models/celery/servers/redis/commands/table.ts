// The shape of a command, and every command by name.

import type { Resp } from '../../../resp.ts';
import type { Database } from '../store.ts';
import { CommandError } from '../store.ts';

export interface CommandContext {
  db: Database;
  /** Microseconds since 1970. */
  wallUs: number;
  /** Virtual microseconds: keys end by them. */
  nowUs: number;
}

export interface CommandSpec {
  /** Number of words with the name; negative: at least. */
  arity: number;
  run(context: CommandContext, args: readonly string[]): Resp;
}

export type CommandTable = Readonly<Record<string, CommandSpec>>;

export function command(arity: number, run: CommandSpec['run']): CommandSpec {
  return { arity, run };
}

/** @throws CommandError for a text that is no integer */
export function integerOf(text: string): number {
  const value = Number(text);
  if (/^[+-]?\d+$/.test(text) && Number.isSafeInteger(value)) return value;
  throw new CommandError('ERR value is not an integer or out of range');
}

/** @throws CommandError for a text that is no number */
export function floatOf(text: string, message = 'ERR value is not a valid float'): number {
  const plain = text.toLowerCase().replace(/^([+-]?)inf(inity)?$/, '$1Infinity');
  const value = Number(plain);
  if (plain.trim() !== '' && !Number.isNaN(value)) return value;
  throw new CommandError(message);
}

export function syntaxError(): CommandError {
  return new CommandError('ERR syntax error');
}

/** Positions as Redis counts them: negative from the end, both inclusive. */
export function rangeOf<T>(items: readonly T[], startText: string, stopText: string): T[] {
  const { length } = items;
  const place = (text: string): number => {
    const index = integerOf(text);
    return index < 0 ? Math.max(0, length + index) : index;
  };
  const stop = integerOf(stopText) < -length ? -1 : place(stopText);
  return items.slice(place(startText), stop + 1);
}
