// Commands on keys of any type, and on the server.

import { OK } from '../../../resp.ts';
import { command, integerOf, type CommandContext, type CommandTable } from './table.ts';

/** Redis' glob patterns: * ? [abc] [^a-c] and \ before a character that means itself. */
export function globPattern(pattern: string): RegExp {
  let source = '';
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index]!;
    if (character === '*') source += '.*';
    else if (character === '?') source += '.';
    else if (character === '[' && pattern.includes(']', index)) {
      const end = pattern.indexOf(']', index);
      const inner = pattern.slice(index + 1, end).replace(/[\\\]]/g, '\\$&');
      source += inner === '' ? '(?!)' : `[${inner}]`;
      index = end;
    } else {
      const literal = character === '\\' ? (pattern[++index] ?? '') : character;
      source += literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    }
  }
  return new RegExp(`^${source}$`, 's');
}

function expire(context: CommandContext, key: string, delayUs: number): number {
  if (delayUs <= 0) return context.db.delete(key) ? 1 : 0;
  return context.db.setExpiry(key, context.nowUs + delayUs) ? 1 : 0;
}

/** Rest of life in `unitUs`, -1 without an end, -2 without a key. */
function ttl({ db, nowUs }: CommandContext, key: string, unitUs: number): number {
  const expiresUs = db.expiryUs(key);
  if (expiresUs === null) return -2;
  return expiresUs === Infinity ? -1 : Math.round((expiresUs - nowUs) / unitUs);
}

export const KEY_COMMANDS: CommandTable = {
  DEL: command(-2, ({ db }, keys) => keys.filter((key) => db.delete(key)).length),
  UNLINK: command(-2, ({ db }, keys) => keys.filter((key) => db.delete(key)).length),
  EXISTS: command(-2, ({ db }, keys) => keys.filter((key) => db.typeOf(key) !== null).length),
  TYPE: command(2, ({ db }, [key]) => db.typeOf(key!) ?? 'none'),
  KEYS: command(2, ({ db }, [pattern]) => {
    const glob = globPattern(pattern!);
    return db.keys().filter((key) => glob.test(key));
  }),
  EXPIRE: command(3, (context, [key, seconds]) =>
    expire(context, key!, integerOf(seconds!) * 1_000_000),
  ),
  PEXPIRE: command(3, (context, [key, ms]) => expire(context, key!, integerOf(ms!) * 1_000)),
  EXPIREAT: command(3, (context, [key, seconds]) =>
    expire(context, key!, integerOf(seconds!) * 1_000_000 - context.wallUs),
  ),
  PEXPIREAT: command(3, (context, [key, ms]) =>
    expire(context, key!, integerOf(ms!) * 1_000 - context.wallUs),
  ),
  PERSIST: command(2, ({ db }, [key]) => {
    const hasEnd = Number.isFinite(db.expiryUs(key!) ?? Infinity);
    return hasEnd && db.setExpiry(key!, Infinity) ? 1 : 0;
  }),
  TTL: command(2, (context, [key]) => ttl(context, key!, 1_000_000)),
  PTTL: command(2, (context, [key]) => ttl(context, key!, 1_000)),
  DBSIZE: command(1, ({ db }) => db.size),
  FLUSHDB: command(-1, ({ db }) => {
    db.clear();
    return OK;
  }),
  TIME: command(1, ({ wallUs }) => [
    String(Math.floor(wallUs / 1_000_000)),
    String(wallUs % 1_000_000),
  ]),
};
