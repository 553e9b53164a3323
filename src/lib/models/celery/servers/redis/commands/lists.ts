// Commands on lists. BRPOP is the session's: it may have to wait.

import { command, integerOf, rangeOf, type CommandContext, type CommandTable } from './table.ts';

function push(
  { db }: CommandContext,
  [key, ...values]: readonly string[],
  isLeft: boolean,
): number {
  const list = db.collection(key!, 'list');
  for (const value of values) {
    if (isLeft) list.unshift(value);
    else list.push(value);
  }
  return list.length;
}

/** Takes one item, and the key with the last. */
export function pop({ db }: CommandContext, key: string, isLeft: boolean): string | null {
  const list = db.get(key, 'list');
  if (!list) return null;
  const value = isLeft ? list.shift() : list.pop();
  db.prune(key);
  return value ?? null;
}

export const LIST_COMMANDS: CommandTable = {
  LPUSH: command(-3, (context, args) => push(context, args, true)),
  RPUSH: command(-3, (context, args) => push(context, args, false)),
  LPOP: command(2, (context, [key]) => pop(context, key!, true)),
  RPOP: command(2, (context, [key]) => pop(context, key!, false)),
  LLEN: command(2, ({ db }, [key]) => db.get(key!, 'list')?.length ?? 0),
  LRANGE: command(4, ({ db }, [key, start, stop]) =>
    rangeOf(db.get(key!, 'list') ?? [], start!, stop!),
  ),
  LREM: command(4, ({ db }, [key, countText, value]) => {
    const list = db.get(key!, 'list') ?? [];
    const count = integerOf(countText!);
    const order = list.map((_, index) => index).filter((index) => list[index] === value);
    const doomed = new Set(
      count < 0 ? order.slice(count) : count === 0 ? order : order.slice(0, count),
    );
    const kept = list.filter((_, index) => !doomed.has(index));
    list.splice(0, list.length, ...kept);
    db.prune(key!);
    return doomed.size;
  }),
};
