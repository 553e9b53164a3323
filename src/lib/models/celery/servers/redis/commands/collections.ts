// Commands on hashes, sets and sorted sets.

import { CommandError, type Database } from '../store.ts';
import { command, floatOf, integerOf, rangeOf, syntaxError, type CommandTable } from './table.ts';

function wrongCount(name: string): CommandError {
  return new CommandError(`ERR wrong number of arguments for '${name}' command`);
}

export const HASH_COMMANDS: CommandTable = {
  HSET: command(-4, ({ db }, [key, ...pairs]) => {
    if (pairs.length % 2 === 1) throw wrongCount('hset');
    const hash = db.collection(key!, 'hash');
    const before = hash.size;
    for (let index = 0; index < pairs.length; index += 2)
      hash.set(pairs[index]!, pairs[index + 1]!);
    return hash.size - before;
  }),
  HGET: command(3, ({ db }, [key, field]) => db.get(key!, 'hash')?.get(field!) ?? null),
  HDEL: command(-3, ({ db }, [key, ...fields]) => {
    const hash = db.get(key!, 'hash');
    const count = fields.filter((field) => hash?.delete(field)).length;
    db.prune(key!);
    return count;
  }),
  HEXISTS: command(3, ({ db }, [key, field]) => (db.get(key!, 'hash')?.has(field!) ? 1 : 0)),
  HGETALL: command(2, ({ db }, [key]) => [...(db.get(key!, 'hash') ?? [])].flat()),
  HKEYS: command(2, ({ db }, [key]) => [...(db.get(key!, 'hash')?.keys() ?? [])]),
  HLEN: command(2, ({ db }, [key]) => db.get(key!, 'hash')?.size ?? 0),
};

export const SET_COMMANDS: CommandTable = {
  SADD: command(-3, ({ db }, [key, ...members]) => {
    const set = db.collection(key!, 'set');
    const before = set.size;
    for (const member of members) set.add(member);
    return set.size - before;
  }),
  SREM: command(-3, ({ db }, [key, ...members]) => {
    const set = db.get(key!, 'set');
    const count = members.filter((member) => set?.delete(member)).length;
    db.prune(key!);
    return count;
  }),
  SMEMBERS: command(2, ({ db }, [key]) => [...(db.get(key!, 'set') ?? [])]),
  SISMEMBER: command(3, ({ db }, [key, member]) => (db.get(key!, 'set')?.has(member!) ? 1 : 0)),
  SCARD: command(2, ({ db }, [key]) => db.get(key!, 'set')?.size ?? 0),
};

type Scored = readonly [member: string, score: number];

/** By score, and among equal scores by the bytes of the member. */
function sorted(db: Database, key: string): Scored[] {
  const members: Scored[] = [...(db.get(key, 'zset') ?? [])];
  return members.sort(([a, x], [b, y]) => x - y || (a < b ? -1 : a > b ? 1 : 0));
}

function flattened(members: readonly Scored[], withScores: boolean): string[] {
  return members.flatMap(([member, score]) => (withScores ? [member, scoreText(score)] : [member]));
}

function scoreText(score: number): string {
  return String(score).replace('Infinity', 'inf');
}

/** `5`, `(5` (exclusive), `-inf`. */
function bound(text: string): { value: number; isExclusive: boolean } {
  const isExclusive = text.startsWith('(');
  const value = floatOf(isExclusive ? text.slice(1) : text, 'ERR min or max is not a float');
  return { value, isExclusive };
}

function byScore(members: readonly Scored[], minText: string, maxText: string): Scored[] {
  const [min, max] = [bound(minText), bound(maxText)];
  return members.filter(([, score]) => {
    const isAbove = min.isExclusive ? score > min.value : score >= min.value;
    return isAbove && (max.isExclusive ? score < max.value : score <= max.value);
  });
}

/** `[WITHSCORES] [LIMIT offset count]`, in any order. */
function rangeOptions(words: readonly string[]): {
  withScores: boolean;
  offset: number;
  count: number;
} {
  const options = { withScores: false, offset: 0, count: Infinity };
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!.toUpperCase();
    if (word === 'WITHSCORES') options.withScores = true;
    else if (word === 'LIMIT' && index + 2 < words.length) {
      options.offset = integerOf(words[++index]!);
      const count = integerOf(words[++index]!);
      options.count = count < 0 ? Infinity : count;
    } else throw syntaxError();
  }
  return options;
}

function limited(members: readonly Scored[], words: readonly string[]): string[] {
  const { withScores, offset, count } = rangeOptions(words);
  return flattened(members.slice(offset, offset + count), withScores);
}

export const SORTED_SET_COMMANDS: CommandTable = {
  ZADD: command(-4, ({ db }, [key, ...pairs]) => {
    if (pairs.length % 2 === 1) throw syntaxError();
    const scores = pairs.filter((_, index) => index % 2 === 0).map((text) => floatOf(text));
    const zset = db.collection(key!, 'zset');
    const before = zset.size;
    for (const [index, score] of scores.entries()) zset.set(pairs[2 * index + 1]!, score);
    return zset.size - before;
  }),
  ZREM: command(-3, ({ db }, [key, ...members]) => {
    const zset = db.get(key!, 'zset');
    const count = members.filter((member) => zset?.delete(member)).length;
    db.prune(key!);
    return count;
  }),
  ZCARD: command(2, ({ db }, [key]) => db.get(key!, 'zset')?.size ?? 0),
  ZCOUNT: command(4, ({ db }, [key, min, max]) => byScore(sorted(db, key!), min!, max!).length),
  ZSCORE: command(3, ({ db }, [key, member]) => {
    const score = db.get(key!, 'zset')?.get(member!);
    return score === undefined ? null : scoreText(score);
  }),
  ZRANGE: command(-4, ({ db }, [key, start, stop, ...words]) => {
    const { withScores } = rangeOptions(words);
    return flattened(rangeOf(sorted(db, key!), start!, stop!), withScores);
  }),
  ZRANGEBYSCORE: command(-4, ({ db }, [key, min, max, ...words]) =>
    limited(byScore(sorted(db, key!), min!, max!), words),
  ),
  ZREVRANGEBYSCORE: command(-4, ({ db }, [key, max, min, ...words]) =>
    limited(byScore(sorted(db, key!), min!, max!).reverse(), words),
  ),
};
