// A dataset as the commands that make it, which is what our files hold: an append-only file is that
// in the real server too, and so is its base with `aof-use-rdb-preamble no`. A real dump.rdb is a
// binary format of its own; ours is this text, so that a learner can read what was saved.

import { encodeResp, ProtocolError, RespReader } from '../../resp.ts';
import type { Command } from '../../redis-labels.ts';
import { COMMANDS } from './commands/index.ts';
import type { CommandContext } from './commands/table.ts';
import { CommandError } from './store.ts';

/** Values in one command (AOF_REWRITE_ITEMS_PER_CMD). */
const ITEMS_MAX = 64;

export type ContextOf = (databaseIndex: number) => CommandContext;

/** Milliseconds since 1970 at which a key ends: what files say, because every start has its own clock. */
export function expiryMs({ nowUs, wallUs }: CommandContext, expiresUs: number): string {
  return String(Math.ceil((expiresUs - nowUs + wallUs) / 1000));
}

/** The commands that make all databases from nothing. */
export function commandsOf(contextOf: ContextOf, databaseCount: number): Command[] {
  return Array.from({ length: databaseCount }, (_, index) => {
    const context = contextOf(index);
    const keys = context.db.keys();
    const made = keys.flatMap((key) => commandsOfKey(context, key));
    return keys.length === 0 ? [] : [['SELECT', String(index)], ...made];
  }).flat();
}

function commandsOfKey(context: CommandContext, key: string): Command[] {
  const commands = valueCommands(context, key);
  const expiresUs = context.db.expiryUs(key) ?? Infinity;
  if (expiresUs === Infinity) return commands;
  return [...commands, ['PEXPIREAT', key, expiryMs(context, expiresUs)]];
}

function valueCommands({ db }: CommandContext, key: string): Command[] {
  switch (db.typeOf(key)) {
    case 'string':
      return [['SET', key, db.get(key, 'string')!]];
    case 'list':
      return chunked('RPUSH', key, db.get(key, 'list')!, 1);
    case 'set':
      return chunked('SADD', key, [...db.get(key, 'set')!], 1);
    case 'hash':
      return chunked('HSET', key, [...db.get(key, 'hash')!].flat(), 2);
    case 'zset': {
      const pairs = [...db.get(key, 'zset')!].flatMap(([member, score]) => [String(score), member]);
      return chunked('ZADD', key, pairs, 2);
    }
    case null:
      return [];
  }
}

function chunked(name: string, key: string, words: readonly string[], step: number): Command[] {
  const commands: Command[] = [];
  for (let at = 0; at < words.length; at += ITEMS_MAX * step) {
    commands.push([name, key, ...words.slice(at, at + ITEMS_MAX * step)]);
  }
  return commands;
}

export function bytesOf(commands: readonly Command[]): Uint8Array {
  return encodeResp(...commands);
}

/**
 * Runs the commands of a file.
 *
 * @throws ProtocolError, CommandError when it is none of ours
 */
export function replay(bytes: Uint8Array, contextOf: ContextOf): void {
  let databaseIndex = 0;
  for (const value of new RespReader(true).push(bytes)) {
    const words = Array.isArray(value) ? (value as readonly unknown[]) : [];
    if (words.length === 0 || !words.every((word) => typeof word === 'string')) {
      throw new ProtocolError('expected a command');
    }
    const [name = '', ...args] = words as readonly string[];
    switch (name.toUpperCase()) {
      case 'SELECT':
        databaseIndex = Number(args[0]);
        break;
      case 'MULTI':
      case 'EXEC':
        break;
      default:
        run(name.toUpperCase(), args, contextOf(databaseIndex));
    }
  }
}

function run(name: string, args: readonly string[], context: CommandContext): void {
  if (!Object.hasOwn(COMMANDS, name)) throw new CommandError(`ERR unknown command '${name}'`);
  COMMANDS[name]!.run(context, args);
}
