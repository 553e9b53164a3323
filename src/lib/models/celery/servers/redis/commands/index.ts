// Every command that needs nothing but the database.

import { HASH_COMMANDS, SET_COMMANDS, SORTED_SET_COMMANDS } from './collections.ts';
import { KEY_COMMANDS } from './keys.ts';
import { LIST_COMMANDS } from './lists.ts';
import { STRING_COMMANDS } from './strings.ts';
import type { CommandTable } from './table.ts';

export const COMMANDS: CommandTable = {
  ...KEY_COMMANDS,
  ...STRING_COMMANDS,
  ...LIST_COMMANDS,
  ...HASH_COMMANDS,
  ...SET_COMMANDS,
  ...SORTED_SET_COMMANDS,
};
