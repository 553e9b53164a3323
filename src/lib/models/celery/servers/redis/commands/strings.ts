// Commands on strings.

import { OK } from '../../../resp.ts';
import { CommandError } from '../store.ts';
import {
  command,
  integerOf,
  syntaxError,
  type CommandContext,
  type CommandTable,
} from './table.ts';

interface SetOptions {
  expiresUs: number;
  isOnlyNew: boolean;
  isOnlyOld: boolean;
}

const UNITS_US: Readonly<Record<string, number>> = { EX: 1_000_000, PX: 1_000 };
/** Times of day instead of delays. */
const TIME_UNITS_US: Readonly<Record<string, number>> = { EXAT: 1_000_000, PXAT: 1_000 };

function setOptions({ nowUs, wallUs }: CommandContext, words: readonly string[]): SetOptions {
  const options: SetOptions = { expiresUs: Infinity, isOnlyNew: false, isOnlyOld: false };
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!.toUpperCase();
    const unitUs = UNITS_US[word];
    const timeUnitUs = TIME_UNITS_US[word];
    if (word === 'NX') options.isOnlyNew = true;
    else if (word === 'XX') options.isOnlyOld = true;
    else if (unitUs !== undefined && index + 1 < words.length) {
      options.expiresUs = nowUs + lifeUs(words[++index]!, unitUs, 'set');
    } else if (timeUnitUs !== undefined && index + 1 < words.length) {
      options.expiresUs = nowUs - wallUs + lifeUs(words[++index]!, timeUnitUs, 'set');
    } else throw syntaxError();
  }
  if (options.isOnlyNew && options.isOnlyOld) throw syntaxError();
  return options;
}

function lifeUs(text: string, unitUs: number, name: string): number {
  const life = integerOf(text);
  if (life <= 0) throw new CommandError(`ERR invalid expire time in '${name}' command`);
  return life * unitUs;
}

export const STRING_COMMANDS: CommandTable = {
  GET: command(2, ({ db }, [key]) => db.get(key!, 'string')),
  MGET: command(-2, ({ db }, keys) =>
    keys.map((key) => (db.typeOf(key) === 'string' ? db.get(key, 'string') : null)),
  ),
  SET: command(-3, (context, [key, value, ...words]) => {
    const { expiresUs, isOnlyNew, isOnlyOld } = setOptions(context, words);
    const exists = context.db.typeOf(key!) !== null;
    if ((isOnlyNew && exists) || (isOnlyOld && !exists)) return null;
    context.db.setString(key!, value!, expiresUs);
    return OK;
  }),
  SETNX: command(3, ({ db }, [key, value]) => {
    if (db.typeOf(key!) !== null) return 0;
    db.setString(key!, value!);
    return 1;
  }),
  SETEX: command(4, ({ db, nowUs }, [key, seconds, value]) => {
    db.setString(key!, value!, nowUs + lifeUs(seconds!, 1_000_000, 'setex'));
    return OK;
  }),
  INCR: command(2, ({ db }, [key]) => {
    const next = integerOf(db.get(key!, 'string') ?? '0') + 1;
    db.setString(key!, String(next), db.expiryUs(key!) ?? Infinity);
    return next;
  }),
};
