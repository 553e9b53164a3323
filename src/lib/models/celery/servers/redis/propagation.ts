// What of a command goes into the append-only file: the commands that changed something, with times
// of day in place of delays, as Redis writes them (checked against 7.0.15).

import type { Command } from '../../redis-labels.ts';
import { ErrorReply, type Resp } from '../../resp.ts';
import { expiryMs } from './dataset.ts';
import type { CommandContext } from './commands/table.ts';

/** Change something unless they answer 0 or nothing. */
const WRITES: ReadonlySet<string> = new Set([
  ...['DEL', 'UNLINK', 'EXPIRE', 'PEXPIRE', 'EXPIREAT', 'PEXPIREAT', 'PERSIST', 'FLUSHDB'],
  ...['SET', 'SETNX', 'SETEX', 'INCR'],
  ...['LPUSH', 'RPUSH', 'LPOP', 'RPOP', 'BRPOP', 'LREM'],
  ...['HDEL', 'SADD', 'SREM', 'ZREM', 'FLUSHALL'],
]);
/** Answer with the number of new members, but change the others too. */
const ALWAYS: ReadonlySet<string> = new Set(['HSET', 'ZADD']);

/** The command to keep, or null when nothing changed. */
export function propagated(command: Command, reply: Resp, context: CommandContext): Command | null {
  const name = command[0]!.toUpperCase();
  if (reply instanceof ErrorReply) return null;
  if (ALWAYS.has(name)) return command;
  if (!WRITES.has(name) || reply === null || reply === 0) return null;
  const [, key = '', ...args] = command;
  switch (name) {
    case 'BRPOP':
      return ['RPOP', (reply as readonly string[])[0]!];
    case 'SETEX':
      return withEnd(['SET', key, args[1]!], key, context);
    case 'SET':
      return args.length > 1 ? withEnd(['SET', key, args[0]!], key, context) : command;
    case 'EXPIRE':
    case 'PEXPIRE':
    case 'EXPIREAT': {
      const expiresUs = context.db.expiryUs(key);
      return expiresUs === null ? ['DEL', key] : ['PEXPIREAT', key, expiryMs(context, expiresUs)];
    }
    default:
      return command;
  }
}

function withEnd(command: Command, key: string, context: CommandContext): Command {
  const expiresUs = context.db.expiryUs(key) ?? Infinity;
  return expiresUs === Infinity ? command : [...command, 'PXAT', expiryMs(context, expiresUs)];
}
