// Commands about the server itself: settings, and what it keeps on its disk.

import { DiskError } from '#lib/node/disk.ts';
import { ErrorReply, OK, Simple, type Resp } from '../../../resp.ts';
import { defaultConfig, setDirective, type RedisConfig } from '../config.ts';
import type { RedisState } from '../state.ts';
import { CommandError } from '../store.ts';
import { globPattern } from './keys.ts';
import { syntaxError } from './table.ts';

/** Settings that a running server takes. */
const CHANGEABLE: ReadonlySet<string> = new Set(['save', 'appendonly', 'appendfsync']);

export function runConfig(
  { config, persistence }: RedisState,
  [what = '', ...args]: readonly string[],
): Resp {
  switch (what.toUpperCase()) {
    case 'GET': {
      const globs = args.map((pattern) => globPattern(pattern.toLowerCase()));
      return settingsOf(config)
        .filter(([name]) => globs.some((glob) => glob.test(name)))
        .flat();
    }
    case 'SET':
      setSetting(config, args);
      persistence.configChanged();
      return OK;
    default:
      throw new CommandError(`ERR unknown subcommand '${what}'. Try CONFIG HELP.`);
  }
}

function settingsOf(config: RedisConfig): [string, string][] {
  return [
    ['save', config.save.map(({ seconds, changes }) => `${seconds} ${changes}`).join(' ')],
    ['appendonly', config.appendonly ? 'yes' : 'no'],
    ['appendfsync', config.appendfsync],
    ['dir', config.dir === '' ? '/work' : config.dir],
    ['dbfilename', config.dbfilename],
    ['port', String(config.port)],
  ];
}

function setSetting(config: RedisConfig, args: readonly string[]): void {
  const [given = '', value = ''] = args;
  if (args.length !== 2) {
    throw new CommandError("ERR wrong number of arguments for 'config|set' command");
  }
  const name = given.toLowerCase();
  if (!CHANGEABLE.has(name)) {
    throw new CommandError(`ERR Unknown option or number of arguments for CONFIG SET - '${given}'`);
  }
  // A wrong value changes nothing.
  const next = { ...defaultConfig(), save: [] };
  const problem = setDirective(next, name, [value]);
  if (problem !== null) {
    throw new CommandError(
      `ERR CONFIG SET failed (possibly related to argument '${given}') - ${problem}`,
    );
  }
  if (name === 'save') config.save = next.save;
  if (name === 'appendonly') config.appendonly = next.appendonly;
  if (name === 'appendfsync') config.appendfsync = next.appendfsync;
}

export function runPersistence(state: RedisState, name: string, args: readonly string[]): Resp {
  const { persistence } = state;
  switch (name) {
    case 'LASTSAVE':
      return persistence.lastSaveS;
    case 'SAVE':
      refuseWhileSaving(state);
      return saved(() => persistence.save());
    case 'BGSAVE':
      refuseWhileSaving(state);
      persistence.saveInBackground();
      return new Simple('Background saving started');
    case 'BGREWRITEAOF':
      persistence.rewrite();
      return new Simple('Background append only file rewriting started');
    default:
      return shutDown(state, args);
  }
}

function refuseWhileSaving({ persistence }: RedisState): void {
  if (persistence.isSaving) throw new CommandError('ERR Background save already in progress');
}

function saved(save: () => void): Resp {
  try {
    save();
    return OK;
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    throw new CommandError('ERR');
  }
}

/** Ends the server: its client sees the connection close, and no answer. */
function shutDown(state: RedisState, [how = '']: readonly string[]): Resp {
  const word = how.toUpperCase();
  if (!['', 'SAVE', 'NOSAVE'].includes(word)) throw syntaxError();
  state.shutDown(word === '' ? undefined : word === 'SAVE');
  return new ErrorReply('ERR Errors trying to SHUTDOWN. Check logs.');
}
